"""A library that reaches its own modules in every way. toolbox.plugins is only a text here."""
import logging

logger = logging.getLogger("toolbox")
ROOT = __name__.split(".")[0]
PARENT = __name__.rpartition(".")[2]
