"""The other half, in every form that works while the first half is being imported."""
import alib.ring.left
import alib.ring.left as left
from alib.ring import left as same
from witness import loaded


def back(n):
    return n if n <= 0 else (left if n % 2 else same).turn(n - 2)


loaded(__name__)
