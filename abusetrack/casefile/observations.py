"""Observations: what was asked of the world, when, and what it said."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from abusetrack.casefile import facts, spans, traits, vault
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment, stamp
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import (
    ANSWERED,
    FACTS,
    Evidence,
    Facts,
    Kind,
    LookupAnswer,
    NetworkFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
)

_ADAPTERS: dict[type[Facts], TypeAdapter[Facts]] = {
    kind: TypeAdapter(kind) for kind in set(FACTS.values())
}
_DEFAULTS: dict[type[Facts], dict[str, Any]] = {
    kind: {field.name: field.default for field in fields(kind)} for kind in _ADAPTERS
}

_LATEST = """
WITH mine AS MATERIALIZED (
    SELECT subject.name, observation.* FROM json_each(:subjects) AS wanted
    JOIN subject ON subject.name = wanted.value
    JOIN observation ON observation.subject = subject.id
), newest AS (
    SELECT name, question, batch, max(asked_at) FROM mine GROUP BY name, question
    UNION
    SELECT name, question, batch, max(asked_at) FROM mine
    WHERE outcome IN (SELECT value FROM json_each(:answered)) GROUP BY name, question
)
SELECT DISTINCT name, fact, asked_at FROM newest JOIN mine USING (name, question, batch)
ORDER BY asked_at, fact
"""
_COVERING = """
SELECT wanted.value ->> 'address', question, fact FROM json_each(:wanted) AS wanted
JOIN json_each(wanted.value, '$.starts') AS start
JOIN prefix_now ON first = unhex(start.value)
WHERE last >= unhex(wanted.value ->> 'number') AND asked_at >= :since
ORDER BY first, last DESC, question
"""


def store(case: CaseFile, answer: LookupAnswer) -> None:
    """Store what one lookup found; what it reused is in the case file already."""
    store_many(case, [answer])


@dataclass(slots=True)
class Stored:
    """Observations that need not be read again, for the rest of a transaction.

    ``seen`` has them by local number, as they were found: without the ids that they have
    now. ``whole`` has the local numbers of all there is of a subject, for those that were
    entered with them.
    """

    seen: dict[int, Observation] = field(default_factory=dict)
    whole: dict[str, list[int]] = field(default_factory=dict)


def store_many(case: CaseFile, answers: Sequence[LookupAnswer]) -> Stored:
    """Store several lookups in one transaction; return what was stored."""
    found = [observation for answer in answers for observation in answer.observations]
    if not found:
        return Stored()
    with case.transaction():
        kept = vault.keep(case, (item.evidence for item in found if item.evidence))
        written = facts.append(
            case,
            [
                NewFact("observation", _encode(observation, place))
                for place, observation in enumerate(found)
            ],
        )
        batch = written[0].n
        entries = [
            _Entry(
                fact.n,
                clean(item.subject),
                item.question.value,
                stamp(item.asked_at),
                item.outcome.value,
                batch,
                kept[item.evidence.sha256] if item.evidence else None,
                item.facts.prefix if isinstance(item.facts, OriginFacts | NetworkFacts) else None,
            )
            for item, fact in zip(found, written, strict=True)
        ]
        stored = Stored(
            {fact.n: item for item, fact in zip(found, written, strict=True)},
            {name: [] for name in _enter(case, entries)},
        )
        for entry in sorted(entries, key=lambda entry: (entry.asked_at, entry.fact)):
            if entry.subject in stored.whole:
                stored.whole[entry.subject].append(entry.fact)
        traits.fold(case, batch)
    return stored


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter observation facts that came from elsewhere, or that are folded anew."""
    kept = vault.numbers_of(case, (fact.content.get("evidence") for fact in stored))
    _enter(case, [_entry(fact, kept) for fact in stored])


class _Entry(NamedTuple):
    """What a row of ``observation`` is made of, and the prefix that it speaks of."""

    fact: int
    subject: str
    question: str
    asked_at: str
    outcome: str
    batch: int
    evidence: int | None
    prefix: str | None


def _entry(fact: StoredFact, kept: Mapping[str, int]) -> _Entry:
    content = fact.content
    said = FACTS.get(Question(content["question"]))
    of_prefix = said in (OriginFacts, NetworkFacts) and "facts" in content
    return _Entry(
        fact.n,
        content["subject"],
        content["question"],
        content["asked_at"],
        content["outcome"],
        fact.n - content.get("batch", 0),
        kept.get(content.get("evidence", "")),
        content["facts"].get("prefix") if of_prefix else None,
    )


