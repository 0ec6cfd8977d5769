"""The window: Qt widgets over the case file; all work is done through ``triage``."""
