import alib.core, os.path
from witness import loaded

host = "leaf"


def reach(n):
    import alib.ring.left  # must not make the global "host" a local
    return alib.ring.left.turn(n), host


class Twig(alib.core.Thing):
    import alib.core
    host = "twig"
    limit = alib.core.LIMIT

    def both(self):
        return self.host, host, os.path.basename("a/b")


def graft():
    host = "grafted"

    def inner():
        import alib.deep.er
        return [alib.deep.er.bottom(n) for n in range(2)], (lambda: host)()

    return inner()


loaded(__name__)
