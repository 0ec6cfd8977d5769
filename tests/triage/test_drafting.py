from __future__ import annotations

import hashlib
import resource
from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.casefile import claims, directory, notices, observations, queue
from abusetrack.casefile.claims import Claim
from abusetrack.errors import InputError, StorageFullError
from abusetrack.names import Names
from abusetrack.records import (
    AddressFacts,
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    Evidence,
    Kind,
    LookupAnswer,
    NameFacts,
    Observation,
    Outcome,
    Question,
    RegistrationFacts,
    Role,
    SiteKind,
)
from abusetrack.settings import Organisation
from abusetrack.triage import drafting, taking
from abusetrack.triage.addressing import Wish
from abusetrack.triage.refresh import refresh

LIST = (
    "url,outcome,kind,legal category,law\n"
    "https://example.com/path/of/page?id=7,confirmed,dedicated,A,Law 1\n"
    "https://www.example.net/other,confirmed,dedicated,A,Law 1\n"
    "https://example.org/x,confirmed,forum,A,Law 1\n"
)


@pytest.fixture
def named(context):
    """A context whose organisation may export."""
    organisation = Organisation(
        name="Test Hotline",
        email="desk@hotline.example",
        jurisdiction="Exampleland",
        verification_url="https://hotline.example/verify",
        dispute_email="disputes@hotline.example",
    )
    settings = context.settings.but({"organisation": organisation})
    return replace(context, settings=settings)


@pytest.fixture
def looked_up(named, case, take):
    """The list, each name looked up now: one registrar for all."""
    take(LIST, filename="list.csv")
    names = Names()
    domains = ["example.com", "example.net", "example.org"]
    for domain in domains:
        text = f"https://{'www.' if domain == 'example.net' else ''}{domain}/"
        host = names.target(text).host
        observations.store(case, LookupAnswer(host, tuple(_answers(named, host, domain))))
        queue.complete(case, {host.name: None})
    refresh(named, case, domains)
    return domains


def observe(context, subject, kind, question, facts, body=b"{}"):
    evidence = Evidence("application/rdap+json", body, hashlib.sha256(body).hexdigest())
    now = context.clock.now()
    return Observation(subject, kind, question, now, "source", Outcome.OK, "", facts, evidence)


def said(context, case, question, domain="example.com", **facts):
    """Store one more registration answer of a domain, judged by nobody yet."""
    body = repr((question, facts)).encode()
    answer = observe(context, domain, Kind.REGISTRATION, question, RegistrationFacts(**facts), body)
    observations.store(case, LookupAnswer(Names().target(f"https://{domain}/").host, (answer,)))
    return answer


def _answers(context, host, domain):
    registration = RegistrationFacts(
        registrar_name="Example Registrar",
        registrar_iana_id=9000001,
        abuse_email="abuse@registrar.example",
        statuses=("clientTransferProhibited",),
    )
    yield observe(context, domain, Kind.REGISTRATION, Question.REGISTRY_RDAP, registration)
    yield observe(context, domain, Kind.DNS, Question.NS, NameFacts(("ns1.host.example",)))
    yield observe(context, host.name, Kind.DNS, Question.A, AddressFacts(("192.0.2.1",)))


@pytest.fixture
def confirmed(case, looked_up):
    return directory.confirm(case, "iana:9000001", Role.REGISTRAR)


def test_an_unconfirmed_contact_stops_every_draft(named, case, looked_up):
    plan = drafting.plan(named, case)
    assert plan.drafts == ()
    reasons = {item.domain: item.reason for item in plan.not_drafted}
    assert "not confirmed by an analyst" in reasons["example.com"]
    assert reasons["example.org"] == "assessed as forum, not as dedicated"


def test_one_notice_per_registrar_with_rows_that_stand_alone(named, case, confirmed):
    plan = drafting.plan(named, case)
    (draft,) = plan.drafts
    assert [row.domain for row in draft.rows] == ["example.com", "example.net"]
    assert [item.domain for item in plan.not_drafted] == ["example.org"]
    row = draft.rows[1]
    assert row.hosts == ("www.example.net",)
    assert (row.registrar, row.iana_id) == ("Example Registrar", 9000001)
    assert row.statuses == ("clientTransferProhibited",)
    assert (row.legal_category, row.law, row.confirmed_urls) == ("A", "Law 1", 1)
    assert row.registration_source == "registry RDAP, source"
    assert row.evidence_sha256 == hashlib.sha256(b"{}").hexdigest()
    assert "path/of/page" not in draft.body


def test_exporting_writes_the_files_and_keeps_their_bytes(named, case, confirmed, tmp_path):
    plan = drafting.plan(named, case)
    (exported,) = drafting.export(named, case, plan.drafts, tmp_path / "out", ["eml", "txt"])
    assert exported.draft.reference == "AT-2026-000001"
    assert exported.draft.rows[0].reference == "AT-2026-000001/1"
    (stored,) = notices.list_all(case)
    assert stored.reference == exported.draft.reference
    for file, path in zip(stored.files, exported.files, strict=True):
        assert observations.evidence(case, file.sha256).body == path.read_bytes()


