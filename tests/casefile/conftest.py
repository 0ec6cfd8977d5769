from __future__ import annotations

import hashlib
import ipaddress
import re
from datetime import UTC, datetime

import pytest

from abusetrack.casefile import open_case_file
from abusetrack.records import (
    FACTS,
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    Discarded,
    Domain,
    Evidence,
    Host,
    HostKind,
    Kind,
    LookupAnswer,
    NetworkFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    Report,
    Role,
    SiteKind,
    SuffixKind,
    Target,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _host(name: str) -> Host:
    try:
        version = ipaddress.ip_address(name.strip("[]")).version
    except ValueError:
        if name.endswith(".onion"):
            return Host(name, name, HostKind.ONION, None)
        domain = ".".join(name.split(".")[-2:])
        suffix = domain.partition(".")[2]
        return Host(name, name, HostKind.NAME, Domain(domain, domain, suffix, SuffixKind.ICANN))
    return Host(name.strip("[]"), name.strip("[]"), HostKind(f"ipv{version}"), None)


@pytest.fixture
def host():
    return _host


@pytest.fixture
def report():
    def make(url: str, reference: str | None = None, **fields) -> Report:
        if "//" not in url:
            url = f"//{url}/"
        name = re.match(r".*?//(\[[^]]+\]|[^/?:]+)", url)[1]
        fields = {"received_at": NOON, "source": "public"} | fields
        text = fields.pop("text", url)
        return Report(Target(text, url, _host(name)), reference=reference, **fields)

    return make


@pytest.fixture
def confirmed():
    def make(kind: SiteKind = SiteKind.DEDICATED, **fields) -> Assessment:
        fields = {"assessed_at": NOON, "assessed_by": "Ann"} | fields
        return Assessment(AssessmentOutcome.CONFIRMED, kind=kind, **fields)

    return make


_KINDS = {
    **dict.fromkeys((Question.A, Question.AAAA, Question.NS, Question.SOA, Question.MX), Kind.DNS),
    **dict.fromkeys(
        (Question.REGISTRY_RDAP, Question.REGISTRAR_RDAP, Question.WHOIS), Kind.REGISTRATION
    ),
}


@pytest.fixture
def observe():
    def make(subject: str, question: Question, facts=None, **fields) -> Observation:
        outcome = Outcome.TIMED_OUT if facts is None else Outcome.OK
        fields = {"asked_at": NOON, "source": "resolver 192.0.2.53:53", "outcome": outcome} | fields
        body = fields.pop("body", None)
        if body is not None:
            fields["evidence"] = Evidence("text/plain", body, hashlib.sha256(body).hexdigest())
        assert facts is None or isinstance(facts, FACTS[question])
        kind = _KINDS.get(question, Kind.NETWORK)
        return Observation(subject, kind, question, facts=facts, **fields)

    return make


@pytest.fixture
def network(observe):
    def make(address: str, prefix: str, **fields) -> tuple[Observation, Observation]:
        return (
            observe(address, Question.ORIGIN, OriginFacts(prefix, (64496,)), **fields),
            observe(address, Question.NETWORK_RDAP, NetworkFacts(prefix, name=prefix), **fields),
        )

    return make


@pytest.fixture
def answer():
    def make(name: str, *observations: Observation) -> LookupAnswer:
        return LookupAnswer(_host(name), observations)

    return make


@pytest.fixture
def contact():
    def make(party_key: str = "iana:9999", **fields) -> Contact:
        fields = {
            "party_name": "Registrar of Tests",
            "role": Role.REGISTRAR,
            "email": "abuse@registrar.example",
            "form": None,
            "phone": None,
            "origin": ContactOrigin.AUTOMATIC,
            "source": "table.csv",
            "as_of": NOON,
        } | fields
        return Contact(party_key, **fields)

    return make


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case.abusetrack"


@pytest.fixture
def case(path, clock):
    with open_case_file(path, clock=clock, actor="Ann") as opened:
        yield opened


@pytest.fixture
def discarded():
    return Discarded()
