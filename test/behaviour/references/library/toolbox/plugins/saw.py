from toolbox.plugins import Plugin


class Saw(Plugin):
    teeth = 40


class Public(Plugin):
    __module__ = "toolbox"
