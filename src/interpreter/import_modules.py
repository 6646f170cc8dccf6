"""Imports modules in this process, one after the other, behind a tripwire; runs on Python 2.7 and on 3.4 and newer.

    python import_modules.py SPEC.json       what happens goes to file descriptor 3, a JSON object a line

SPEC: {"path": [...]       put ahead of sys.path
       "modules": [...]    dotted names, in order
       "zones": [{"directory": DIR, "forbidden": [NAME, ...]}, ...]   code below DIR must not ask for these names, or names below
                           them; the first zone that holds a file is the one that counts
       "aliases": [[NAME, ORIGINAL], ...]   NAME and what is below it is the module ORIGINAL, already under its own name
       "state": FILE}      process_state.py, when the state of the process is to be watched

Lines: {"start": M}  {"end": M, "error": TEXT or null, "at": [FILE, LINE] or null}  {"leak": NAME, "at": [FILE, LINE], "for": [FILE, LINE] or null, "during": M}
       {"state": {...}, "of": M}  {"done": {...}}
"""
import sys

sys.dont_write_bytecode = True
import json
import os

_write, _getpid, _exit, _realpath, _getframe = os.write, os.getpid, os._exit, os.path.realpath, sys._getframe
_pid = _getpid()
_dumps = json.dumps
_python2 = sys.version_info[0] < 3
_text = (str, unicode) if _python2 else (str,)  # noqa: F821
# Library code that looks names up for whoever calls it: the caller is the one who asks.
_on_behalf = frozenset(["importlib", "importlib._bootstrap", "importlib._bootstrap_external", "importlib.util", "importlib.resources", "pkgutil", "runpy", "imp", "pydoc", "logging.config", "unittest.mock", "mock"])
_asking_only = frozenset(["find_spec", "find_loader", "get_loader", "find_module"])


def send(message):
    if _getpid() != _pid:
        _exit(0)  # a child that a module forked off and that came back here
    content = (_dumps(message) + "\n").encode("ascii")
    try:
        while content:
            content = content[_write(3, content):]
    except OSError:
        _exit(71)  # a module closed the descriptor: seen from outside as an end during its import


class Zones(object):
    """Which names the code of a file must not ask for."""

    def __init__(self, zones):
        self.zones = [(_realpath(zone["directory"]) + os.sep, [str(name) for name in zone["forbidden"]]) for zone in zones]
        self.known = {}

    def forbidden(self, file):
        found = self.known.get(file)
        if found is None:
            real = _realpath(file) if file else ""
            found = self.known[file] = next((names for directory, names in self.zones if real.startswith(directory)), ())
        return found


class Tripwire(object):
    """Sees requests for modules that are not loaded (as a finder) and, wrapped around __import__, for those that are."""

    def __init__(self, zones):
        self.zones, self.seen, self.during = zones, set(), None
        self.prefixes = set(name.split(".")[0] for _, names in zones.zones for name in names)

    def requester(self, name, frame):
        """(file, line, asks only) when code of a zone asks for a name that its zone forbids."""
        asks_only = False
        while frame is not None:
            file = frame.f_code.co_filename
            module = frame.f_globals.get("__name__")
            if file == __file__ or file.startswith("<frozen importlib") or module in _on_behalf:
                asks_only = asks_only or frame.f_code.co_name in _asking_only
                frame = frame.f_back
                continue
            if file.startswith("<"):  # code from a string belongs to the module that runs it
                file = frame.f_globals.get("__file__") or file
            if not isinstance(file, _text):
                return None
            if any(name == each or name.startswith(each + ".") for each in self.zones.forbidden(file)):
                return file, frame.f_lineno, asks_only, self.client(file, frame)
            return None
        return None

    def client(self, file, frame):
        """[file, line] of the code that called a function of another checked file to ask: it knows the name."""
        while frame is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
            other = frame.f_code.co_filename if frame is not None else file
            if other == __file__ or other.startswith("<frozen importlib"):
                return None
            if other != file and self.zones.forbidden(other):
                return [other, frame.f_lineno]
        return None

    def trip(self, name, frame):
        """Reports a request; the name then counts as not installed, whatever is installed."""
        if not isinstance(name, _text) or name.split(".")[0] not in self.prefixes:
            return
        found = self.requester(name, frame)
        if found is None:
            return
        file, line, asks_only, client = found
        seen = (name, file, line) + tuple(client or ())
        if seen not in self.seen and len(self.seen) < 2000:
            self.seen.add(seen)
            send({"leak": name, "at": [file, line], "for": client, "during": self.during})
        if not asks_only:
            error = ImportError("No module named '%s'" % name)
            if not _python2:
                error = ModuleNotFoundError("No module named '%s'" % name, name=name)  # noqa: F821
            raise error

    def find_spec(self, name, path=None, target=None):
        self.trip(name, _getframe(1))

    def find_module(self, name, path=None):
        self.trip(name, _getframe(1))

    def wrap(self, original):
        def __import__(name, globals=None, locals=None, fromlist=(), level=-1 if _python2 else 0):
            if level == 0:
                self.trip(name, _getframe(1))
                if fromlist and isinstance(name, _text):
                    for each in fromlist:
                        if isinstance(each, _text):
                            self.trip(name + "." + each, _getframe(1))
            result = original(name, globals, locals, fromlist, level)
            if level == -1 and not self.is_sibling(name, globals):
                self.trip(name, _getframe(1))
            return result

        return __import__

    def is_sibling(self, name, globals):
        """Python 2 looks beside the file first, and notes None where it found nothing there."""
        package = (globals or {}).get("__package__") or (globals or {}).get("__name__") or ""
        if globals and "__path__" not in globals and not globals.get("__package__"):
            package = package.rpartition(".")[0]
        return bool(package) and sys.modules.get(package + "." + name.split(".")[0]) is not None


