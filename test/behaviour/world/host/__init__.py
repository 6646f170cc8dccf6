"""The consumer. Kept free of imports: whoever imports the relocated library imports this first."""
NAME = "host"
