"""What partners were given, and what they said: facts that nothing of ours is judged by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import Level, NoticeStatus, PartnerRecord, PartnerSaid, Role


def gave(
    case: CaseFile,
    partner: str,
    domains: Mapping[str, datetime],
    *,
    form: str,
    level: Level,
    sha256: str,
    counts: Mapping[str, int],
) -> None:
    """Record, with an audit row, what a partner was given.

    ``domains``, each with the time that the partner knows it since, are none where it has
    counts only.
    """
    names = {clean(domain): since for domain, since in sorted(domains.items())}
    with case.transaction():
        content = {
            "partner": clean(partner),
            "domains": names,
            "form": form,
            "level": level.value,
            "sha256": sha256,
        }
        (written,) = facts.append(case, [NewFact("share", content)])
        fold_shares(case, facts.read(case, [written.n]))
        detail = {"fact": id_text(written.id), "form": form, "level": level.value, **counts}
        audit.append(case, "share", clean(partner), detail | {"sha256": sha256})


def fold_shares(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter share facts; a domain keeps since when the partner knows it."""
    case.executemany(
        "INSERT INTO shared VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " since = min(since, excluded.since), last_at = max(last_at, excluded.last_at),"
        " fact = CASE WHEN excluded.last_at >= last_at THEN excluded.fact ELSE fact END",
        [
            (fact.content["partner"], domain, since, stamp(fact.at), fact.n)
            for fact in stored
            for domain, since in fact.content["domains"].items()
        ],
    )


def given(case: CaseFile, partner: str) -> dict[str, datetime]:
    """Return the domains that a partner was given, and since when it knows each."""
    rows = case.rows(
        "SELECT domain, since FROM shared WHERE partner = ? ORDER BY domain", [clean(partner)]
    )
    return {domain: moment(since) for domain, since in rows}


def last_given(case: CaseFile, partner: str) -> dict[str, datetime]:
    """Return the domains that a partner was given, and when last."""
    rows = case.rows("SELECT domain, last_at FROM shared WHERE partner = ?", [clean(partner)])
    return {domain: moment(at) for domain, at in rows}


def read_until(case: CaseFile, partner: str, collection: str) -> str | None:
    """Return up to when a collection of a partner was read, as a time of its server."""
    found: str | None = case.value(
        "SELECT added_after FROM taxii WHERE partner = ? AND collection IN ('', ?)",
        [clean(partner), clean(collection)],
    )
    return found


def keep_page(
    case: CaseFile,
    partner: str,
    collection: str,
    objects: Sequence[Mapping[str, Any]],
    until: datetime | None,
) -> None:
    """Keep what a page of a collection has until all of them are there."""
    with case.transaction():
        case.execute(
            "INSERT INTO taxii_page SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4"
            " FROM taxii_page WHERE partner = ?1 AND collection = ?2",
            [clean(partner), clean(collection), stamp(until), canonical(objects)],
        )


def kept_pages(
    case: CaseFile, partner: str, collection: str
) -> tuple[list[dict[str, Any]], datetime | None]:
    """Return the objects of the pages that are kept, and up to when they were added."""
    rows = case.rows(
        "SELECT until, objects FROM taxii_page WHERE partner = ? AND collection = ?"
        " ORDER BY number",
        [clean(partner), clean(collection)],
    )
    objects = [item for _, body in rows for item in json.loads(body)]
    return objects, moment(max((until for until, _ in rows if until), default=None))


def drop_pages(case: CaseFile, partner: str) -> None:
    """Forget the pages that are kept of a partner."""
    with case.transaction():
        case.execute("DELETE FROM taxii_page WHERE partner = ?", [clean(partner)])


def note_read(case: CaseFile, partner: str, collection: str, until: datetime) -> None:
    """Remember up to when a collection of a partner was read."""
    with case.transaction():
        case.execute(
            "INSERT OR REPLACE INTO taxii (partner, added_after, collection) VALUES (?, ?, ?)",
            [clean(partner), stamp(until), clean(collection)],
        )


def note_sent(
    case: CaseFile, partner: str, collection: str, versions: Iterable[str], *, taken: bool
) -> None:
    """Remember that versions of objects were sent, and whether the server took them in."""
    with case.transaction():
        case.executemany(
            "INSERT INTO taxii_sent VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET taken = max(taken, excluded.taken)",
            [
                (clean(partner), clean(collection), case.digest(f"sent {version}"), int(taken))
                for version in versions
            ],
        )


