import alib.core
from witness import loaded

VALUE = alib.core.LIMIT

loaded(__name__)
