"""Fallbacks, as libraries write them."""
try: import alib.fast as speed
except ImportError: import alib.slow as speed

try:
    import alib.fast.inner
except ImportError as exc:
    absent = exc.name

try:
    from alib.core import turbo
except ImportError:
    turbo = None

if speed: import alib.deep.er.most, os; from alib.deep import leaf

from witness import loaded

loaded(__name__)