def _enter(case: CaseFile, entries: Sequence[_Entry]) -> list[str]:
    """Enter observations; return the subjects of which there was none before."""
    subjects, new = _enter_subjects(case, [entry.subject for entry in entries])
    case.executemany(
        "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                entry.fact,
                subjects[entry.subject],
                entry.question,
                entry.asked_at,
                entry.outcome,
                entry.batch,
                entry.evidence,
            )
            for entry in entries
        ],
    )
    case.executemany(
        _NEWEST_OF_PREFIX,
        [
            (*bounds, entry.question, entry.asked_at, entry.fact)
            for entry in entries
            if entry.prefix is not None and (bounds := _bounds(entry.prefix)) is not None
        ],
    )
    return new


# Asked at the same time, the later fact wins: by its id, which is the same in every file.
_NEWEST_OF_PREFIX = """
INSERT INTO prefix_now VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET asked_at = excluded.asked_at, fact = excluded.fact
WHERE excluded.asked_at > asked_at OR (excluded.asked_at = asked_at
    AND (SELECT id FROM fact WHERE n = excluded.fact)
        > (SELECT id FROM fact WHERE n = prefix_now.fact))
"""


def latest(case: CaseFile, subject: str) -> tuple[Observation, ...]:
    """Return the newest observation per question of a host, domain or address.

    Where the newest lookup put a question to several sources (two resolvers, several
    tables), each source's answer is returned. Where it failed, the newest one that was
    answered is returned as well.
    """
    return latest_of(case, [subject], Stored())[subject]


def latest_of(
    case: CaseFile, subjects: Iterable[str], stored: Stored
) -> dict[str, tuple[Observation, ...]]:
    """Return :func:`latest` of each subject.

    What was ``stored`` in the same transaction is not read again; what is read is added.
    """
    names = {subject: clean(subject) for subject in subjects}
    found = {name: stored.whole.get(name, []) for name in names.values()}
    others: dict[str, list[int]] = {name: [] for name in found if name not in stored.whole}
    if others:
        found |= others
        for name, number, _asked_at in case.rows(
            _LATEST, {"subjects": canonical(list(others)), "answered": canonical(sorted(ANSWERED))}
        ):
            found[name].append(number)
    _see(case, (number for numbers in found.values() for number in numbers), stored.seen)
    latest = {}
    for subject, name in names.items():
        items = [stored.seen[number] for number in found[name]]
        newest = {(o.question, o.source, o.outcome in ANSWERED): o for o in items}
        latest[subject] = tuple(newest.values())
    return latest


def has_any(case: CaseFile, subject: str) -> bool:
    """Say whether anything was ever asked of a host, domain or address."""
    return case.value("SELECT 1 FROM subject WHERE name = ?", [clean(subject)]) is not None


def history(case: CaseFile, subject: str) -> tuple[Observation, ...]:
    """Return every observation of a host, domain or address, oldest first."""
    rows = case.rows(
        "SELECT fact FROM observation WHERE subject = (SELECT id FROM subject WHERE name = ?)"
        " ORDER BY asked_at, fact",
        [clean(subject)],
    )
    return _read(case, [n for (n,) in rows])


def histories(case: CaseFile, subjects: Iterable[str]) -> tuple[Observation, ...]:
    """Return every observation of hosts and domains, oldest first, without its evidence."""
    rows = case.rows(
        "SELECT fact FROM json_each(?) AS wanted JOIN subject ON subject.name = wanted.value"
        " JOIN observation ON observation.subject = subject.id ORDER BY asked_at, fact",
        [canonical(list(dict.fromkeys(map(clean, subjects))))],
    )
    return tuple(decode(fact, None) for fact in facts.read(case, [n for (n,) in rows]))


def first_asked(case: CaseFile, subject: str) -> datetime | None:
    """Return when a host or domain was first asked about."""
    at: str | None = case.value(
        "SELECT min(asked_at) FROM observation"
        " WHERE subject = (SELECT id FROM subject WHERE name = ?)",
        [clean(subject)],
    )
    return moment(at)


def covering(case: CaseFile, address: str) -> tuple[Observation, ...]:
    """Return what is known of an address: of its prefixes, and of itself.

    An origin or network answer for a prefix that covers it counts before a failure to
    get one for this very address.
    """
    return covering_of(case, [address], Stored())[address]


def covering_of(
    case: CaseFile, addresses: Iterable[str], stored: Stored
) -> dict[str, tuple[Observation, ...]]:
    """Return :func:`covering` of each address; ``stored`` as in :func:`latest_of`."""
    own = latest_of(case, addresses, stored)
    prefixes = _of_prefixes(case, own, stored)
    return {
        address: prefixes[address]
        + tuple(o for o in found if o.question not in {p.question for p in prefixes[address]})
        for address, found in own.items()
    }


def of_prefixes(
    case: CaseFile, address: str, *, since: datetime | None = None
) -> tuple[Observation, ...]:
    """Return origin and network observations whose prefix covers ``address``.

    One per question: of the most specific prefix, the newest. ``since`` leaves out
    what was asked before.
    """
    return _of_prefixes(case, [address], Stored(), since)[address]


