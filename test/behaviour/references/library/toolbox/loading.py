"""Ways to a module."""
import importlib
import sys
from importlib import import_module as load

BASE = "toolbox.plugins"
TABLE = {"saw": "toolbox.plugins.saw:Saw", "drill": ("toolbox.plugins.drill", "Drill")}
NAMES = ["toolbox.plugins.saw", "toolbox.plugins.drill", "json"]


def by_table(name):
    entry = TABLE[name]
    module, attribute = entry.split(":") if isinstance(entry, str) else entry
    return getattr(load(module), attribute)


def by_format(name):
    return [
        importlib.import_module("toolbox.plugins.%s" % name).__name__,
        importlib.import_module("toolbox.plugins.{0}".format(name)).__name__,
        importlib.import_module(BASE + "." + name).__name__,
        importlib.import_module(".".join(["toolbox", "plugins", name])).__name__,
        importlib.import_module("." + name, "toolbox.plugins").__name__,
        BASE,
    ]


def by_loop():
    return [load(name).__name__ for name in NAMES]


def tops():
    value = __import__("toolbox.plugins.saw")
    leaf = __import__("toolbox.plugins.saw", fromlist=["Saw"])
    __import__("tinydep.deep")
    both = [__import__(name) for name in ("tinydep", "toolbox")]
    return [value.__name__, leaf.__name__, value.plugins.saw is leaf, [each.__name__ for each in both], value is both[1]]


def load_one(name, default=None):
    try:
        return load(name)
    except ImportError:
        return default


def handed_on():
    return [load_one("toolbox.plugins.saw").__name__, load_one("toolbox.nothing", "toolbox"), load_one("tinydep").WEIGHT]


for package in ("tinydep",):
    locals()[package] = __import__(package)
    for mod in list(sys.modules):
        if mod == package or mod.startswith("%s." % package):
            sys.modules["toolbox.vendored.%s" % mod] = sys.modules[mod]


def aliases():
    import tinydep

    return [
        sys.modules["toolbox.vendored.tinydep"] is tinydep,
        "toolbox.vendored.tinydep" in sys.modules,
        sys.modules.get("toolbox.vendored.nothing") is None,
        sorted(name for name in sys.modules if name.startswith("toolbox.vendored.")),
    ]


def by_source():
    space = {}
    exec("import toolbox.plugins.saw\nfrom toolbox.plugins.drill import Drill\nteeth = toolbox.plugins.saw.Saw.teeth", space)
    lines = ["from toolbox.plugins import Plugin\n", "ours = Plugin.__name__\n"]
    exec("".join(lines), space)
    return [space["teeth"], space["Drill"].speed, space["ours"], eval("BASE"), eval("by_table('saw').teeth")]
