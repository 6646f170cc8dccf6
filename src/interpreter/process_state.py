"""What a process has only once: its hooks, registries and the standard library's attributes. Executed by import_modules.py, on Python 2.7 and 3.

begin() loads what is watched, ready() takes the first look, changes() tells what is different since the last one, witness() what was imported.
"""
import sys

_watched = """abc ast asyncio atexit builtins codecs collections contextlib copy copyreg copy_reg ctypes datetime decimal email email.message functools gettext
hashlib http.client http.cookies httplib importlib importlib.util inspect io itertools json json.encoder json.decoder linecache locale logging logging.config
logging.handlers mimetypes multiprocessing operator os os.path pickle pkgutil platform pprint queue Queue random re select selectors shutil signal site socket
socketserver SocketServer ssl string struct subprocess sys tempfile textwrap threading thread _thread time tokenize traceback types typing unittest unittest.case
unittest.loader unittest.runner unittest.suite urllib urllib.parse urllib.request urllib2 urlparse uuid warnings weakref xml.etree.ElementTree zipfile __builtin__""".split()
# Changes by itself, or by every import.
_own = frozenset(["sys.modules", "sys.path_importer_cache", "sys.last_type", "sys.last_value", "sys.last_traceback", "sys.exc_info", "sys.path", "sys.meta_path",
                  "sys.path_hooks", "sys.argv", "sys.exc_type", "sys.exc_value", "sys.exc_traceback", "builtins._", "__builtin__._", "sys.last_exc", "sys.flags"])
_caches = ("_cache", "_counter", "_name_sequence", "__warningregistry__", "_abc_", "__doc__", "__annotations__", "__dict__", "__weakref__")
_marker = object()
_registered = []
_last = {}
_modules = {}


def _who(depth):
    frame = sys._getframe(depth)
    return "%s:%d" % (frame.f_code.co_filename, frame.f_lineno)


def _recording(module, name, what, counts=True):
    """Notes who calls the function. `counts`: a call is a change even when the state is the same after it, as another one's would be lost."""
    original = getattr(module, name)

    def recorded(*args, **kwargs):
        _registered.append((what % args[:what.count("%")] if len(args) >= what.count("%") else what, _who(2), counts))
        return original(*args, **kwargs)

    recorded.__name__ = name
    setattr(module, name, recorded)


def begin():
    for name in _watched:
        try:
            __import__(name)
        except ImportError:
            continue
        _modules[name] = sys.modules[name]
    import atexit
    import codecs
    import logging
    import signal
    import socket
    import warnings
    _recording(atexit, "register", "atexit")
    _recording(codecs, "register", "codecs.register")
    _recording(codecs, "register_error", "codecs.register_error(%r)")
    _recording(logging, "basicConfig", "the root logger's handlers")
    _recording(logging, "addLevelName", "logging level %s")
    _recording(logging, "setLoggerClass", "the logger class")
    _recording(logging, "disable", "logging.disable")
    _recording(socket, "setdefaulttimeout", "the default socket timeout")
    # Often undone at once, as catch_warnings does: only what is still different afterwards counts.
    _recording(warnings, "simplefilter", "warnings.filters", False)
    _recording(warnings, "filterwarnings", "warnings.filters", False)
    names = dict((getattr(signal, name), name) for name in dir(signal) if name.startswith("SIG") and not name.startswith("SIG_"))
    original = signal.signal

    def recorded(number, handler):
        _registered.append(("the handler of %s" % names.get(number, number), _who(2), False))
        return original(number, handler)

    signal.signal = recorded


def ready():
    _last.update(_look())
    del _registered[:]


def changes():
    """{what: who}; who is a file and line where that is known, else None: the module being imported."""
    now = _look()
    found = dict((key, None) for key in now if now[key] is not _last.get(key, _marker) and not _same(now[key], _last.get(key, _marker)))
    found.update((key, None) for key in _last if key not in now)
    found.update((key, who) for key, who, counts in _registered if counts or key in found)
    del _registered[:]
    _last.clear()
    _last.update(now)
    return found


def _same(new, old):
    return isinstance(new, (tuple, int, float, str)) and type(new) is type(old) and new == old


