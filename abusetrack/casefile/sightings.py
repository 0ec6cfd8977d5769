"""What each lookup of a domain came to, as judged then: the past that figures are made of.

Folded: :mod:`abusetrack.triage.replaying` makes it anew by judging the observations up to
each lookup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, column, moment
from abusetrack.records import HostingAgreement, State


@dataclass(frozen=True, slots=True)
class Sighting:
    """The judged facts of a domain at one lookup.

    ``registration_at`` and ``hosting_at`` say when the answers were asked for that
    registrar and hosting rest on: an answer kept from before is older than ``at``. None:
    there was none by then.
    """

    domain: str
    at: datetime  # of the newest question of the lookup
    state: State
    registration_at: datetime | None
    registrar_key: str | None
    registrar: str | None
    expires: datetime | None
    hosting_at: datetime | None
    hosting_country: str | None
    hosting_verdict: HostingAgreement
    asn: int | None
    as_name: str | None
    cdn: str | None


_COLUMNS = tuple(field.name for field in fields(Sighting))[1:]
_WRITE = f"""
INSERT INTO sighting(domain, {", ".join(_COLUMNS)})
SELECT id, {", ".join("?" * len(_COLUMNS))} FROM domain_now WHERE domain = ?
ON CONFLICT DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""


def write(case: CaseFile, sightings: Iterable[Sighting]) -> None:
    """Keep what lookups came to; judged again, the newer judgement of a lookup counts."""
    rows = [
        [*(column(getattr(found, name)) for name in _COLUMNS), clean(found.domain)]
        for found in sightings
    ]
    with case.transaction():
        case.executemany(_WRITE, rows)


def rewrite(case: CaseFile, domain: str, found: Iterable[Sighting]) -> int:
    """Keep these sightings of a domain in place of all it had; return how many rows differed."""
    wanted = {sighting.at: sighting for sighting in found}
    kept = {sighting.at: sighting for sighting in of_domain(case, domain)}
    differing = [at for at in kept.keys() | wanted.keys() if kept.get(at) != wanted.get(at)]
    if differing:
        with case.transaction():
            case.execute(
                "DELETE FROM sighting WHERE domain = (SELECT id FROM domain_now WHERE domain = ?)",
                [clean(domain)],
            )
            write(case, wanted.values())
    return len(differing)


def of_domain(case: CaseFile, domain: str) -> tuple[Sighting, ...]:
    """Return the sightings of a domain, oldest first."""
    rows = case.rows(
        f"SELECT {', '.join(_COLUMNS)} FROM sighting"
        " WHERE domain = (SELECT id FROM domain_now WHERE domain = ?) ORDER BY at",
        [clean(domain)],
    )
    return tuple(_decode(domain, dict(zip(_COLUMNS, row, strict=True))) for row in rows)


def _decode(domain: str, row: dict[str, str | None]) -> Sighting:
    values: dict[str, object] = dict(row)
    for name in ("at", "registration_at", "expires", "hosting_at"):
        text = row[name]
        values[name] = None if text is None else moment(text)
    values["state"] = State(str(row["state"]))
    values["hosting_verdict"] = HostingAgreement(str(row["hosting_verdict"]))
    return Sighting(domain=domain, **values)  # type: ignore[arg-type]  # by the columns above
