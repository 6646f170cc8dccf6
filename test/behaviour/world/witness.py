"""What a program tells about itself while it runs, so that two runs can be compared.

Every value is told in words that hold no address and no relocation prefix.
"""
import contextlib
import inspect
import re
import sys
import types

TRACE = []
PREFIX = "host._vendor."
LIBRARY = ("alib", "blib")
PROGRAM = "prog_"
OWN_NAMES = {"Box", "again", "attempt", "holding", "loaded", "point"}
ASKED = set()


def plain(text):
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)
    return re.sub(r" from '[^']*'", "", text).replace(PREFIX, "")


def module_in_words(module):
    name = plain(module.__name__)
    words = "module " + name
    if sys.modules.get(module.__name__) is not module:
        words += " (not the one in sys.modules)"
    if name.split(".")[0] in LIBRARY:
        # Only attributes that are the module's own children: which ones were imported so far?
        children = [
            key for key, value in vars(module).items()
            if isinstance(value, types.ModuleType) and value.__name__ == module.__name__ + "." + key
        ]
        words += " with " + " ".join(sorted(children))
    return words


def in_words(value):
    if isinstance(value, types.ModuleType):
        return module_in_words(value)
    if isinstance(value, type):
        return "class " + plain(value.__module__ + "." + value.__qualname__)
    if isinstance(value, types.FunctionType):
        return "function " + plain(value.__module__ + "." + value.__qualname__)
    if isinstance(value, BaseException):
        return "exception " + error_in_words(value)
    if isinstance(value, (list, tuple)):
        return type(value).__name__ + "(" + ", ".join(map(in_words, value)) + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(in_words(k) + ": " + in_words(v) for k, v in value.items()) + "}"
    if value is None or isinstance(value, (str, bytes, int, float)):
        return plain(repr(value))
    return "a " + plain(type(value).__module__ + "." + type(value).__qualname__)


def error_in_words(error):
    """Its type, the deepest line of the program that it passed, and what could not be imported."""
    words = type(error).__name__
    lines = []
    trace = error.__traceback__
    while trace:
        if PROGRAM in trace.tb_frame.f_code.co_filename:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    if lines:
        words += " at line %d" % lines[-1]
    if isinstance(error, ImportError):
        words += " for " + plain(str(error.name))
    return words


def names_in_words(scope):
    return sorted(
        [name, in_words(value)] for name, value in scope.items()
        if name not in OWN_NAMES and not (name.startswith("__") and name.endswith("__"))
    )


def point(number, scope, *values):
    """Note the names of a scope, and values; a lambda among them is called, and may fail."""
    words = []
    for value in values:
        if isinstance(value, types.LambdaType) and value.__name__ == "<lambda>":
            try:
                value = value()
            except Exception as error:
                value = error
        words.append(in_words(value))
    TRACE.append(["point", number, names_in_words(dict(scope)), words])
    return True


def attempt(number, call, *args, **options):
    """Note what a call returns, or how it fails; generators and coroutines are run to their end."""
    try:
        result = call(*args, **options)
        if inspect.isgenerator(result):
            result = list(result)
        elif inspect.iscoroutine(result):
            result = drive(result)
    except Exception as error:
        result = error
    TRACE.append(["call", number, [], [in_words(result)]])
    return True


def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("the coroutine waits for something")


def again(number):
    """True when asked for the first time: a loop on it runs once, whatever its body does."""
    if number in ASKED:
        return False
    ASKED.add(number)
    return True


def loaded(name):
    """A module of the library or of the consumer says that it was executed."""
    TRACE.append(["loaded", 0, [], [plain(name)]])


class Box:
    """Something to hang attributes on."""

    def __init__(self, **attributes):
        vars(self).update(attributes)

    async def __aenter__(self):
        return "entered"

    async def __aexit__(self, *_):
        return False


@contextlib.contextmanager
def holding(value):
    yield value
