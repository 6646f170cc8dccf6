import blib, alib.deep.leaf as leaf, alib.ring.left
from witness import loaded

NAME = "blib.core"


def area(n):
    return alib.core.area(n) + 1, leaf.host, blib.__name__


loaded(__name__)
