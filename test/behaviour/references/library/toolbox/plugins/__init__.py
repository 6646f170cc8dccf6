class Plugin(object):
    @classmethod
    def is_ours(cls):
        return cls.__module__.startswith("toolbox.") and cls.__module__ != "toolbox.nothing"

    @classmethod
    def path(cls):
        return cls.__module__ + "." + cls.__name__
