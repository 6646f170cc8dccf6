from witness import loaded

loaded(__name__)


def __getattr__(name):
    if name == "late":
        import alib.deep.lazily as late
        return late
    raise AttributeError(name)
