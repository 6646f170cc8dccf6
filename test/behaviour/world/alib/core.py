"""The part that everything else imports."""
import alib
from witness import loaded

LIMIT = 10


class AlibError(Exception):
    pass


class Thing:
    host = "a thing's host"

    def __init__(self, size=1):
        self.size = size

    def twice(self):
        return self.size * 2

    def version(self):
        return alib.VERSION


def area(n):
    return n * n


def mark(function):
    function.marked = alib.core.LIMIT
    return function


def host_of(host, port=80):
    return "%s:%d" % (host, port)


def where():
    return __name__


loaded(__name__)