def forget_sent(case: CaseFile, partner: str, collection: str, versions: Iterable[str]) -> None:
    """Forget that versions were sent: the server said that it does not want them."""
    with case.transaction():
        case.executemany(
            "DELETE FROM taxii_sent WHERE partner = ? AND collection = ? AND token = ?"
            " AND NOT taken",
            [
                (clean(partner), clean(collection), case.digest(f"sent {version}"))
                for version in versions
            ],
        )


def sent(case: CaseFile, partner: str, collection: str, versions: Iterable[str]) -> dict[str, bool]:
    """Return those of these versions that were sent, and whether each was taken in."""
    rows = case.rows(
        "SELECT token, taken FROM taxii_sent WHERE partner = ? AND collection = ?",
        [clean(partner), clean(collection)],
    )
    known = {bytes(token): bool(taken) for token, taken in rows}
    tokens = {version: case.digest(f"sent {version}") for version in versions}
    return {version: known[token] for version, token in tokens.items() if token in known}


def gone_since(case: CaseFile, partner: str) -> list[str]:
    """Return domains that a partner was given and that are no longer confirmed, or withdrawn."""
    rows = case.rows(
        "SELECT shared.domain FROM shared LEFT JOIN domain_now AS d ON d.domain = shared.domain"
        " WHERE partner = ? AND (coalesce(d.confirmed_reports, 0) = 0 OR EXISTS"
        " (SELECT 1 FROM notice_withdrawal AS gone WHERE gone.domain = shared.domain"
        " AND gone.at >= coalesce(d.last_confirmed, '')))"
        " ORDER BY shared.domain",
        [clean(partner)],
    )
    return [domain for (domain,) in rows]


def receive(case: CaseFile, partner: str, records: Sequence[PartnerRecord]) -> int:
    """Store what a partner said that is not known yet; return how many.

    A record is known by the partner's own id, and what it says.
    """
    known = {(record.id, _plain(record)) for record in of_partner(case, partner)}
    fresh = [record for record in records if (record.id, _plain(record)) not in known]
    if not fresh:
        return 0
    with case.transaction():
        content = {"partner": clean(partner), "records": [_content(record) for record in fresh]}
        (written,) = facts.append(case, [NewFact("partner record", content)])
        fold_records(case, facts.read(case, [written.n]))
        detail = {"fact": id_text(written.id), "records": len(fresh)}
        audit.append(case, "receive from partner", clean(partner), detail)
    return len(fresh)


def fold_records(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter partner record facts."""
    case.executemany(
        "INSERT OR IGNORE INTO partner_record VALUES (?, ?, ?, ?, ?, ?)",
        [
            (fact.n, number, fact.content["partner"], said["domain"], said["what"], said["at"])
            for fact in stored
            for number, said in enumerate(fact.content["records"])
        ],
    )


def of_partner(case: CaseFile, partner: str) -> list[PartnerRecord]:
    """Return everything that a partner said, oldest first."""
    rows = case.rows(
        "SELECT fact, number FROM partner_record WHERE partner = ? ORDER BY at, fact, number",
        [clean(partner)],
    )
    return _read(case, rows)


def of_domains(case: CaseFile, domains: Iterable[str]) -> list[PartnerRecord]:
    """Return what partners said of domains, oldest first."""
    rows = case.rows(
        "SELECT fact, number FROM partner_record WHERE domain IN"
        " (SELECT value FROM json_each(?)) ORDER BY at, fact, number",
        [canonical([clean(domain) for domain in domains])],
    )
    return _read(case, rows)


def _read(case: CaseFile, rows: Sequence[tuple[int, int]]) -> list[PartnerRecord]:
    numbers = list(dict.fromkeys(fact for fact, _ in rows))
    stored = dict(zip(numbers, facts.read(case, numbers), strict=True))
    return [_record(stored[fact].content, number) for fact, number in rows]


def _record(content: Mapping[str, Any], number: int) -> PartnerRecord:
    said = content["records"][number]
    return PartnerRecord(
        partner=content["partner"],
        domain=said["domain"],
        what=PartnerSaid(said["what"]),
        at=moment(said["at"]),
        id=said["id"],
        role=Role(said["role"]) if "role" in said else None,
        party=said.get("party", ""),
        status=NoticeStatus(said["status"]) if "status" in said else None,
    )


def _content(record: PartnerRecord) -> dict[str, Any]:
    return {
        "domain": clean(record.domain),
        "what": record.what.value,
        "at": stamp(record.at),
        "id": clean(record.id),
        **without_empty(
            {
                "role": record.role and record.role.value,
                "party": clean(record.party),
                "status": record.status and record.status.value,
            }
        ),
    }


def _plain(record: PartnerRecord) -> str:
    return canonical(_content(record))
