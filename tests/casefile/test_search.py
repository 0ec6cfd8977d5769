from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.casefile import (
    QueryStoppedError,
    assessments,
    notes,
    observations,
    projection,
    reports,
    search,
)
from abusetrack.casefile.filters import ListQuery
from abusetrack.casefile.search import Where
from abusetrack.records import (
    AddressFacts,
    Findings,
    HostingAgreement,
    Question,
    SiteKind,
    State,
)


def found_by(clock, domain, **values):
    values = (
        dict.fromkeys(Findings.__dataclass_fields__)
        | {
            "state": State.ACTIVE,
            "states": (State.ACTIVE,),
            "hosting_verdict": HostingAgreement.NONE,
            **dict.fromkeys(
                ("state_reason", "registrar_reason", "hosting_reason", "persistent_reason"), ""
            ),
            "as_of": clock.now(),
        }
        | values
    )
    return Findings(**values | {"domain": domain})


@pytest.fixture
def filled(case, report, discarded, confirmed, clock, answer, observe, network):
    listed = [
        report("https://www.amber.example/x", "H-2026-0001", note="seen twice by Ann"),
        report("https://img.amber.example/x", "7"),
        report("https://amberlight.test/", "PARTNER/77"),
        report("https://dark-amber.test/"),
        report("https://xn--mnchen-3ya.example/"),
        report("https://192.0.2.9/x"),
        report("https://birch.test/"),
    ]
    muenchen = listed[4].target.host
    object.__setattr__(muenchen, "unicode", "münchen.example")
    object.__setattr__(muenchen.domain, "unicode", "münchen.example")
    reports.add(case, listed, [], discarded, label="x")
    assessments.add(
        case,
        "birch.test",
        confirmed(SiteKind.FORUM, legal_category="A1", access_note="only by a side door"),
    )
    observations.store(
        case,
        answer(
            "birch.test",
            observe("birch.test", Question.A, AddressFacts(("198.51.100.7", "198.51.100.200"))),
            observe("birch.test", Question.AAAA, AddressFacts(("2001:db8::7",))),
            *network("198.51.100.7", "198.51.100.0/25"),
        ),
    )
    observations.store(
        case,
        answer(
            "amberlight.test",
            observe("amberlight.test", Question.A, AddressFacts(("198.51.100.8",))),
        ),
    )
    projection.write(
        case,
        [
            found_by(clock, "birch.test", registrar="Registrar of Amber Ltd", asn=64500),
            found_by(clock, "amberlight.test", registrar='Other "Names" 100%_', asn=64501),
        ],
    )
    return case


def hits(case, text, limit=50, **filters):
    page = search.first(case, ListQuery(text=text, **filters), limit)
    rows = projection.rows(case, [hit.id for hit in page.hits])
    return [(row.domain, hit.where) for row, hit in zip(rows, page.hits, strict=True)]


def listed(case, text, **filters):
    found = projection.ids(case, ListQuery(text=text, **filters))
    return {row.domain for row in projection.rows(case, found)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amber.example", [("amber.example", Where.NAME)]),
        ("WWW.Amber.Example", [("amber.example", Where.NAME)]),
        ("hxxps://www.amber[.]example/other?path", [("amber.example", Where.NAME)]),
        (
            "amber",
            [
                ("amber.example", Where.START),
                ("amberlight.test", Where.START),
                ("dark-amber.test", Where.PART),
                ("birch.test", Where.REGISTRAR),
            ],
        ),
        ("mber.ex", [("amber.example", Where.PART)]),
        ("münchen", [("xn--mnchen-3ya.example", Where.START)]),
        ("ÜNCHEN", [("xn--mnchen-3ya.example", Where.PART)]),
        ("xn--mnch", [("xn--mnchen-3ya.example", Where.START)]),
        ("da", [("dark-amber.test", Where.START)]),
        ("b", [("birch.test", Where.START)]),
        ("mb", []),
        ("AS64500", [("birch.test", Where.ASN)]),
        ("as 64501", [("amberlight.test", Where.ASN)]),
        ("AS99999999999999999999", []),
        ("192.0.2.9", [("192.0.2.9", Where.NAME)]),
        ("192.0.2.0/24", [("192.0.2.9", Where.ADDRESS)]),
        ("198.51.100.200", [("birch.test", Where.ADDRESS)]),
        ("198.51.100.7", [("birch.test", Where.ADDRESS), ("amberlight.test", Where.NEIGHBOUR)]),
        ("198.51.100.99", [("birch.test", Where.NEIGHBOUR), ("amberlight.test", Where.NEIGHBOUR)]),
        ("198.51.100.6/31", [("birch.test", Where.ADDRESS), ("amberlight.test", Where.NEIGHBOUR)]),
        ("2001:db8::/32", [("birch.test", Where.ADDRESS)]),
        ("[2001:db8::7]", [("birch.test", Where.ADDRESS)]),
        ("h-2026-0001", [("amber.example", Where.REFERENCE)]),
        ("partner/77", [("amberlight.test", Where.REFERENCE)]),
        ("twice by", [("amber.example", Where.NOTE)]),
        ("Side Door", [("birch.test", Where.NOTE)]),
        ('"names" 100%_', [("amberlight.test", Where.REGISTRAR)]),
        ("", []),
        ("   ", []),
        ("no such thing", []),
    ],
)
def test_one_box_finds_best_first(filled, text, expected):
    found = hits(filled, text)
    assert sorted(found) == sorted(expected)
    assert [where for _, where in found] == [where for _, where in expected]
    if text.strip():
        assert listed(filled, text) == {domain for domain, _ in expected}


