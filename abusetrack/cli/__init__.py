"""The command line; never imports Qt, except in the one command that opens the window."""

from __future__ import annotations

from abusetrack.cli.main import main

__all__ = ["main"]
