"""Whom to address, gathered from a real case file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import gates, notices, observations, protected
from abusetrack.names import Names
from abusetrack.records import (
    AddressFacts,
    Contact,
    ContactOrigin,
    Draft,
    Kind,
    LookupAnswer,
    NameFacts,
    NoticeRow,
    NoticeStatus,
    Observation,
    OriginFacts,
    Outcome,
    ProtectedCategory,
    ProtectedName,
    Question,
    RegistrationFacts,
    Role,
    SiteKind,
)
from abusetrack.triage import dossier
from abusetrack.triage.refresh import refresh

LIST = (
    "url,outcome,kind,legal category,law\n"
    "https://bad.com/p,confirmed,dedicated,A,Law 1\n"
    "https://user.net/p,confirmed,dedicated,A,Law 1\n"
)
KINDS = {Question.NS: Kind.DNS, Question.MX: Kind.DNS, Question.A: Kind.DNS}


@pytest.fixture
def store(context, case):
    """Store answers about a domain, as of now, and judge it."""

    def run(domain, **found):
        host = Names().target(f"https://{domain}/").host
        answers = tuple(
            Observation(
                subject,
                KINDS.get(question, kind),
                question,
                context.clock.now(),
                "source",
                Outcome.OK,
                "",
                facts,
            )
            for subject, kind, question, facts in found.pop("facts")
        )
        observations.store(case, LookupAnswer(host, answers))
        refresh(context, case, [domain])

    return run


@pytest.fixture
def looked_up(take, store):
    take(LIST, filename="list.csv")

    def run(domain, ns="ns1.provider.org", **registration):
        facts = RegistrationFacts(
            registrar_name="Example Registrar", registrar_iana_id=9000001, **registration
        )
        store(
            domain,
            facts=[
                (domain, Kind.REGISTRATION, Question.REGISTRY_RDAP, facts),
                (domain, Kind.DNS, Question.NS, NameFacts((ns,))),
                (domain, Kind.DNS, Question.A, AddressFacts(("192.0.2.1",))),
                ("192.0.2.1", Kind.NETWORK, Question.ORIGIN, OriginFacts("192.0.2.0/24", (64496,))),
            ],
        )

    run("bad.com")
    run("user.net")
    return run


@pytest.fixture
def advice(context, case):
    def run(domain="bad.com", context=context):
        shown = dossier.as_json(dossier.stored(context, case, domain))
        return {item["role"]: item["advice"] for item in shown["roles"]}, shown

    return run


def test_a_dedicated_site_is_for_host_and_registrar(looked_up, advice):
    found, shown = advice()
    assert found["registrar"] == found["host"] == "advised"
    assert found["registry"] == "possible"
    assert found["reseller"] == found["ICANN compliance"] == "blocked"
    assert {role.value for role in Role} == set(found)
    assert all(reason["text"] for item in shown["roles"] for reason in item["reasons"])


def test_a_name_whose_servers_serve_others_is_infrastructure(looked_up, advice, clock):
    looked_up("user.net", ns="ns1.bad.com")
    found, shown = advice()
    assert (found["registrar"], found["registry"]) == ("blocked", "blocked")
    assert found["host"] == "advised"
    assert "its name servers serve user.net" in shown["infrastructure"][0]["text"]
    assert shown["infrastructure"][0]["facts"]
    assert advice("user.net")[0]["registrar"] == "advised"
    clock.move(days=91)  # long not seen so
    assert advice()[1]["infrastructure"] == []


def test_a_name_in_the_provider_tables_is_infrastructure(context, looked_up, advice):
    tables = replace(context, parking=(("ns.bad.com", "Parking of Tests"),))
    found, shown = advice(context=tables)
    assert found["registrar"] == "blocked"
    assert shown["infrastructure"][0]["text"] == "ns.bad.com is of Parking of Tests, says a table"


@pytest.mark.parametrize("name", ["bad.com", "files.bad.com", "com"])
def test_a_protected_name_is_for_host_and_platform_alone(case, looked_up, advice, name):
    protected.add(case, [ProtectedName(name, ProtectedCategory.PARTNER, "A partner")])
    found, shown = advice()
    assert found["registrar"] == found["registry"] == "blocked"
    assert found["host"] == "advised"
    assert shown["protected"] == {"name": name, "category": "partner", "party": "A partner"}


def test_the_organisations_own_names_are_protected(context, looked_up, advice):
    own = context.settings.organisation.but({"email": "desk@bad.com"})
    settings = context.settings.but({"organisation": own})
    found, shown = advice(context=replace(context, settings=settings))
    assert found["registrar"] == "blocked"
    assert shown["protected"]["category"] == "own"


def test_a_registrys_service_is_protected(take, advice):
    take("url,outcome,kind\nhttps://nic.at/x,confirmed,dedicated\n", filename="a.csv")
    assert advice("nic.at")[1]["protected"]["category"] == "registry"


def test_an_open_gate_blocks_every_role(case, looked_up, advice):
    gates.open_again(case, ["bad.com"])
    found, shown = advice()
    assert set(found.values()) == {"blocked"}
    assert shown["gate"]["open"] is True


def notice(case, clock, role=Role.REGISTRAR, domain="bad.com"):
    """Export a notice of nothing but the row that matters here, and mark it sent."""
    contact = Contact(
        "iana:9000001", "Example Registrar", role, "a@registrar.example", None, None,
        ContactOrigin.MANUAL, "analyst", clock.now(),
    )  # fmt: skip
    row = NoticeRow(
        domain, domain, (domain,), "Example Registrar", 9000001, (), "source", clock.now(), "",
        SiteKind.DEDICATED, 1, clock.now(), clock.now(), "A", "Law 1", "AT-1/1",
    )  # fmt: skip
    draft = Draft("AT-1", role, contact, "s", "b", (row,), clock.now(), "t", False)
    notices.record_export(case, draft, ())
    notices.mark(case, "AT-1", NoticeStatus.SENT)


def test_a_notice_without_effect_makes_it_persistent_and_leads_to_the_registry(
    case, looked_up, advice, clock
):
    notice(case, clock)
    assert advice()[0]["registry"] == "possible"
    clock.move(days=8)
    looked_up("bad.com")
    found, shown = advice()
    assert found["registry"] == "advised"
    assert found["ICANN compliance"] == "possible"
    (reason,) = shown["persistence"]["reasons"]
    assert reason["code"] == "still_up"
    assert reason["dates"] == ["2026-03-01T12:00:00Z", "2026-03-09T12:00:00Z"]
    assert shown["persistent"] is True
    assert shown["reasons"] == [reason["text"]]


def test_a_hold_that_is_lifted_is_a_return(looked_up, advice, clock):
    clock.move(days=1)
    looked_up("bad.com", statuses=("clientHold",))
    assert advice()[0]["registrar"] == "blocked"
    clock.move(days=1)
    looked_up("bad.com", statuses=("ok",))
    found, shown = advice()
    assert [reason["code"] for reason in shown["persistence"]["reasons"]] == ["returned"]
    assert found["registrar"] == "advised"
