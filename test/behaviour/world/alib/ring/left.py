"""One half of a circle."""
import alib.ring.right
from witness import loaded


def turn(n):
    return alib.ring.right.back(n) + 1


loaded(__name__)
