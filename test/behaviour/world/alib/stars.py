import alib.deep.leaf
from witness import loaded

__all__ = ["star_one", "STAR_TWO"]
STAR_TWO = 2


def star_one():
    return alib.deep.leaf.reach(1)


loaded(__name__)
