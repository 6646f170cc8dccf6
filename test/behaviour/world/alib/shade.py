from witness import loaded


def shade():
    return "shade in " + __name__


loaded(__name__)
