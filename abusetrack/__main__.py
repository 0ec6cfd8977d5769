"""Run the command line: ``abusetrack``, and ``python -m abusetrack``."""

from __future__ import annotations

import gc


def start() -> None:
    """Run the command that the process was called with."""
    # What is imported stays: looking through all of it time and again is for nothing.
    gc.set_threshold(20_000, 20, 50)
    from abusetrack.cli import main

    main()


if __name__ == "__main__":
    start()
