"""Kills abusetrack at random moments and looks whether anything acknowledged was lost.

``python -m soak --kills 200``, or ``make soak``; every kill is ``SIGKILL``.
"""
