"""A module with the name of the other top-level package."""
from alib.core import LIMIT
from witness import loaded

loaded(__name__)
