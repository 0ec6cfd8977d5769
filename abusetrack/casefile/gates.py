"""Gates: who let a domain out of the organisation, when, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import GateEntry, GateStatus

_SELECT = "SELECT domain, country, status, at, expires_at, fact FROM gate"


def clear(
    case: CaseFile,
    domains: Iterable[str],
    *,
    cleared_by: str,
    reference: str,
    at: datetime | None = None,
    country: str = "",
    expires_at: datetime | None = None,
) -> None:
    """Record that the police or the lawyers of ``country`` (empty: all) cleared domains.

    Raises:
        InputError: nobody is named who cleared them, or it ends before it begins.
    """
    when = at or case.clock.now()
    if not cleared_by.strip():
        raise InputError("Say who cleared the gate: --cleared-by.")
    if when > case.clock.now():
        raise InputError("A gate cannot have been cleared in the future; check the time.")
    if expires_at is not None and expires_at <= when:
        raise InputError("The clearance would end before it begins; check when it expires.")
    texts = without_empty({"cleared_by": cleared_by.strip(), "reference": reference.strip()})
    _write(case, domains, GateStatus.CLEARED, when, country, expires_at, texts)


def open_again(case: CaseFile, domains: Iterable[str], *, country: str = "") -> None:
    """Record that nothing about domains may leave until they are cleared anew."""
    _write(case, domains, GateStatus.OPEN, case.clock.now(), country, None, {})


def _write(
    case: CaseFile,
    domains: Iterable[str],
    status: GateStatus,
    at: datetime,
    country: str,
    expires_at: datetime | None,
    texts: dict[str, str],
) -> None:
    names = list(dict.fromkeys(clean(domain) for domain in domains))
    with case.transaction():
        before = dict(
            case.rows(
                "SELECT domain, fact.id FROM gate JOIN fact ON fact.n = gate.fact"
                " WHERE country = ? AND domain IN (SELECT value FROM json_each(?))",
                [country, canonical(names)],
            )
        )
        content = {"status": status.value, "at": at, "country": country, "expires_at": expires_at}
        written = facts.append(
            case,
            [
                NewFact(
                    "gate",
                    without_empty(content) | {"domain": name},
                    dict(texts),
                    supersedes=before.get(name),
                )
                for name in names
            ],
        )
        fold(case, facts.read(case, [fact.n for fact in written]))
        for name, fact in zip(names, written, strict=True):
            detail = without_empty(content) | {"fact": id_text(fact.id)}
            audit.append(case, "gate", name, detail)


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter gate facts in order; the last said of a gate holds, if it was not taken back."""
    case.executemany(
        "INSERT OR REPLACE INTO gate VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                fact.content["domain"],
                fact.content.get("country", ""),
                fact.content.get("status", ""),
                fact.content.get("at", ""),
                fact.content.get("expires_at"),
                fact.n,
            )
            for fact in stored
        ],
    )
    case.executemany(
        "DELETE FROM gate WHERE fact = ?",
        [(fact.n,) for fact in stored if "taken_back" in fact.content],
    )


def of_domain(case: CaseFile, domain: str) -> tuple[GateEntry, ...]:
    """Return what was last said of a domain's gate, for each country and for all."""
    return of_many(case, [domain]).get(domain, ())


def of_many(case: CaseFile, domains: Iterable[str]) -> dict[str, tuple[GateEntry, ...]]:
    """Return :func:`of_domain` of each domain of which anything was said."""
    rows = case.rows(
        f"{_SELECT} WHERE domain IN (SELECT value FROM json_each(?)) ORDER BY domain, country",
        [canonical([clean(domain) for domain in domains])],
    )
    return _by_domain(case, rows)


def all_of(case: CaseFile) -> dict[str, tuple[GateEntry, ...]]:
    """Return every domain of which anything was said, in the order of the names."""
    return _by_domain(case, case.rows(f"{_SELECT} ORDER BY domain, country"))


def _by_domain(case: CaseFile, rows: list[tuple[Any, ...]]) -> dict[str, tuple[GateEntry, ...]]:
    stored = facts.read(case, [row[-1] for row in rows])
    found: dict[str, tuple[GateEntry, ...]] = {}
    for (domain, country, status, at, expires_at, _), fact in zip(rows, stored, strict=True):
        entry = GateEntry(
            domain,
            GateStatus(status),
            moment(at),
            country,
            moment(expires_at),
            fact.text("cleared_by"),
            fact.text("reference"),
            fact.id,
        )
        found[domain] = (*found.get(domain, ()), entry)
    return found
