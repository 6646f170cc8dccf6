"""What toolbox depends upon."""
WEIGHT = 3