class Aliases(object):
    """Finds relocated names where the original library stands."""

    def __init__(self, pairs):
        self.pairs = [(str(name), str(original)) for name, original in pairs]

    def original(self, name):
        for new, original in self.pairs:
            if name == new or name.startswith(new + "."):
                return original + name[len(new):]
        return None

    def find_spec(self, name, path=None, target=None):
        original = self.original(name)
        if original is None:
            return None
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, Alias(original))

    def find_module(self, name, path=None):
        original = self.original(name)
        return original and Alias(original)


class Alias(object):
    def __init__(self, original):
        self.name = original

    def create_module(self, spec):
        module = load(self.name)
        self.spec = getattr(module, "__spec__", None)
        return module

    def exec_module(self, module):
        module.__spec__ = self.spec

    def load_module(self, name):
        module = sys.modules[name] = load(self.name)
        return module


def load(name):
    if _python2:
        __import__(name)
        return sys.modules[name]
    import importlib
    return importlib.import_module(name)


def describe(error):
    try:
        text = str(error)
    except BaseException:
        text = "(its message cannot be printed)"
    text = "%s: %s" % (type(error).__name__, text)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return text[:500]


def place(error, trace, zones):
    """The innermost line of checked code that the error went through."""
    found = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        real = _realpath(file)
        if any(real.startswith(directory) for directory, _ in zones.zones):
            found = [file, trace.tb_lineno]
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        found = [error.filename, error.lineno]
    return found


def main():
    with open(sys.argv[1]) as file:
        spec = json.load(file)
    sys.argv = ["import_modules"]
    here = _realpath(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:] = [str(path) if _python2 else path for path in spec["path"]] + [path for path in sys.path if path and _realpath(path) != here]
    import warnings
    warnings.simplefilter("ignore")
    state = None
    if spec.get("state"):
        state = {"__name__": "process_state"}
        with open(spec["state"]) as file:
            exec(compile(file.read(), spec["state"], "exec"), state)
        state["begin"]()
    zones = Zones(spec["zones"])
    if spec["aliases"]:
        sys.meta_path.insert(0, Aliases(spec["aliases"]))
    wire = Tripwire(zones)
    if wire.prefixes:
        sys.meta_path.insert(0, wire)
        builtins = sys.modules["__builtin__" if _python2 else "builtins"]
        builtins.__import__ = wire.wrap(builtins.__import__)
    if state:
        state["ready"]()
    for name in spec["modules"]:
        wire.during = name
        send({"start": name})
        error, at = None, None
        try:
            load(str(name) if _python2 else name)
        except BaseException as problem:  # SystemExit too, and whatever a test runner raises to skip a module
            error, at = describe(problem), place(problem, sys.exc_info()[2], zones)
        send({"end": name, "error": error, "at": at})
        if state:
            send({"state": state["changes"](), "of": name})
    send({"done": state["witness"](spec["projects"]) if state else {}})
    _exit(0)


main()
