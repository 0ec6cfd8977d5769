"""Retention: what may not be kept any longer is erased with its key, and stays erased.

What is counted stays: facts, names of domains and hosts, dates, outcomes. A URL goes with
the last of its reports, so that reports of one URL are known as such to the end.
"""

from __future__ import annotations

import calendar
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from abusetrack.casefile import audit, erased, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, id_text, stamp
from abusetrack.casefile.facts import NewFact

# Notes on parties and addresses are about the receivers of notices, not about reports.
_KEPT = ("party note", "contact outcome", "no-send", "replacement")
_TOKEN_BYTES = 16
_CHUNK = 500  # facts or pieces that one ``erasure`` fact names

_NO_TOKEN = b""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased.

    ``texts`` has, for each fact by its id, the fields and their tokens; ``evidence`` the
    hashes (hex) of pieces.
    """

    texts: Mapping[str, Mapping[str, bytes]]
    evidence: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many texts of each field, and pieces of evidence."""
        fields = Counter(field for fields in self.texts.values() for field in fields)
        return {**dict(sorted(fields.items())), "evidence": len(self.evidence)}

    def __bool__(self) -> bool:
        return bool(self.texts or self.evidence)


def months_before(now: datetime, months: int) -> datetime:
    """Return the same time of the day so many months ago; the month's last day where it is short.

    Before year 1 there is nothing: then the beginning of time.
    """
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < 1:
        return datetime.min.replace(tzinfo=now.tzinfo)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def due(case: CaseFile, before: datetime) -> Erasure:
    """Return what was recorded before an instant and may not be kept."""
    return _plan(case, {"before": stamp(before), "domain": None, "digest": None})


def of_subject(case: CaseFile, subject: str) -> Erasure:
    """Return what is kept of a domain or of a URL and can be erased, however young it is."""
    is_url = "//" in subject
    return _plan(
        case,
        {
            "before": None,
            "domain": None if is_url else subject,
            "digest": case.digest(subject) if is_url else None,
        },
    )


def erase(case: CaseFile, what: Erasure, *, reason: str, before: datetime | None = None) -> bool:
    """Erase for ever, in one transaction; then overwrite the write-ahead log as well.

    One audit row with the counts. Return whether the log could be emptied: not while others
    have the file open.
    """
    if not what:
        return True
    with case.transaction():
        written = facts.append(case, list(_facts(what, reason, before)))
        erased.fold(case, facts.read(case, [fact.n for fact in written]))
        case.execute("DELETE FROM taxii_page")  # they can name it too, and can be read again
        audit.append(case, "erase", id_text(written[0].id), {"reason": reason, **what.counts})
    return case.truncate_log()


def _facts(what: Erasure, reason: str, before: datetime | None) -> Iterator[NewFact]:
    common = {"reason": reason, **({"before": stamp(before)} if before else {})}
    texts, pieces = iter(what.texts.items()), iter(what.evidence)
    while some := dict(islice(texts, _CHUNK)):
        named = {
            fact: {field: token.hex() for field, token in fields.items()}
            for fact, fields in some.items()
        }
        yield NewFact("erasure", {**common, "facts": named})
    while few := list(islice(pieces, _CHUNK)):
        yield NewFact("erasure", {**common, "evidence": few})


def _plan(case: CaseFile, params: Mapping[str, object]) -> Erasure:
    values = {**params, "kept": canonical(_KEPT)}
    texts: dict[str, dict[str, bytes]] = {}
    _add(texts, case.each(_URLS, values), with_token="path")  # noqa: S106  (a field)
    _add(texts, case.each(_REFERENCES, values), with_token="reference")  # noqa: S106
    _add(texts, case.each(_OTHERS, values), with_token=None)
    pieces = tuple(sha256.hex() for (sha256,) in case.each(_EVIDENCE, values))
    return Erasure(texts, pieces)


def _add(
    texts: dict[str, dict[str, bytes]],
    rows: Iterable[tuple[bytes, str, object]],
    *,
    with_token: str | None,
) -> None:
    """Add fields of facts; what was one before (URL, reference) gets one token."""
    tokens: dict[object, bytes] = {}
    for fact, field, group in rows:
        token = _NO_TOKEN
        if field == with_token:
            token = tokens.setdefault(group, secrets.token_bytes(_TOKEN_BYTES))
        texts.setdefault(id_text(fact), {})[field] = token


_CHOSEN = """(:domain IS NULL OR report.domain = (SELECT id FROM domain_now WHERE domain = :domain))
    AND (:digest IS NULL OR url = (SELECT id FROM url WHERE digest = :digest))"""
# A URL, or a reference of it, is due when its newest report is.
_URLS = f"""
WITH due AS (
    SELECT url FROM report JOIN fact ON fact.n = report.fact WHERE {_CHOSEN}
    GROUP BY url HAVING :before IS NULL OR max(fact.at) < :before
)
SELECT fact.id, field, url FROM due JOIN report USING (url) JOIN fact ON fact.n = report.fact
JOIN erasable ON erasable.fact = fact.n AND field IN ('path', 'text') ORDER BY fact.n
"""
_REFERENCES = f"""
WITH due AS (
    SELECT url, reference FROM report JOIN fact ON fact.n = report.fact WHERE {_CHOSEN}
    GROUP BY url, reference HAVING :before IS NULL OR max(fact.at) < :before
)
SELECT fact.id, field, url || ' ' || hex(reference) FROM due JOIN report USING (url, reference)
JOIN fact ON fact.n = report.fact
JOIN erasable ON erasable.fact = fact.n AND field = 'reference' ORDER BY fact.n
"""
_OTHERS = f"""
SELECT fact.id, field, NULL FROM erasable JOIN fact ON fact.n = erasable.fact
WHERE kind NOT IN (SELECT value FROM json_each(:kept))
    AND NOT (kind = 'report' AND field IN ('path', 'text', 'reference'))
    AND (:before IS NULL OR fact.at < :before)
    AND (:domain IS NULL AND :digest IS NULL
        OR fact.id IN (SELECT id FROM report JOIN fact AS reported ON reported.n = report.fact
            WHERE {_CHOSEN})
        OR kind IN ('assessment', 'hash reference') AND unhex(content ->> '$.report', '-') IN
            (SELECT id FROM report JOIN fact AS reported ON reported.n = report.fact
            WHERE {_CHOSEN}))
ORDER BY fact.n
"""
# Registration and network answers hold contacts of natural persons; exported files exact
# URLs. A piece is due when the newest of what refers to it is.
_EVIDENCE = """
WITH use(evidence, at, name) AS (
    SELECT observation.evidence, fact.at, subject.name FROM observation
    JOIN fact ON fact.n = observation.fact JOIN subject ON subject.id = observation.subject
    WHERE content ->> '$.kind' <> 'dns'
    UNION ALL
    SELECT notice_file.evidence, fact.at, NULL FROM notice_file
    JOIN fact ON fact.n = notice_file.notice
)
SELECT sha256 FROM evidence JOIN use ON use.evidence = evidence.n
WHERE body IS NOT NULL AND :digest IS NULL GROUP BY evidence.n
HAVING (:before IS NULL OR max(at) < :before) AND (:domain IS NULL OR
    sum(name IS NULL OR name <> :domain AND name NOT IN (SELECT host.name FROM host
        JOIN domain_now ON domain_now.id = host.domain WHERE domain_now.domain = :domain)) = 0)
ORDER BY evidence.n
"""
