"""The second library, which needs the first."""
import alib
from alib import core as alib_core
from witness import loaded

NAME = "blib with " + alib.VERSION

loaded(__name__)