def _of_prefixes(
    case: CaseFile,
    addresses: Iterable[str],
    stored: Stored,
    since: datetime | None = None,
) -> dict[str, tuple[Observation, ...]]:
    found: dict[str, dict[str, int]] = {address: {} for address in addresses}
    wanted = []
    for address in found:
        try:
            span = ipaddress.ip_network(address)
        except ValueError:
            continue
        number, _ = spans.bounds(span)
        wanted.append({"address": address, "number": number, "starts": spans.starts(span)})
    rows = case.rows(
        _COVERING, {"wanted": canonical(wanted), "since": stamp(since) if since else ""}
    )
    for address, question, fact in rows:
        found[address][question] = fact  # the most specific prefix comes last
    _see(case, (fact for facts in found.values() for fact in facts.values()), stored.seen)
    return {
        address: tuple(stored.seen[fact] for fact in facts.values())
        for address, facts in found.items()
    }


def evidence(case: CaseFile, sha256: str) -> Evidence | None:
    """Return a piece of evidence; None where there is none, with an empty body where erased."""
    try:
        raw = bytes.fromhex(sha256)
    except ValueError:
        return None
    rows = case.rows("SELECT media_type, codec, body, size FROM evidence WHERE sha256 = ?", [raw])
    return _evidence(raw, *rows[0]) if rows else None


def _enter_subjects(case: CaseFile, names: Iterable[str]) -> tuple[dict[str, int], list[str]]:
    """Return the local numbers of subjects, and those that were not there before."""
    wanted = canonical(sorted({clean(name) for name in names}))
    new = case.rows(
        "INSERT INTO subject(name) SELECT value FROM json_each(?) WHERE true"
        " ON CONFLICT (name) DO NOTHING RETURNING name",
        [wanted],
    )
    numbers = case.rows(
        "SELECT name, id FROM subject WHERE name IN (SELECT value FROM json_each(?))", [wanted]
    )
    return dict(numbers), [name for (name,) in new]


def _encode(observation: Observation, place: int) -> dict[str, Any]:
    """Return the content of a fact; ``place`` counts those stored together, from 0."""
    content: dict[str, Any] = {
        "subject": observation.subject,
        "kind": observation.kind,
        "question": observation.question,
        "asked_at": stamp(observation.asked_at),
        "outcome": observation.outcome,
    }
    if observation.source:
        content["source"] = observation.source
    if observation.detail:
        content["detail"] = observation.detail
    if observation.evidence is not None:
        content["evidence"] = observation.evidence.sha256
    if place:
        content["batch"] = place
    if observation.facts is not None:
        defaults = _DEFAULTS[type(observation.facts)]
        content["facts"] = {
            name: value
            for name in defaults
            if (value := getattr(observation.facts, name)) != defaults[name]
        }
    return content


def _see(case: CaseFile, numbers: Iterable[int], seen: dict[int, Observation]) -> None:
    missing = [number for number in dict.fromkeys(numbers) if number not in seen]
    if missing:
        seen.update(zip(missing, _read(case, missing), strict=True))


def _read(case: CaseFile, numbers: Sequence[int]) -> tuple[Observation, ...]:
    bodies = {
        n: _evidence(sha256, *row)
        for n, sha256, *row in case.rows(
            "SELECT observation.fact, evidence.sha256, media_type, codec, body, size"
            " FROM observation JOIN evidence ON evidence.n = observation.evidence"
            " WHERE observation.fact IN (SELECT value FROM json_each(?))",
            [canonical(list(numbers))],
        )
    }
    return tuple(decode(fact, bodies.get(fact.n)) for fact in facts.read(case, numbers))


def decode(fact: StoredFact, piece: Evidence | None) -> Observation:
    """Return the observation that a fact holds."""
    content = fact.content
    question = Question(content["question"])
    said = content.get("facts")
    return Observation(
        subject=content["subject"],
        kind=Kind(content["kind"]),
        question=question,
        asked_at=moment(content["asked_at"]),
        source=content.get("source", ""),
        outcome=Outcome(content["outcome"]),
        detail=content.get("detail", ""),
        facts=None if said is None else _ADAPTERS[FACTS[question]].validate_python(said),
        evidence=piece,
        id=fact.id,
    )


def _evidence(
    sha256: bytes, media_type: str, codec: str, body: bytes | None, size: int
) -> Evidence:
    restored = b"" if body is None else vault.unpack(codec, body, size)
    return Evidence(media_type, restored, sha256.hex())


def _bounds(prefix: str) -> tuple[bytes, bytes] | None:
    """Return the first and last address of a prefix; None where it is no prefix."""
    try:
        network = ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        return None
    first, last = spans.bounds(network)
    return bytes.fromhex(first), bytes.fromhex(last)
