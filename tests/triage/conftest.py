"""A small desk: case file, context and, where needed, the practice internet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import directory, observations, open_case_file, queue
from abusetrack.names import Names
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    Contact,
    ContactOrigin,
    Evidence,
    Kind,
    LookupAnswer,
    NameFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    RegistrationFacts,
    Role,
    SystemClock,
)
from abusetrack.settings import Organisation, Settings
from abusetrack.triage import taking
from abusetrack.triage.context import make_context
from abusetrack.triage.refresh import refresh

CONFIRMED = "outcome,kind,legal category,law\n"


@pytest.fixture
def context(clock):
    """Default settings under the standing clock."""
    return make_context(Settings(), clock)


@pytest.fixture
def case(tmp_path, clock):
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as opened:
        yield opened


@pytest.fixture
def take(context, case):
    """Take text or a CSV in."""

    def run(text, *, filename="list.txt", ticked=()):
        read = intake.read(text, filename=filename, context=taking.reading(context))
        return taking.take(context, case, read, label=filename, ticked=ticked)

    return run


@pytest.fixture(scope="session")
def world():
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return practice.build(start=start)


@pytest.fixture
def practising(world, tmp_path):
    """The practice internet in a thread; its settings and servers."""
    with practice.PracticeThread(world, tmp_path / "practice") as served:
        yield served


@pytest.fixture
def practice_context(practising):
    return make_context(settings.load(practising.config_path), SystemClock())


@pytest.fixture
def desk(context):
    """A context whose organisation may export."""
    organisation = Organisation(
        name="Test Hotline",
        email="desk@hotline.example",
        jurisdiction="Exampleland",
        verification_url="https://hotline.example/verify",
        dispute_email="disputes@hotline.example",
    )
    return replace(context, settings=context.settings.but({"organisation": organisation}))


SITES = (
    "url,outcome,kind,legal category,law,access note\n"
    "https://example.com/path/of/page?id=7,confirmed,dedicated,A,Law 1,by referrer\n"
    "https://www.example.com/second,confirmed,dedicated,A,Law 1,\n"
    "https://example.net/other,confirmed,dedicated,A,Law 1,\n"
    "https://example.org/thread/9,confirmed,forum,A,Law 1,\n"
)
# Key, name and role of every party of the sites, each with a confirmed contact.
PARTIES = (
    ("iana:9000001", "Example Registrar", Role.REGISTRAR),
    ("tld:com", "Example Registry", Role.REGISTRY),
    ("tld:net", "Other Registry", Role.REGISTRY),
    ("asn:64500", "Example Net", Role.HOST),
    ("cdn:example-edge", "Example Edge", Role.CDN),
    ("platform:example.org", "example.org", Role.PLATFORM),
    ("hotline:ZZ", "Hotline of Zed", Role.HOTLINE),
    ("icann", "ICANN Contractual Compliance", Role.ICANN),
)


@pytest.fixture
def sites(desk, case, take):
    """Three domains, looked up now, whose parties can all be written to.

    example.com stands at AS64500, example.net behind a delivery network, example.org is a
    forum at AS64500.
    """
    take(SITES, filename="sites.csv")
    ask_all(desk, case)
    directory.upsert(
        case,
        [
            Contact(
                party_key=key,
                party_name=name,
                role=role,
                email=f"abuse@{role.name.lower().replace('_', '-')}.example",
                form=None,
                phone=None,
                origin=ContactOrigin.MANUAL,
                source="an analyst",
                as_of=desk.clock.now(),
            )
            for key, name, role in PARTIES
        ],
    )
    for key, _name, role in PARTIES:
        directory.confirm(case, key, role)


def ask_all(desk, case, *, asn=64500):
    """Store an answer to every question about the three sites, as of now."""
    names = Names()
    for domain in ("example.com", "example.net", "example.org"):
        for host in (domain, "www.example.com") if domain == "example.com" else (domain,):
            answers = tuple(_answers(desk, host, domain, asn))
            observations.store(case, LookupAnswer(names.target(f"https://{host}/").host, answers))
            queue.complete(case, {host: None})
    refresh(desk, case, ["example.com", "example.net", "example.org"])


def _answers(desk, host, domain, asn):
    at = desk.clock.now()

    def seen(subject, kind, question, facts):
        body = f"{subject} {question} {at}".encode()
        evidence = Evidence("text/plain", body, hashlib.sha256(body).hexdigest())
        return Observation(subject, kind, question, at, "source", Outcome.OK, "", facts, evidence)

    registration = RegistrationFacts(
        registrar_name="Example Registrar",
        registrar_iana_id=9000001,
        statuses=("clientTransferProhibited",),
    )
    address = "198.51.100.9" if domain == "example.net" else "192.0.2.1"
    yield seen(domain, Kind.REGISTRATION, Question.REGISTRY_RDAP, registration)
    yield seen(domain, Kind.DNS, Question.NS, NameFacts(("ns1.host.example",)))
    yield seen(host, Kind.DNS, Question.A, AddressFacts((address,)))
    if domain == "example.net":
        cdn = CdnFacts("Example Edge", "198.51.100.0/24")
        yield seen(address, Kind.NETWORK, Question.CDN, cdn)
    else:
        origin = OriginFacts("192.0.2.0/24", (asn,), "Example Net", "ZZ")
        yield seen("192.0.2.0/24", Kind.NETWORK, Question.ORIGIN, origin)
