from witness import loaded

SPEED = 1

loaded(__name__)
