"""Make a case file of many domains from what the practice internet answers to a few.

A few hundred names of the practice world are really looked up. Every further name takes
the reports, answers and findings of one of them, with its own name in their place, and
goes through the functions that store what is really reported and answered: the result is
a sound case file (``abusetrack check``). Only the looking up is left out.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter

from abusetrack import intake, practice, settings
from abusetrack.casefile import (
    CaseFile,
    CaseFileThread,
    observations,
    open_case_file,
    projection,
    sightings,
)
from abusetrack.casefile import reports as stored_reports
from abusetrack.casefile.sightings import Sighting
from abusetrack.records import (
    FACTS,
    AddressFacts,
    Assessment,
    AssessmentOutcome,
    Discarded,
    Evidence,
    Findings,
    Host,
    LookupAnswer,
    Observation,
    Question,
    Report,
    SiteKind,
    SystemClock,
    Target,
)
from abusetrack.triage import resolving, taking
from abusetrack.triage.context import make_context

TEMPLATES = 200
MANY = 30_000  # names; more are made by :mod:`casebench.bulk`
_REPORTS, _LOOKUPS = 5_000, 500  # names stored in one transaction
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tos",
    "vi",
    "sha",
    "dor",
    "pel",
    "qui",
    "zan",
    "ber",
    "fo",
    "gul",
    "ham",
    "ne",
]
# The questions whose answers are kept of every name, the one with most to say first.
_QUESTIONS = (
    Question.REGISTRY_RDAP,
    Question.REGISTRAR_RDAP,
    Question.A,
    Question.NS,
    Question.MX,
    Question.WHOIS,
    Question.AAAA,
    Question.SOA,
)
_ADAPTERS = {kind: TypeAdapter(kind) for kind in set(FACTS.values())}


@dataclass(frozen=True, slots=True)
class Template:
    """One name of the practice world: its host, its own answers, what was found.

    ``networks`` are the answers about its addresses.
    """

    host: Host
    answers: tuple[Observation, ...]
    findings: Findings
    networks: tuple[Observation, ...]


def templates(folder: Path, count: int = TEMPLATES) -> list[Template]:
    """Look up names of the practice world, and return those with the most answers."""
    world = practice.build()
    names = sorted(truth.domain for truth in world.truths() if truth.hosts == (truth.domain,))
    names = names[: 2 * count]
    with practice.PracticeThread(world, folder / "practice") as served:
        context = make_context(settings.load(served.config_path), SystemClock())
        with open_case_file(folder / "templates", clock=context.clock, actor="bench") as case:
            text = "".join(f"https://{name}/\n" for name in names)
            read = intake.read(text, filename="list.txt", context=taking.reading(context))
            taking.take(context, case, read, label="list")
            with CaseFileThread(case.opener()) as db:
                asyncio.run(resolving.resolve(context, db, case.opener()))
            found = [
                Template(host, _told(history), row.findings, _networks(case, history))
                for row in projection.read_many(case, names)
                for host in stored_reports.hosts_of(case, row.domain)
                for history in [observations.history(case, row.domain)]
            ]
    found.sort(key=lambda one: len(one.answers), reverse=True)
    return found[:count]


def _networks(case: CaseFile, found: Sequence[Observation]) -> tuple[Observation, ...]:
    said = [item.facts for item in found if isinstance(item.facts, AddressFacts)]
    addresses = {address for facts in said for address in facts.addresses}
    return tuple(o for address in sorted(addresses) for o in observations.covering(case, address))


def _told(found: Sequence[Observation]) -> tuple[Observation, ...]:
    asked = [item for item in found if item.question in _QUESTIONS]
    return tuple(sorted(asked, key=lambda item: _QUESTIONS.index(item.question)))


def names(seed: int, taken: list[Template]) -> Iterator[tuple[str, Template]]:
    """Yield names that were never registered, each with the template it follows."""
    source = random.Random(seed)
    number = 0
    while True:
        number += 1
        template = source.choice(taken)
        label = "".join(source.choices(_SYLLABLES, k=4)) + str(number)
        assert template.host.domain is not None
        yield f"{label}.{template.host.domain.suffix}", template


def fill(case: CaseFile, taken: list[Template], count: int, per_name: int) -> int:
    """Store ``count`` names with ``per_name`` observations each; return how many of these."""
    made = names(1, taken)
    source = random.Random(2)
    stored = 0
    for start in range(0, count, _REPORTS):
        some = list(islice(made, min(_REPORTS, count - start)))
        listed = [
            report_of(case, source, start + place, name, one)
            for place, (name, one) in enumerate(some)
        ]
        stored_reports.add(case, listed, [], Discarded(), label="list")
        for at in range(0, len(some), _LOOKUPS):
            stored += _look_up(case, source, some[at : at + _LOOKUPS], per_name)
    return stored


def report_of(
    case: CaseFile, source: random.Random, number: int, name: str, one: Template
) -> Report:
    """Return the report of a made-up name."""
    host = _renamed_host(one.host, name)
    url = f"https://{name}/{source.randrange(10**6)}"
    received = case.clock.now() - timedelta(minutes=source.randrange(500_000))
    return Report(
        Target(url, url, host),
        received_at=received,
        source="public",
        reference=f"H-{number:07d}",
        assessment=_assessment(source, received + timedelta(hours=source.randrange(72))),
    )


# What analysts come to, and how often of a hundred; nothing: not assessed yet.
_FOUND: Sequence[tuple[int, AssessmentOutcome | None, SiteKind]] = (
    (40, AssessmentOutcome.CONFIRMED, SiteKind.DEDICATED),
    (8, AssessmentOutcome.CONFIRMED, SiteKind.COMPROMISED),
    (7, AssessmentOutcome.CONFIRMED, SiteKind.FORUM),
    (20, AssessmentOutcome.NOT_ILLEGAL, SiteKind.UNKNOWN),
    (10, AssessmentOutcome.COULD_NOT_ASSESS, SiteKind.UNKNOWN),
    (15, None, SiteKind.UNKNOWN),
)


def _assessment(source: random.Random, at: datetime) -> Assessment | None:
    (found,) = source.choices(_FOUND, [weight for weight, *_ in _FOUND])
    _, outcome, kind = found
    if outcome is None:
        return None
    is_confirmed = outcome is AssessmentOutcome.CONFIRMED
    return Assessment(
        outcome,
        assessed_at=at,
        assessed_by="bench",
        kind=kind,
        legal_category="A" if is_confirmed else None,
        commercial=source.random() < 0.3 if is_confirmed else None,
    )


def sighting_of(found: Findings, asked: datetime) -> Sighting:
    """Return what a lookup came to, as the figures read it."""
    return Sighting(
        domain=found.domain,
        at=asked,
        state=found.state,
        registration_at=asked if found.registrar_key else None,
        registrar_key=found.registrar_key,
        registrar=found.registrar,
        expires=found.expires,
        hosting_at=asked,
        hosting_country=found.hosting_country,
        hosting_verdict=found.hosting_verdict,
        asn=found.asn,
        as_name=found.as_name,
        cdn=found.cdn,
    )


def _look_up(
    case: CaseFile, source: random.Random, some: list[tuple[str, Template]], per_name: int
) -> int:
    answers, findings = [], []
    for name, one in some:
        chosen = one.answers[:per_name]
        asked = case.clock.now() - timedelta(seconds=source.randrange(10**7))
        found = tuple(_renamed(item, one.host.name, name) for item in chosen)
        found = tuple(replace(item, asked_at=asked) for item in found)
        answers.append(LookupAnswer(_renamed_host(one.host, name), found))
        findings.append(replace(one.findings, domain=name, looked_up_at=asked))
    with case.transaction():
        observations.store_many(case, answers)
        projection.write(case, findings)
        sightings.write(case, [sighting_of(one, one.looked_up_at) for one in findings])
    return sum(len(answer.observations) for answer in answers)


def _renamed_host(host: Host, name: str) -> Host:
    assert host.domain is not None
    return replace(
        host, name=name, unicode=name, domain=replace(host.domain, name=name, unicode=name)
    )


def _renamed(item: Observation, old: str, new: str) -> Observation:
    facts = item.facts
    if facts is not None:
        adapter = _ADAPTERS[type(facts)]
        told = adapter.dump_json(facts).decode()
        if old in told:
            facts = adapter.validate_json(told.replace(old, new))
    piece = item.evidence
    if piece is not None:
        body = _body(piece.body, old, new)
        piece = Evidence(piece.media_type, body, hashlib.sha256(body).hexdigest())
    return replace(item, subject=item.subject.replace(old, new), facts=facts, evidence=piece)


def _body(body: bytes, old: str, new: str) -> bytes:
    """Put one name in the place of another, in whatever case the answer has it."""
    for before, after in ((old, new), (old.upper(), new.upper())):
        body = body.replace(before.encode(), after.encode())
    return body


def write_list(path: Path, count: int) -> None:
    """Write a list of reports as CSV: every URL, reference and name different."""
    source = random.Random(3)
    with path.open("w", encoding="utf-8") as out:
        out.write("url,reference,received\n")
        for number in range(count):
            label = "".join(source.choices(_SYLLABLES, k=4)) + str(number)
            out.write(
                f"https://www.{label}.example/p/{number},H-{number:07d},2026-03-01T12:00:00Z\n"
            )


def main(arguments: list[str]) -> None:
    """Make one file: PATH COUNT PER_NAME PASSPHRASE; print what it came to as JSON."""
    from casebench import bulk  # which needs this module

    path, count, per_name, passphrase = arguments
    with (
        tempfile.TemporaryDirectory() as folder,
        open_case_file(path, clock=SystemClock(), actor="bench", passphrase=passphrase) as case,
    ):
        taken = templates(Path(folder))
        # A bench may take memory where the product does not: many pages change in no order.
        case.rows("PRAGMA cache_size = -1000000")
        # A million through the store's functions would take most of an hour.
        quick = int(count) > MANY
        stored = (bulk.fill if quick else fill)(case, taken, int(count), int(per_name))
        case.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        print(json.dumps({"observations": stored}))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