def _look():
    seen = {}
    for name, module in _modules.items():
        try:
            attributes = list(vars(module).items())
        except TypeError:
            continue
        for attribute, value in attributes:
            key = name + "." + attribute
            # Submodules appear when they are loaded.
            if key in _own or attribute.startswith(_caches) or isinstance(value, type(sys)):
                continue
            seen[key] = value
            if isinstance(value, type) and getattr(value, "__module__", None) == name:
                for own, part in list(vars(value).items()):
                    if not own.startswith(_caches):
                        seen[key + "." + own] = part
    seen.update(_registries())
    return seen


def _registries():
    import locale
    import logging
    import os
    import signal
    import socket
    import warnings
    root = logging.getLogger()
    found = {
        "sys.meta_path": tuple(map(id, sys.meta_path)), "sys.path_hooks": tuple(map(id, sys.path_hooks)), "sys.path": tuple(map(str, sys.path)),
        "the recursion limit": sys.getrecursionlimit(), "the trace function": id(sys.gettrace()), "the profile function": id(sys.getprofile()),
        "warnings.filters": tuple(map(id, warnings.filters)), "the root logger's level": root.level, "the root logger's handlers": tuple(map(id, root.handlers)),
        "the root logger's filters": tuple(map(id, root.filters)), "logging.disable": root.manager.disable, "the logger class": id(logging.getLoggerClass()),
        "the default socket timeout": str(socket.getdefaulttimeout()), "the locale": str(locale.setlocale(locale.LC_ALL)), "the umask": None,
    }
    levels = getattr(logging, "_levelToName", None) or getattr(logging, "_levelNames", {})
    found.update(("logging level %s" % level, name) for level, name in list(levels.items()))
    for name in dir(signal):
        if name.startswith("SIG") and not name.startswith("SIG_"):
            try:
                found["the handler of " + name] = id(signal.getsignal(getattr(signal, name)))
            except (ValueError, TypeError):
                pass
    table = (sys.modules.get("copyreg") or sys.modules.get("copy_reg")).dispatch_table
    found.update(("copyreg of %s" % getattr(kind, "__name__", kind), id(function)) for kind, function in list(table.items()))
    found.update(("the environment variable %s" % key, value) for key, value in os.environ.items())
    return found


def witness(projects):
    """What each project's modules are, and what of another project, or of the shared originals, they hold."""
    owners = {}
    report = []
    everyone = [name for project in projects for name in project["names"]]
    for index, project in enumerate(projects):
        files, holds = [], []
        for key, module in sorted(sys.modules.items()):
            if module is None or not _below(key, project["names"]):
                continue
            name = getattr(module, "__name__", None)
            name = name if isinstance(name, str) else key
            if _below(name, everyone):
                files.append([key, getattr(module, "__file__", None) or ""])
                owners.setdefault(id(module), []).append((index, key))
            elif _below(name, project["originals"]):
                holds.append([key, "", name, -1])
            # Anything else is a module of the standard library, or an installed one, under a second name, as six.moves has them.
        versions = {}
        for name in project["modules"]:
            version = getattr(sys.modules.get(name), "__version__", None)
            versions[name] = version if isinstance(version, str) else ".".join(map(str, version)) if isinstance(version, tuple) else None
        report.append({"files": files, "versions": versions, "holds": holds})
    for index, project in enumerate(projects):
        others = [(other, each) for other, each in enumerate(projects) if other != index]
        for key, module in list(sys.modules.items()):
            if module is None or not _below(key, project["names"]):
                continue
            for name, value in list(getattr(module, "__dict__", {}).items()):
                try:
                    where = value.__name__ if isinstance(value, type(sys)) else getattr(value, "__module__", None) if isinstance(value, type) else None
                except Exception:
                    continue
                for other, each in others:
                    if isinstance(where, str) and _below(where, each["names"]):
                        report[index]["holds"].append([key, name, where, other])
    shared = sorted([key for _, key in found] for found in owners.values() if len(set(index for index, _ in found)) > 1)
    return {"projects": report, "shared": shared}


def _below(name, prefixes):
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)
