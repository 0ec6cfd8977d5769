from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.casefile import assessments, filters, projection, reports, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    NoticeStatus,
    SiteKind,
    State,
    SuffixKind,
)

NAMES = ["a.example", "b.example", "c.test", "d.test", "e.test"]


@pytest.fixture
def filled(case, report, discarded, confirmed, clock):
    noon = clock.now()
    listed = [
        report(name, received_at=noon + timedelta(days=day)) for day, name in enumerate(NAMES)
    ]
    reports.add(case, listed, [], discarded, label="x")
    assessments.add(case, "a.example", confirmed(SiteKind.FORUM, legal_category="A1"))
    assessments.add(case, "b.example", confirmed(SiteKind.FORUM, legal_category="B2"))
    assessments.add(
        case, "c.test",
        Assessment(AssessmentOutcome.NOT_ILLEGAL, noon, "Ann", SiteKind.FORUM, legal_category="A1"),
    )  # fmt: skip
    case.execute("UPDATE domain_now SET persistent = (domain = 'a.example') WHERE id < 4")
    case.execute(
        "UPDATE domain_now SET state = 'active', registrar_key = 'iana:1', registrar = 'One',"
        " hosting_country = 'IE', asn = 64500 WHERE domain IN ('a.example', 'c.test')"
    )
    case.execute("UPDATE domain_now SET suffix_kind = 'platform' WHERE domain = 'd.test'")
    case.execute(
        "INSERT INTO notice(fact, origin, reference, role, party_key, exported_at, status,"
        " status_at) VALUES (1, 1, 'N', 'registrar', 'p', '', 'sent', '')"
    )
    case.execute("INSERT INTO notice_row VALUES (1, 0, 'a.example'), (1, 1, 'd.test')")
    return case


def letters(case, **query):
    rows = projection.rows(case, projection.ids(case, ListQuery(**query)))
    return "".join(row.domain[0] for row in rows)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": State.ACTIVE}, "ca"),
        ({"registrar": "iana:1"}, "ca"),
        ({"tld": "test"}, "edc"),
        ({"suffix_kind": SuffixKind.PLATFORM}, "d"),
        ({"country": "IE"}, "ca"),
        ({"asn": 64500}, "ca"),
        ({"asn": 2**80}, ""),
        ({"kind": SiteKind.FORUM}, "ba"),
        ({"category": "A1"}, "a"),
        ({"category": "B2"}, "b"),
        ({"persistent": True}, "a"),
        ({"persistent": False}, "cb"),
        ({"confirmed_only": True}, "ba"),
        ({"notice": NoticeStatus.SENT}, "da"),
        ({"notice": NoticeStatus.REFUSED}, ""),
        ({"without_notice": True}, "ecb"),
        ({"state": State.ACTIVE, "tld": "test", "country": "IE"}, "c"),
        ({"state": State.ACTIVE, "without_notice": True, "confirmed_only": True}, ""),
    ],
)
@pytest.mark.parametrize("few", [20_000, 0])
def test_filters_combine(filled, monkeypatch, query, expected, few):
    monkeypatch.setattr(filters, "_FEW", few)  # the way that long lists take
    assert letters(filled, **query) == expected
    assert letters(filled, **query, descending=False) == expected[::-1]
    by_name = "".join(sorted(expected))
    assert letters(filled, **query, sort="unicode", descending=False) == by_name
    assert ListQuery(**query).filtered


def test_days_filter(filled, clock):
    noon = clock.now()
    assert letters(filled, reported_since=noon + DAY, reported_until=noon + 3 * DAY) == "cb"
    assert letters(filled, confirmed_since=noon) == "ba"
    assert letters(filled, confirmed_until=noon) == ""


def test_nothing_filters_nothing():
    assert not ListQuery(sort="domain", descending=False).filtered
    assert ListQuery(text="x").filtered


@pytest.mark.parametrize("key", sorted(projection.SORTABLE))
def test_missing_values_come_last_whichever_way_is_taken(filled, monkeypatch, key):
    for descending in (True, False):
        query = ListQuery(sort=key, descending=descending, tld="test")
        short = projection.ids(filled, query)
        monkeypatch.setattr(filters, "_FEW", 0)
        assert projection.ids(filled, query) == short
        monkeypatch.undo()


@pytest.mark.parametrize(
    "key",
    ["unicode", "state", "registrar", "hosting_country", "asn", "kind", "confirmed_reports",
     "reports", "last_reported", "looked_up_at"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_no_column_of_the_window_needs_a_sorter(case, key, way):
    plan = case.rows(
        f"EXPLAIN QUERY PLAN SELECT id FROM domain_now ORDER BY {key} {way} NULLS LAST, id {way}"
    )
    assert [step[3].partition("INDEX ")[0] for step in plan] == ["SCAN domain_now USING COVERING "]


@pytest.mark.parametrize("source", [
    pytest.param(group[0], id=group[0].where.partition(" ")[0])
    for name, value in [
        ("state", State.ACTIVE), ("registrar", "x"), ("tld", "test"),
        ("suffix_kind", SuffixKind.ICANN), ("country", "IE"), ("asn", 1), ("kind", SiteKind.FORUM),
        ("persistent", True), ("confirmed_only", True),
    ]
    for group in filters.sources(ListQuery(**{name: value}))
])  # fmt: skip
def test_filters_read_an_index_only(case, source):
    plan = case.rows(f"EXPLAIN QUERY PLAN {source.sql}", source.params)
    assert ["USING COVERING INDEX" in step[3] for step in plan] == [True]


# -- saved under a name


def test_a_saved_filter_comes_back(filled, clock):
    query = ListQuery(
        text="x", state=State.ACTIVE, kind=SiteKind.FORUM, persistent=False, asn=64500,
        notice=NoticeStatus.SENT, reported_since=clock.now(), sort="domain", descending=False,
    )  # fmt: skip
    saved.save(filled, " mine ", query)
    assert saved.load(filled, "mine") == query
    saved.save(filled, "mine", replace(query, text="y"))
    assert saved.load(filled, "mine").text == "y"
    assert saved.names(filled) == ["mine"]
    assert saved.remove(filled, "mine")
    assert not saved.remove(filled, "mine")


def test_an_unknown_name_is_told_with_those_near_it(filled):
    saved.save(filled, "persistent, not written to", ListQuery())
    with pytest.raises(InputError, match="near: persistent, not written to"):
        saved.load(filled, "persistent not writen to")
    with pytest.raises(InputError, match="name"):
        saved.save(filled, "  ", ListQuery())


def test_a_filter_of_another_version_is_told(filled):
    filled.execute("INSERT INTO saved_filter VALUES ('odd', '{\"state\":\"x\"}', '', '')")
    with pytest.raises(InputError, match="another version"):
        saved.load(filled, "odd")
