LIMIT = "alib2's"
