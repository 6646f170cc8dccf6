import toolbox.plugins


class Drill(toolbox.plugins.Plugin):
    speed = 900
