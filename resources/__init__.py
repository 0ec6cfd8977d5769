"""Files that ship with abusetrack; read through ``importlib.resources`` only."""
