from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.casefile import filters, projection
from abusetrack.casefile import gates as kept
from abusetrack.casefile.encoding import stamp
from abusetrack.records import GateStatus, HostingAgreement
from abusetrack.triage import gates

LIST = (
    "url,outcome,kind,legal category,law\n"
    "https://a.example.com/,confirmed,dedicated,A,Law 1\n"
    "https://example.net/,not illegal,,,\n"
)


@pytest.fixture
def gated(context):
    """A context with other settings of the organisation."""

    def run(**organisation):
        own = context.settings.organisation.but(organisation)
        changed = context.settings.but({"organisation": own})
        return replace(context, settings=changed)

    return run


@pytest.fixture
def hosted(case, take):
    """Say where a domain is hosted, as a lookup would."""
    take(LIST, filename="list.csv")

    def run(domain, country):
        now = projection.read(case, domain)
        agreement = HostingAgreement.UNANIMOUS if country else HostingAgreement.DISPUTED
        found = replace(now.findings, hosting_country=country, hosting_verdict=agreement)
        projection.write(case, [found])

    return run


def test_without_a_gate_everything_may_leave(context, case, hosted):
    assert gates.may_leave(context, case, "example.com")
    assert list(gates.open_ones(context, case)) == []


def test_with_the_police_gate_nothing_leaves_until_it_is_cleared(gated, case, hosted):
    context = gated(police_gate=True)
    assert not gates.may_leave(context, case, "example.com")
    assert [domain for domain, _ in gates.open_ones(context, case)] == ["example.com"]
    kept.clear(case, ["example.com"], cleared_by="Police", reference="7")
    assert gates.may_leave(context, case, "example.com")
    assert not gates.may_leave(context, case, "example.net")
    kept.open_again(case, ["example.com"])
    assert not gates.may_leave(context, case, "example.com")


@pytest.mark.parametrize(
    ("country", "leaves"), [("AA", False), ("BB", True), (None, False)], ids=str
)
def test_a_countrys_gate_holds_for_what_is_or_may_be_hosted_there(
    gated, case, hosted, country, leaves
):
    hosted("example.com", country)
    context = gated(gate_countries=("AA",))
    assert gates.may_leave(context, case, "example.com") is leaves


WORDS = st.lists(
    st.tuples(
        st.sampled_from(["", "AA", "BB"]),
        st.sampled_from(list(GateStatus)),
        st.sampled_from([None, timedelta(hours=-1), timedelta(0), timedelta(hours=1)]),
    ),
    max_size=3,
    unique_by=lambda word: word[0],
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    words=WORDS,
    always=st.booleans(),
    countries=st.sampled_from([(), ("AA",), ("AA", "BB")]),
    hosted_in=st.sampled_from([None, "AA", "CC"]),
)
def test_lists_that_leave_say_the_same_as_the_judgement(
    gated, case, hosted, clock, words, always, countries, hosted_in
):
    hosted("example.com", hosted_in)
    now = clock.now()
    with case.transaction():
        case.execute("DELETE FROM gate")
        fact = case.value("SELECT max(n) FROM fact")
        for country, status, ends in words:
            expires = None if ends is None else stamp(now + ends)
            row = ["example.com", country, status.value, stamp(now), expires, fact]
            case.execute("INSERT INTO gate VALUES (?, ?, ?, ?, ?, ?)", row)
    context = gated(police_gate=always, gate_countries=countries)
    query = projection.ListQuery(confirmed_only=True)
    source = filters.may_leave(now, needs_gate=always, countries=countries)
    leaves = bool(projection.ids(case, query, source))
    assert leaves is gates.may_leave(context, case, "example.com")


def test_a_name_that_was_never_reported_may_be_hosted_anywhere(gated, case):
    assert not gates.may_leave(gated(gate_countries=("AA",)), case, "never.example")


def test_a_clearance_ends_by_the_clock(gated, case, hosted, clock):
    context = gated(police_gate=True)
    until = clock.now() + timedelta(days=2)
    kept.clear(case, ["example.com"], cleared_by="Police", reference="7", expires_at=until)
    clock.move(days=1)
    assert gates.may_leave(context, case, "example.com")
    clock.move(days=1)
    assert not gates.may_leave(context, case, "example.com")
