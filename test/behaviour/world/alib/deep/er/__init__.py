from .most import bottom
from witness import loaded

loaded(__name__)
