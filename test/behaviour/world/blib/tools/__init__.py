from blib.tools import saw  # circular
from witness import loaded

loaded(__name__)
