"""A module with the name of the other top-level package."""
import blib.core
from witness import loaded

NAME = "alib's own blib, " + blib.core.NAME

loaded(__name__)