def test_the_same_domain_is_not_drafted_twice_unless_asked(named, case, confirmed, tmp_path):
    drafting.export(named, case, drafting.plan(named, case).drafts, tmp_path / "one", ["txt"])
    plan = drafting.plan(named, case)
    assert plan.drafts == ()
    assert (
        "AT-2026-000001" in {item.domain: item.reason for item in plan.not_drafted}["example.com"]
    )
    again = drafting.plan(named, case, Wish(again=True))
    assert len(again.drafts) == 1


def test_old_facts_stop_a_draft(named, case, confirmed, clock):
    clock.move(hours=49)
    plan = drafting.plan(named, case, domains=["example.com"])
    assert plan.drafts == ()
    assert "older than 48 hours" in plan.not_drafted[0].reason


def test_only_persistent_ones_if_so_asked(named, case, confirmed):
    plan = drafting.plan(named, case, only_persistent=True)
    assert plan.drafts == ()
    assert {item.reason for item in plan.not_drafted} == {"not persistently abusive by the policy"}


def test_a_name_that_was_never_reported_is_said(named, case, confirmed):
    with pytest.raises(InputError, match="never reported"):
        drafting.plan(named, case, domains=["example.edu"])


def test_nothing_is_exported_while_the_organisation_is_not_named(
    context, case, confirmed, tmp_path
):
    plan = drafting.plan(context, case)
    assert plan.missing_settings
    with pytest.raises(InputError, match=r"organisation\.name"):
        drafting.export(context, case, plan.drafts, tmp_path / "out", ["txt"])
    assert not (tmp_path / "out").exists()
    assert notices.list_all(case) == []


def test_a_file_in_the_way_is_kept_and_nothing_is_recorded(named, case, confirmed, tmp_path):
    drafts = drafting.plan(named, case).drafts
    (first,) = drafting.export(named, case, drafts, tmp_path / "probe", ["txt"])
    name = first.files[0].name.replace("000001", "000002")
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        drafting.export(named, case, drafts, out, ["txt"])
    assert (out / name).read_text(encoding="utf-8") == "mine"
    assert [notice.reference for notice in notices.list_all(case)] == ["AT-2026-000001"]


def test_a_manual_contact_wins(named, case, confirmed, clock):
    manual = Contact(
        party_key="iana:9000001",
        party_name="Example Registrar",
        role=Role.REGISTRAR,
        email="trusted@registrar.example",
        form=None,
        phone=None,
        origin=ContactOrigin.MANUAL,
        source="an analyst",
        as_of=clock.now() - timedelta(days=300),
    )
    directory.upsert(case, [manual])
    directory.confirm(case, "iana:9000001", Role.REGISTRAR)
    (draft,) = drafting.plan(named, case).drafts
    assert draft.recipient.email == "trusted@registrar.example"


def test_only_hosts_with_confirmed_reports_are_named(named, case, confirmed, take):
    take("https://innocent.example.com/\n")
    take(
        "url,outcome\nhttps://looked-at.example.com/,not illegal\n",
        filename="second.csv",
    )
    (draft,) = drafting.plan(named, case, domains=["example.com"]).drafts
    assert draft.rows[0].hosts == ("example.com",)


def test_a_row_says_what_one_answer_says_and_carries_its_hash(named, case, confirmed):
    own = said(
        named,
        case,
        Question.REGISTRAR_RDAP,
        registrar_name="Example Registrar Ltd",
        registrar_iana_id=9000001,
        statuses=("autoRenewPeriod",),
    )
    (draft,) = drafting.plan(named, case, domains=["example.com"]).drafts
    row = draft.rows[0]
    assert (row.registrar, row.statuses) == ("Example Registrar Ltd", ("autoRenewPeriod",))
    assert row.evidence_sha256 == own.evidence.sha256
    assert row.registration_source == "registrar RDAP, source"


def test_an_answer_that_names_no_registrar_is_not_quoted(named, case, confirmed):
    said(named, case, Question.REGISTRAR_RDAP, statuses=("ok",))
    (draft,) = drafting.plan(named, case, domains=["example.com"]).drafts
    assert draft.rows[0].registration_source == "registry RDAP, source"


def test_two_registrars_get_no_notice(named, case, confirmed):
    said(named, case, Question.REGISTRAR_RDAP, registrar_name="B", registrar_iana_id=9000002)
    plan = drafting.plan(named, case, domains=["example.com"])
    assert plan.drafts == ()
    assert "two registrars" in plan.not_drafted[0].reason


def test_the_registrar_is_the_one_of_the_answers_not_of_an_earlier_judgement(
    named, case, confirmed, clock
):
    clock.move(hours=1)
    said(named, case, Question.REGISTRY_RDAP, registrar_name="B", registrar_iana_id=9000002)
    plan = drafting.plan(named, case, domains=["example.com"])
    assert plan.drafts == ()
    assert plan.not_drafted[0].code == "no_contact"


