"""Figures, each defined once: SQL over the case file plus a small pure function."""
