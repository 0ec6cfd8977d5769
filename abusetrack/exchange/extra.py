"""What needs packages that not everybody installs."""

from __future__ import annotations

from types import ModuleType

from abusetrack.errors import InputError


def taxii() -> ModuleType:
    """Return :mod:`abusetrack.exchange.taxii`.

    Raises:
        InputError: its packages are not installed.
    """
    try:
        from abusetrack.exchange import taxii as module
    except ModuleNotFoundError as error:
        raise InputError(
            f"TAXII needs a package that is not installed ({error.name}): install "
            "abusetrack[exchange]."
        ) from error
    return module
