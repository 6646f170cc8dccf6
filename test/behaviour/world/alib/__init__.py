"""The library that moves. It knows no module named "host", but uses that name a lot."""
import alib.core  # circular: this package is half-initialised while core imports it back
from alib.core import area
from alib.shade import shade  # a function that hides the module of the same name
from witness import loaded

VERSION = "1.0"
veil = "an attribute, until somebody imports the module alib.veil"

loaded(__name__)
