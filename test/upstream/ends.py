"""A pytest plugin that writes how every test ended, and which of the original modules the run loaded, as JSON to the file that ENDS names."""
import json
import os
import sys

loaded_before = set(sys.modules)


def pytest_collection(session):
    # What pytest and its plugins have loaded by now is theirs.
    loaded_before.update(sys.modules)


def pytest_terminal_summary(terminalreporter):
    ends = {}
    for kind in ("passed", "failed", "error", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(kind, []):
            ends[report.nodeid] = kind
    originals = os.environ["ORIGINALS"].split(",")
    asked = sorted(name for name in set(sys.modules) - loaded_before if name.split(".")[0] in originals)
    with open(os.environ["ENDS"], "w") as file:
        json.dump({"ends": ends, "originals": asked}, file)
