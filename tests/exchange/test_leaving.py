from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import gates, partners
from abusetrack.casefile import notices as stored_notices
from abusetrack.errors import InputError
from abusetrack.exchange.leaving import LeftOut, outgoing, preview
from abusetrack.records import Assessment, AssessmentOutcome, Level, NoticeStatus, SiteKind
from abusetrack.triage import taking


def names(found):
    return [item.domain for item in found.domains]


def test_what_is_confirmed_leaves_and_what_is_not_does_not(desk, case, sites, take):
    take("https://unassessed.com/x\nhttps://a.example.com/new")
    assert names(outgoing(desk, case, "url")) == ["example.com", "example.net", "example.org"]


def test_a_partner_nobody_knows_is_said(desk, case, sites):
    with pytest.raises(InputError, match="No partner is called 'nobody'"):
        outgoing(desk, case, "nobody")


@pytest.mark.parametrize(
    ("level", "hosts", "pages"),
    [(Level.URL, True, True), (Level.HOST, True, False), (Level.DOMAIN, False, False)],
)
def test_each_level_sees_no_more_than_its_own(desk, case, sites, level, hosts, pages):
    first = outgoing(desk, case, level.value).domains[0]
    assert (bool(first.hosts), bool(first.addresses), bool(first.pages)) == (hosts, hosts, pages)
    assert ("path/of/page" in str(first)) is pages


def test_counts_name_nobody(desk, case, sites):
    found = outgoing(desk, case, "counts")
    assert found.domains == ()
    assert (found.counts["domains"], found.counts["pages"]) == (3, 4)
    assert "example.com" not in str(found)


def test_nothing_leaves_while_a_gate_is_open(desk, case, sites):
    gates.open_again(case, ["example.com"])
    found = outgoing(desk, case, "url")
    assert names(found) == ["example.net", "example.org"]
    assert found.left_out == {LeftOut.GATE: 1}
    assert "held back, a gate is open, has run out, or was never cleared: 1" in preview(found)
    organisation = desk.settings.organisation.but({"police_gate": True})
    gated = replace(desk, settings=desk.settings.but({"organisation": organisation}))
    assert names(outgoing(gated, case, "url")) == []
    gates.clear(case, ["example.net"], cleared_by="Police", reference="7")
    assert names(outgoing(gated, case, "url")) == ["example.net"]


def test_what_was_given_and_no_longer_stands_is_taken_back(desk, case, told, revise, clock):
    given = {item.domain: item.since for item in outgoing(desk, case, "url").domains}
    partners.gave(case, "url", given, form="stix", level=Level.URL, sha256="00", counts={})
    assert outgoing(desk, case, "url").withdrawn == ()
    revise("example.com")
    found = outgoing(desk, case, "url")
    assert names(found) == ["example.net", "example.org"]
    assert [(gone.domain, gone.since) for gone in found.withdrawn] == [
        ("example.com", given["example.com"])
    ]
    assert outgoing(desk, case, "host").withdrawn == ()  # it never had it
    gates.open_again(case, ["example.com"])
    assert outgoing(desk, case, "url").withdrawn == ()  # nothing about it leaves now


def test_whom_we_told_is_said_but_for_police_and_hotlines(desk, case, told):
    first = outgoing(desk, case, "domain").domains[0]
    assert [(n.role.value, n.party) for n in first.notices] == [("registrar", "Example Registrar")]


def test_nothing_of_reporters_and_analysts_is_in_a_preview(desk, case, told, take):
    take("url,reference,source\nhttps://example.com/third,R-SECRET,informant\n", filename="3.csv")
    zoe = Assessment(
        AssessmentOutcome.CONFIRMED, desk.clock.now(), "Zoe", SiteKind.DEDICATED, "A", "Law 1"
    )
    taking.assess(desk, case, ["https://example.com/third"], zoe)
    found = outgoing(desk, case, "url")
    told_of = preview(found)
    assert "hxxps://example[.]com/third" in told_of
    for secret in ("R-SECRET", "informant", "Zoe", "by referrer"):
        assert secret not in told_of
        assert secret not in str(found.domains)


def test_why_something_is_left_out_is_said(desk, case, told, clock):
    gates.open_again(case, ["example.org"])
    stored_notices.mark(case, told, NoticeStatus.WITHDRAWN)
    found = outgoing(desk, case, "url")
    assert names(found) == []
    assert found.left_out == {LeftOut.GATE: 1, LeftOut.WITHDRAWN: 2}
    assert found.held_back == 3
