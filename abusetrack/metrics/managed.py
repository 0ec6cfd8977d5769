"""Names under management, from a table that the user supplies.

The format is ICANN's monthly per-registrar transaction report: CSV with the columns
``iana-id`` and ``total-domains`` among others, one file for each registry and month.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from abusetrack.errors import InputError


def names_under_management(paths: Iterable[Path]) -> Mapping[str, int]:
    """Return the names of each registrar by its key, summed over the files.

    Raises:
        InputError: a file cannot be read, or is no such table; the message names it.
    """
    sums: Counter[str] = Counter()
    for path in paths:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    number, names = row["iana-id"], row["total-domains"]
                    if number and number.strip().isdigit():
                        sums[f"iana:{int(number)}"] += int(names or 0)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise InputError(f"{path} cannot be read: {reason}.") from error
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{path} is no table of names under management: it needs the columns iana-id "
                "and total-domains, with whole numbers."
            ) from error
    return sums
