"""What a library wants to know of itself."""
import logging
import pkgutil
import sys

from toolbox.plugins.saw import Public, Saw

try:
    from importlib.metadata import version
except ImportError:
    version = None


def numbers():
    return [version("toolbox"), version(__name__.split(".")[0])] if version else ["1.2", "1.2"]


def data():
    return [pkgutil.get_data("toolbox", "data.txt").decode().strip(), pkgutil.get_data(__name__.rpartition(".")[0], "data.txt").decode().strip()]


def names():
    return [Saw.path(), Saw.is_ours(), Public.path(), Public.__module__ == "toolbox", getattr(Saw, "__module__", None) in ("toolbox.plugins.saw", "x")]


def loggers():
    child = logging.getLogger("toolbox.about")
    return [child.parent is logging.getLogger("toolbox"), logging.getLogger(__name__) is child, logging.getLogger("toolbox").name]


def caller():
    frame = sys._getframe(0)
    return [frame.f_globals["__name__"] == "toolbox.about", frame.f_globals.get("__name__", "").startswith("toolbox."), __name__ == "toolbox.about"]


def messages():
    return ["toolbox", "toolbox.plugins is a package", "toolbox.nothing", "https://toolbox.plugins/", "toolbox.plugins.saw.txt", b"toolbox.plugins".decode()]
