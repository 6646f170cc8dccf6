"""Exports the name of the namespace's root to whoever star-imports this."""
from witness import loaded

host = "from hosts"
port = 8080

loaded(__name__)
