from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import (
    address_rules,
    approvals,
    assessments,
    contact_ledger,
    content,
    directory,
    gates,
    notes,
    notices,
    observations,
    open_case_file,
    parties,
    protected,
    replies,
    reports,
)
from abusetrack.records import (
    FACTS,
    AddressFacts,
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    ContactOutcome,
    ContentState,
    ContentStatus,
    Discarded,
    Domain,
    Draft,
    Evidence,
    ExportedFile,
    Host,
    HostKind,
    Kind,
    LookupAnswer,
    NetworkFacts,
    NoticeRow,
    NoticeStatus,
    Observation,
    OriginFacts,
    Outcome,
    ProtectedCategory,
    ProtectedName,
    Quality,
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


@pytest.fixture
def live(clock, report, discarded, answer, observe, network, confirmed, contact):
    """Let every kind of thing happen in a case file; ``desk`` tells two apart."""

    def make(case, desk: str = "") -> None:
        listed = [
            report(f"https://{name}.example/{i}?q", f"{desk}R{i}", note="a note")
            for name in ("a", "b.a", "xn--bcher-kva")
            for i in range(3)
        ]
        listed.append(report("https://192.0.2.7/x"))
        reports.add(case, listed, [], discarded, label="first.csv")
        clock.move(hours=1)
        other = report("https://a.example/0?q", "other", assessment=confirmed())
        reports.add(case, [other], [], discarded, label="second.csv")
        assessments.add(case, "a.example", confirmed(access_note="a way in"))
        clock.move(hours=1)
        assessments.add(case, "https://a.example/1?q", confirmed(commercial=True))
        for body in (b"one" * 300, b"two"):
            clock.move(hours=1)
            asked = (
                observe(
                    "a.example", Question.A, AddressFacts(("192.0.2.1",)), body=body,
                    asked_at=clock.now(),
                ),
                observe("a.example", Question.MX, asked_at=clock.now()),
                *network("192.0.2.1", "192.0.2.0/24", asked_at=clock.now()),
            )  # fmt: skip
            observations.store_many(case, [answer("a.example", *asked)])
        own = contact(f"test:{desk}b", origin=ContactOrigin.MANUAL)
        directory.upsert(case, [contact(), own])
        directory.confirm(case, "iana:9999", Role.REGISTRAR)
        parties.note(case, "iana:9999", {"language": "de", "comment": "by form only"})
        parties.note(case, "iana:9999", {"language": None})
        contact_ledger.record(
            case, "iana:9999", Role.REGISTRAR, ContactOutcome.BOUNCED, note="full of mail"
        )
        address_rules.never_send(case, "@one.example", note="asked us not to")
        address_rules.never_send(case, "@two.example")
        address_rules.send_again(case, "@two.example")
        address_rules.replace(case, "wrong@r.example", ["right@r.example"], note="they said so")
        address_rules.replace(case, "other@r.example", ["right@r.example"])
        address_rules.replace(case, "other@r.example", [])
        protected.add(case, [ProtectedName(f"{desk}own.example", ProtectedCategory.OWN)])
        note = notes.add(case, "a.example", f"{desk} call them")
        notes.add(case, "a.example", "called", replaces=note)
        content.add(case, "a.example", ContentStatus(ContentState.GONE, clock.now(), "Ann"))
        assessments.amend(case, "a.example", {"severity": 2})
        gates.clear(case, ["a.example"], cleared_by="Police", reference=f"{desk}P1")
        approvals.approve(
            case, "ab" * 32, drafted_by="Zoe", role=Role.REGISTRAR, party_key="iana:9999",
            domains=["a.example"],
        )  # fmt: skip
        clock.move(hours=1)
        directory.upsert(case, [replace(own, email=None, form="https://registrar.example/")])
        directory.upsert(case, [contact(as_of=clock.now())])  # seen again: no fact
        reference = notices.next_reference(case, "AT")
        rows = tuple(_notice_row(name, reference) for name in ("a.example", "b.example"))
        files = [ExportedFile("a.txt", "text/plain", b"body" + desk.encode())]
        notices.record_export(
            case,
            Draft(
                reference, Role.REGISTRAR, contact(), "subject", "body", rows, clock.now(),
                "registrar/first", practice=False,
            ),
            files,
        )  # fmt: skip
        clock.move(hours=1)
        notices.mark(case, reference, NoticeStatus.SENT, note="by mail")
        earlier = clock.now() - timedelta(days=1)
        notices.mark(case, reference, NoticeStatus.ACTIONED, at=earlier)
        replies.file_answer(
            case, reference, received_at=earlier, sender="x@r.example", subject="Re", body="done",
            discarded={"images": 2},
        )  # fmt: skip
        replies.rate(case, reference, Quality.INCOMPLETE, note="no ticket")
        clock.move(hours=1)
        replies.rate(case, reference, Quality.USEFUL)

    return make


def _notice_row(domain: str, reference: str) -> NoticeRow:
    return NoticeRow(
        domain=domain,
        unicode=domain,
        hosts=(domain,),
        registrar="Registrar of Tests",
        iana_id=9999,
        statuses=(),
        registration_source="https://rdap.example/",
        registration_asked_at=NOON,
        evidence_sha256="00" * 32,
        kind=SiteKind.DEDICATED,
        confirmed_urls=1,
        first_confirmed=NOON,
        last_confirmed=NOON,
        legal_category="A",
        law="1",
        reference=reference,
    )
