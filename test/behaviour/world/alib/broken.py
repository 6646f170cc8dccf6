"""Fails half-way: what it imported first stays imported."""
import alib.slow
from witness import loaded

loaded(__name__)
raise RuntimeError("broken on purpose")
