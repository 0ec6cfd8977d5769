from __future__ import annotations

from dataclasses import fields, replace
from functools import partial

import pytest

from abusetrack.casefile import assessments, projection, reports
from abusetrack.casefile.projection import ListQuery
from abusetrack.records import (
    Domain,
    DomainNow,
    Findings,
    HostingAgreement,
    SiteKind,
    State,
    SuffixKind,
)


@pytest.fixture
def findings(clock):
    def make(domain: str, **values) -> Findings:
        values = {
            "state": State.ACTIVE,
            "states": (State.ACTIVE,),
            "state_reason": "",
            "registrar_key": "iana:9999",
            "registrar": "Registrar of Tests",
            "registrar_iana_id": 9999,
            "registrar_reason": "",
            "created": clock.now(),
            "expires": None,
            "hosting_country": "IE",
            "hosting_verdict": HostingAgreement.UNANIMOUS,
            "hosting_reason": "",
            "asn": 4294967295,
            "as_name": "AS",
            "cdn": None,
            "persistent": True,
            "persistent_reason": "three days",
            "looked_up_at": clock.now(),
            "as_of": clock.now(),
        } | values
        return Findings(domain=domain, **values)

    return make


@pytest.fixture
def filled(case, report, discarded, findings, confirmed):
    names = ["a.example", "b.example", "c.example", "d_e.example", "100.example"]
    reports.add(case, [report(name) for name in names], [], discarded, label="x")
    reports.add(case, [report("b.example", "again")], [], discarded, label="y")
    assessments.add(case, "b.example", confirmed(SiteKind.FORUM))
    projection.write(
        case,
        [
            findings("a.example"),
            findings(
                "b.example", state=State.PARKED, states=(State.PARKED, State.ACTIVE),
                registrar="100% Names_", registrar_key="iana:1", hosting_country="FR",
            ),
            findings("never.example"),
        ],
    )  # fmt: skip
    return case


def names(case, **query):
    found = projection.rows(case, projection.ids(case, ListQuery(**query)))
    return [row.domain for row in found]


def test_columns_are_the_fields_of_the_record(case):
    columns = {
        row["name"] for row in case.query("SELECT name FROM pragma_table_info('domain_now')")
    }
    of_record = {field.name for kind in (DomainNow, Findings) for field in fields(kind)}
    assert columns == (of_record - {"findings"}) | {"suffix", "label"}


def test_before_the_first_lookup_everything_is_unknown_with_a_reason(filled):
    now = projection.read(filled, "c.example")
    assert now.findings.state is State.UNKNOWN
    assert now.findings.states == (State.UNKNOWN,)
    assert now.findings.registrar is None
    assert now.findings.registrar_reason == "not looked up yet"
    assert now.findings.hosting_verdict is HostingAgreement.NONE
    assert now.findings.persistent is None
    assert now.findings.looked_up_at is None


def test_findings_come_back_as_written(filled, findings):
    assert projection.read(filled, "a.example").findings == findings("a.example")
    assert projection.read(filled, "b.example").findings.states == (State.PARKED, State.ACTIVE)
    assert projection.read(filled, "never.example") is None


def test_findings_do_not_touch_counts(filled, findings):
    projection.write(filled, [findings("b.example")])
    now = projection.read(filled, "b.example")
    assert (now.reports, now.confirmed_reports, now.kind) == (2, 2, SiteKind.FORUM)


def test_hostile_findings_are_held(filled, findings):
    projection.write(filled, [findings("a.example", registrar="x\ud800", registrar_iana_id=2**70)])
    now = projection.read(filled, "a.example").findings
    assert now.registrar == "x\N{REPLACEMENT CHARACTER}"
    assert now.registrar_iana_id is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"a.example", "b.example", "c.example", "d_e.example", "100.example"}),
        ({"state": State.ACTIVE}, {"a.example"}),
        ({"registrar": "iana:1"}, {"b.example"}),
        ({"kind": SiteKind.FORUM}, {"b.example"}),
        ({"country": "FR"}, {"b.example"}),
        ({"confirmed_only": True}, {"b.example"}),
        ({"country": "FR", "state": State.ACTIVE}, set()),
        ({"text": "REGISTRAR OF"}, {"a.example"}),
        ({"text": "d_e"}, {"d_e.example"}),
        ({"text": "0% "}, set()),
        ({"text": "0% N"}, {"b.example"}),
        ({"text": "100"}, {"100.example", "b.example"}),
        ({"text": "d_"}, {"d_e.example"}),
        ({"text": "e_"}, set()),
        ({"text": "\\"}, set()),
        ({"text": "'; DROP TABLE fact; --"}, set()),
        ({"text": "\ud800\0"}, set()),
    ],
)
def test_filters_combine_and_take_text_literally(filled, query, expected):
    assert set(names(filled, **query)) == expected


def test_order_is_total_and_missing_values_come_last(filled):
    assert names(filled, sort="domain", descending=False)[:2] == ["100.example", "a.example"]
    for descending in (True, False):
        found = names(filled, sort="registrar", descending=descending)
        assert set(found[:2]) == {"a.example", "b.example"}
    assert names(filled, sort="reports")[0] == "b.example"


@pytest.mark.parametrize("column", sorted(projection.SORTABLE))
def test_every_column_sorts(filled, column):
    assert len(names(filled, sort=column)) == 5


def test_no_other_word_sorts(filled):
    with pytest.raises(ValueError, match="no column"):
        names(filled, sort="domain; DROP TABLE fact")


def test_rows_come_in_the_order_asked_for(filled):
    found = projection.ids(filled, ListQuery())
    rows = projection.rows(filled, [found[2], 999_999, found[0]])
    assert [row.id for row in rows] == [found[2], found[0]]
    assert projection.rows(filled, []) == []


def test_the_same_label_under_other_endings(case, report, discarded, confirmed):
    hopping = ["hop.example", "hop.test", "hop.invalid", "hopper.test"]
    reports.add(case, [report(name) for name in hopping], [], discarded, label="x")
    for name in hopping[:2]:
        assessments.add(case, name, confirmed(SiteKind.DEDICATED))
    found = projection.same_label(case, "hop.test", kind=SiteKind.DEDICATED)
    assert found == ("hop.example", "hop.test")


def test_what_a_platform_hands_out_is_no_ending(case, report, discarded, confirmed):
    handed_out = report("hop.platform.example")
    domain = Domain(
        "hop.platform.example", "hop.platform.example", "platform.example", SuffixKind.PLATFORM
    )
    target = replace(handed_out.target, host=replace(handed_out.target.host, domain=domain))
    reported = [replace(handed_out, target=target), report("hop.test")]
    reports.add(case, reported, [], discarded, label="x")
    for name in ("hop.platform.example", "hop.test"):
        assessments.add(case, name, confirmed(SiteKind.DEDICATED))
    found = partial(projection.same_label, case, kind=SiteKind.DEDICATED)
    assert found("hop.test") == ("hop.test",)
    assert found("hop.platform.example") == ()


def test_recounting_mends_what_does_not_agree_with_the_facts(filled):
    before = projection.read(filled, "b.example")
    filled.execute("UPDATE domain_now SET reports = 99, confirmed_reports = 0, kind = NULL")
    projection.recount(filled)
    assert projection.read(filled, "b.example") == before
