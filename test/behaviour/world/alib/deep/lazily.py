from witness import loaded

SLEEP = 8

loaded(__name__)
