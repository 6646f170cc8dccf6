"""Imports programs one after the other in one process and prints their traces as JSON.

Arguments: the project directory. Standard input: a JSON list of module names.
"""
import importlib
import json
import os
import sys

# What programs import from the standard library stays loaded: their traces do not tell about it.
import collections.abc, json.decoder, os.path, typing, xml.dom  # noqa

sys.dont_write_bytecode = True
project = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [project, here]
import witness
from scopes import tolerant_points

sys.path.remove(here)

kept = set(sys.modules)


def members_of_classes(module):
    return [
        [name, sorted(key for key in vars(value) if not key.startswith("__"))]
        for name, value in sorted(vars(module).items())
        if isinstance(value, type) and value.__module__ == module.__name__
    ]


def run(name):
    for key in set(sys.modules) - kept:
        del sys.modules[key]
    witness.TRACE.clear()
    witness.ASKED.clear()
    tolerant = {}
    path = os.path.join(project, *name.split(".")) + ".py"
    try:
        with open(path, "rb") as file:
            tolerant = tolerant_points(file.read(), name)
        module = importlib.import_module(name)
        witness.point(0, vars(module))
        witness.TRACE.append(["classes", 0, members_of_classes(module), []])
    except BaseException as error:
        witness.TRACE.append(["ended", 0, [], [witness.error_in_words(error)]])
    return {"trace": list(witness.TRACE), **tolerant}


json.dump({name: run(name) for name in json.load(sys.stdin)}, sys.stdout)
