from witness import loaded

loaded(__name__)
