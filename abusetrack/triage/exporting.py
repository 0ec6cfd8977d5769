"""Lists that leave the case file: which columns, for whom, and how names are written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO

from abusetrack.casefile import CaseFile, audit, filters, projection
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError
from abusetrack.names import defang
from abusetrack.triage import tables
from abusetrack.triage.context import Context
from abusetrack.triage.tables import Cell

_CHUNK = 500  # rows read at a time


class Share(IntEnum):
    """For whom an export is, the widest circle first."""

    PUBLIC = 0  # no name, and no time by which one could be found out
    PARTNER = 1  # names and findings; nothing of who reported, and when
    FULL = 2  # our own house only


# Every column that can be exported, in this order, and the widest circle that may see it.
COLUMNS: Mapping[str, Share] = {
    "domain": Share.PARTNER,
    "unicode": Share.PARTNER,
    "host_kind": Share.PUBLIC,
    "tld": Share.PUBLIC,
    "suffix_kind": Share.PUBLIC,
    "kind": Share.PUBLIC,
    "commercial": Share.PARTNER,
    "disguised": Share.PARTNER,
    "reports": Share.FULL,
    "confirmed_reports": Share.PARTNER,
    "urls": Share.FULL,
    "confirmed_urls": Share.PARTNER,
    "first_reported": Share.FULL,
    "last_reported": Share.FULL,
    "first_confirmed": Share.PARTNER,
    "last_confirmed": Share.PARTNER,
    "sources": Share.FULL,
    "references": Share.FULL,
    "state": Share.PUBLIC,
    "state_reason": Share.PARTNER,
    "registrar": Share.PUBLIC,
    "registrar_iana_id": Share.PUBLIC,
    "registrar_key": Share.PUBLIC,
    "registrar_reason": Share.PARTNER,
    "created": Share.PARTNER,
    "expires": Share.PARTNER,
    "hosting_country": Share.PUBLIC,
    "hosting_verdict": Share.PUBLIC,
    "hosting_reason": Share.PARTNER,
    "asn": Share.PUBLIC,
    "as_name": Share.PUBLIC,
    "cdn": Share.PUBLIC,
    "persistent": Share.PUBLIC,
    "persistent_reason": Share.FULL,
    "looked_up_at": Share.PARTNER,
}
_ON_REQUEST = frozenset({"sources", "references", "registrar_key", "host_kind"})
_NAMES = frozenset({"domain", "unicode"})
_WRITERS = {
    ".csv": tables.write_csv,
    ".xlsx": tables.write_xlsx,
    ".jsonl": tables.write_jsonl,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    sha256: str
    head: str  # of the audit chain when the rows were read, in hex


def export(
    context: Context,
    case: CaseFile,
    target: Path,
    query: ListQuery,
    *,
    columns: Sequence[str] = (),
    share: Share = Share.FULL,
    exact: bool = False,
) -> Exported:
    """Write the list that ``query`` asks for, by the ending of ``target``; audit it.

    Without ``columns`` all that the circle may see, but for some of little use. What
    leaves the house (``share`` below full) is confirmed, not taken back since, and not
    behind a shut gate. Names
    are defanged unless ``exact``. The file is there once it is whole and audited.

    Raises:
        InputError: the ending is unknown, the file exists or cannot be written, or a
            column is unknown or not for this circle.
    """
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise InputError(f"{target.name} ends in none of {', '.join(_WRITERS)}; choose one.")
    chosen = chosen_columns(columns, share)
    also = []
    if share < Share.FULL:
        query = replace(query, confirmed_only=True)
        organisation = context.settings.organisation
        also.append(
            filters.may_leave(
                context.clock.now(),
                needs_gate=organisation.police_gate,
                countries=organisation.gate_countries,
            )
        )
        also.append(filters.not_withdrawn())
    numbers = projection.ids(case, query, *also)
    head = audit.head(case)
    about: dict[str, Cell] = {
        "exported_at": f"{context.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "chain_head": head,
        "share": share.name.lower(),
        "names": "exact" if exact else "defanged",
    }
    part = target.with_name(f"{target.name}.part")
    try:
        with _made(target, part) as out:
            rows = write(out, about, chosen, _rows(case, numbers, chosen, exact=exact))
        with part.open("rb") as whole:
            sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
        with case.transaction():
            audit.append(
                case,
                "export list",
                sha256,
                {
                    "rows": rows,
                    "columns": list(chosen),
                    "share": share.name.lower(),
                    "exact": exact,
                    "filters": sorted(_filtering(query)),
                },
            )
            part.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return Exported(target, rows, chosen, sha256, head)


def chosen_columns(columns: Sequence[str], share: Share) -> tuple[str, ...]:
    """Return the columns to export.

    Raises:
        InputError: one is unknown, or not for this circle.
    """
    allowed = [name for name, least in COLUMNS.items() if share >= least]
    if not columns:
        return tuple(name for name in allowed if name not in _ON_REQUEST)
    for name in columns:
        if name not in COLUMNS:
            raise InputError(f"There is no column {name!r}; there are: {', '.join(allowed)}.")
        if name not in allowed:
            raise InputError(
                f"The column {name!r} is not for --share {share.name.lower()}; leave it out."
            )
    return tuple(dict.fromkeys(columns))


def _filtering(query: ListQuery) -> Iterator[str]:
    """Yield which filters were set, not to what: a text may be a name or a reference."""
    plain = ListQuery()
    for name in ListQuery.__dataclass_fields__:
        if name not in {"sort", "descending"} and getattr(query, name) != getattr(plain, name):
            yield name


def _made(target: Path, part: Path) -> BinaryIO:
    """Make the file that only its owner can read, under its name of the meantime."""
    if target.exists():
        raise InputError(f"{target} exists already; choose another name.")
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(part, flags, 0o600), "wb")


def _rows(
    case: CaseFile, numbers: Sequence[int], columns: Sequence[str], *, exact: bool
) -> Iterator[list[Cell]]:
    shown = [partial(_cell, name, exact) for name in columns]
    for start in range(0, len(numbers), _CHUNK):
        for row in projection.values(case, numbers[start : start + _CHUNK], columns):
            yield [show(value) for show, value in zip(shown, row, strict=True)]


def _cell(name: str, exact: bool, value: Cell) -> Cell:
    if isinstance(value, str):
        if name in _NAMES:
            return value if exact else defang(value)
        if name in _TIMES:
            return f"{value[:19]}Z"
    return value


_TIMES = frozenset(
    {
        "first_reported",
        "last_reported",
        "first_confirmed",
        "last_confirmed",
        "created",
        "expires",
        "looked_up_at",
    }
)