def test_an_old_answer_of_the_registry_stops_a_draft_too(named, case, confirmed, clock):
    clock.move(hours=49)
    said(
        named,
        case,
        Question.REGISTRAR_RDAP,
        registrar_name="Example Registrar",
        registrar_iana_id=9000001,
    )
    plan = drafting.plan(named, case, domains=["example.com"])
    assert plan.drafts == ()
    assert "older than 48 hours" in plan.not_drafted[0].reason


@pytest.mark.parametrize("change", ["finding", "registrar", "contact"])
def test_what_changed_since_it_was_drafted_is_not_exported(
    named, case, confirmed, clock, tmp_path, change
):
    drafts = drafting.plan(named, case).drafts
    clock.move(minutes=10)
    if change == "finding":
        text = "url,outcome\nhttps://example.com/path/of/page?id=7,not illegal\n"
        table = tmp_path / "revised.csv"
        table.write_text(text, encoding="utf-8")
        assert taking.assess_list(named, case, table) == (1, [])
    elif change == "registrar":
        said(named, case, Question.REGISTRY_RDAP, registrar_name="B", registrar_iana_id=9000002)
    else:
        changed = replace(confirmed, email="other@registrar.example", as_of=clock.now())
        directory.upsert(case, [replace(changed, confirmed_at=None, confirmed_by=None)])
    with pytest.raises(InputError, match=r"row 1 .* has changed since it was drafted"):
        drafting.export(named, case, drafts, tmp_path / "out", ["txt"])
    assert not (tmp_path / "out").exists()
    assert notices.list_all(case) == []


def test_a_draft_is_exported_once(named, case, confirmed, clock, tmp_path):
    drafts = drafting.plan(named, case).drafts
    clock.move(minutes=10)
    drafting.export(named, case, drafts, tmp_path / "out", ["txt"])
    with pytest.raises(InputError, match="exported in another notice"):
        drafting.export(named, case, drafts, tmp_path / "out", ["txt"])


def test_a_notice_that_cannot_be_recorded_leaves_no_file(named, case, confirmed, tmp_path):
    drafts = drafting.plan(named, case).drafts
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = case.path.with_name(f"{case.path.name}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, limits[1]))  # notices fit, the record not
    try:
        with pytest.raises(StorageFullError):
            drafting.export(named, case, drafts, tmp_path / "out", ["txt"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "out").iterdir()) == []
    assert notices.list_all(case) == []


def test_what_has_become_a_platforms_suffix_is_not_drafted(named, case, confirmed, tmp_path):
    """The list is kept up to date to spare the neighbours; old reports do not know it."""
    extra = tmp_path / "suffixes.dat"
    begin, end = "// ===BEGIN PRIVATE DOMAINS===", "// ===END PRIVATE DOMAINS==="
    extra.write_text(f"{begin}\nexample.com\n{end}\n", encoding="utf-8")
    plan = drafting.plan(replace(named, names=Names(extra)), case, domains=["example.com"])
    assert plan.drafts == ()
    assert "no registrable domain" in plan.not_drafted[0].reason


def test_neighbours_below_a_domain_are_looked_at_before_it_is_drafted(named, case, confirmed, take):
    take("https://neighbour.example.net/\n")
    take("https://neighbour.example.com/\n")
    plan = drafting.plan(named, case, domains=["example.com", "example.net"])
    assert [row.domain for draft in plan.drafts for row in draft.rows] == [
        "example.com",
        "example.net",  # confirmed on www, which is the domain's own
    ]
    take("https://blog.example.net/\n")
    found = Assessment(
        AssessmentOutcome.CONFIRMED, named.clock.now(), "test", SiteKind.DEDICATED, "A", "Law 1"
    )
    taking.assess(named, case, ["https://blog.example.net/"], found)
    revised = replace(found, outcome=AssessmentOutcome.NOT_ILLEGAL)
    taking.assess(named, case, ["https://www.example.net/other"], revised)
    plan = drafting.plan(named, case, domains=["example.net"])
    assert [item.code for item in plan.not_drafted] == ["perhaps_shared"]


def test_a_colleagues_claim_is_said(named, case, confirmed, clock):
    soon, past = clock.now() + timedelta(hours=8), clock.now() - timedelta(hours=1)
    own = case.origin_id.hex()
    claims.replace(
        case,
        [
            Claim("example.com", "Bob", "22" * 16, soon),
            Claim("example.net", "Cyd", "22" * 16, past),
            Claim("example.org", "Ann", own, soon),
        ],
    )
    plan = drafting.plan(named, case)
    assert len(plan.drafts) == 1
    (said,) = plan.cautions
    assert said.domain == "example.com"
    assert "claimed by Bob until 2026-03-01 20:00" in said.text
