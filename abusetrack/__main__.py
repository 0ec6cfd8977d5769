"""Run the command line as ``python -m abusetrack``."""

from __future__ import annotations

from abusetrack.cli import main

if __name__ == "__main__":
    main()
