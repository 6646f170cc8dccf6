"""What other modules star-import from the consumer: every public name, without __all__."""
import alib.deep.leaf
from alib import core as shared_core
from witness import loaded

WORD = "shared"

loaded(__name__)
