"""Stays where it is: only its name begins like the library's."""
WIDTH = 2