def test_filters_narrow_a_search(filled):
    assert hits(filled, "amber", state=State.UNKNOWN) == [
        ("amber.example", Where.START),
        ("dark-amber.test", Where.PART),
    ]
    assert hits(filled, "amber", confirmed_only=True) == [("birch.test", Where.REGISTRAR)]
    assert listed(filled, "amber", tld="test", state=State.ACTIVE) == {
        "amberlight.test",
        "birch.test",
    }


def test_a_page_says_whether_there_is_more(filled):
    page = search.first(filled, ListQuery(text="amber"), 2)
    assert len(page.hits) == 2
    assert page.more
    page = search.first(filled, ListQuery(text="amber"), 4)
    assert len(page.hits) == 4
    assert not page.more


def test_notes_on_domains_are_found(filled):
    notes.add(filled, "birch.test", "the caller spoke of a gateway")
    assert hits(filled, "Gateway") == [("birch.test", Where.NOTE)]


def test_what_a_desk_wrote_of_a_notice_is_found(filled):
    filled.execute(
        "INSERT INTO notice(fact, origin, reference, role, party_key, exported_at, status,"
        " status_at) VALUES (1, 1, 'N', 'registrar', 'p', '', 'sent', '')"
    )
    filled.execute("INSERT INTO notice_row VALUES (1, 0, 'birch.test')")
    fact = filled.value("SELECT max(n) FROM fact")
    filled.execute("INSERT INTO notice_event VALUES (?, 1)", [fact])
    filled.execute("INSERT INTO erasable VALUES (?, 'their_reference', x'00', 'TICKET#99')", [fact])
    assert hits(filled, "ticket#9") == [("birch.test", Where.NOTE)]


@pytest.mark.parametrize(
    ("text", "field"),
    [("H-2026-0001", "reference"), ("seen twice", "note"), ("door", "access_note")],
)
def test_an_erased_text_leaves_the_index_and_the_file(filled, path, text, field):
    assert hits(filled, text)
    filled.execute("DELETE FROM erasable WHERE field = ?", [field])
    assert hits(filled, text) == []
    filled.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tables = ["reference_search", "note_search"]
    left = b"".join(
        bytes(block)
        for name in tables
        for (block,) in filled.rows(f"SELECT block FROM {name}_data")
    ).lower()
    # Of a text that is gone no trigram is left that no other text has.
    for trigram in {b"026", b"twi", b"oor"}:
        alive = filled.rows("SELECT 1 FROM erasable WHERE text LIKE ?", [f"%{trigram.decode()}%"])
        assert alive or trigram not in left


@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30))
def test_no_text_breaks_out(filled, text):
    everything = set(projection.ids(filled, ListQuery()))
    assert set(projection.ids(filled, ListQuery(text=text))) <= everything
    assert len(hits(filled, text)) <= len(everything)


@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_part_of_a_name_finds_it(filled, data):
    name = data.draw(st.sampled_from(["www.amber.example", "dark-amber.test", "birch.test"]))
    start = data.draw(st.integers(0, len(name) - 3))
    end = data.draw(st.integers(start + 3, len(name)))
    part = name[start:end].strip(".")
    if len(part) >= 3:
        domain = ".".join(name.split(".")[-2:])
        assert domain in listed(filled, part)
        assert domain in [found for found, _ in hits(filled, part)]


def test_what_comes_later_is_found_at_once(filled, report, discarded, clock):
    reports.add(filled, [report("https://late-amber.test/")], [], discarded, label="y")
    assert "late-amber.test" in listed(filled, "te-amb")


def test_a_search_can_be_interrupted(filled):
    numbers = filled.each("SELECT 1 FROM name_search WHERE name_search MATCH 'amb'")
    next(numbers)
    filled.interrupt()
    with pytest.raises(QueryStoppedError):
        list(numbers)


def test_dates_of_reports_filter(filled, clock):
    noon = projection.read(filled, "birch.test").last_reported
    assert listed(filled, "birch", reported_since=noon) == {"birch.test"}
    assert listed(filled, "birch", reported_until=noon) == set()
    assert listed(filled, "birch", confirmed_until=noon + timedelta(1)) == {"birch.test"}
