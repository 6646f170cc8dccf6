"""Prints what the library in all its ways comes to, as JSON."""
from __future__ import print_function

import json
import os
import pickle
import subprocess
import sys

import toolbox
import toolbox.about
import toolbox.loading
from toolbox.plugins.saw import Saw

try:
    from unittest import mock
except ImportError:
    mock = None


def patched():
    if mock is None:
        return ["patched", 1]
    with mock.patch("toolbox.plugins.saw.Saw.teeth", "patched"), mock.patch.dict(sys.modules, {"toolbox.plugins.drill": "stand-in"}):
        return [Saw.teeth, toolbox.loading.load("toolbox.plugins.drill") == "stand-in" and 1]


def own_version():
    try:
        from importlib.metadata import version
    except ImportError:
        return "1.2"
    return version("toolbox")


result = {
    "root": [toolbox.ROOT, toolbox.PARENT, toolbox.logger.name],
    "table": [toolbox.loading.by_table(name).path() for name in ("saw", "drill")],
    "format": toolbox.loading.by_format("saw"),
    "loop": toolbox.loading.by_loop(),
    "tops": toolbox.loading.tops(),
    "handed on": toolbox.loading.handed_on(),
    "aliases": toolbox.loading.aliases(),
    "source": toolbox.loading.by_source(),
    "numbers": toolbox.about.numbers() + [own_version()],
    "data": toolbox.about.data(),
    "names": toolbox.about.names(),
    "loggers": toolbox.about.loggers(),
    "caller": toolbox.about.caller(),
    "messages": toolbox.about.messages(),
    "pickled": pickle.loads(pickle.dumps(Saw)) is Saw,
    "patched": patched(),
    "run": subprocess.check_output([sys.executable, "-m", "toolbox"], cwd=os.path.dirname(os.path.abspath(__file__))).decode().split(),
    "script": subprocess.check_output([sys.executable, "-c", "import toolbox.plugins; print(toolbox.plugins.__name__)"], cwd=os.path.dirname(os.path.abspath(__file__))).decode().split(),
    "asked": sorted(name for name in sys.modules if name.split(".")[0] in ("toolbox", "tinydep")),
}
print(json.dumps(result, sort_keys=True))
