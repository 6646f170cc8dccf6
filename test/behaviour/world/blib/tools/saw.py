from __future__ import annotations

import blib.tools
from witness import loaded


def cut(n: blib.tools.Nothing) -> alib.core.Thing:
    import alib.core as core
    return core.Thing(n).twice(), blib.tools.__name__


loaded(__name__)
