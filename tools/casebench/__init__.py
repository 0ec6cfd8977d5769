"""Size and speed of the case file, with made-up names: ``make bench-casefile``."""
