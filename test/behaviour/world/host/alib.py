"""The consumer's own module with the library's name."""
from witness import loaded

OWN = "host's own alib"

loaded(__name__)
