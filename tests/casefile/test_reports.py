from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.casefile import check, folding, open_case_file, projection, queue, reports
from abusetrack.records import (
    Arrival,
    Complaint,
    DetectionMethod,
    Discarded,
    HostKind,
    SiteKind,
    XarfClass,
)

NEW, REPEATED, DUPLICATE = Arrival.NEW, Arrival.REPEATED, Arrival.DUPLICATE


def arrivals(case, *given_reports):
    return [arrived.arrival for arrived in reports.preview(case, given_reports)]


@pytest.fixture
def add(case, discarded):
    def adder(*given_reports, complaints=(), label="list.csv"):
        return reports.add(case, given_reports, complaints, discarded, label=label)

    return adder


def test_the_four_fates_within_one_list(case, report):
    first = report("https://a.example/x", "R1")
    assert arrivals(
        case,
        first,
        report("https://a.example/x", "R2"),
        report("https://a.example/x", "R1", received_at=first.received_at + timedelta(days=1)),
        report("https://a.example/x"),
        report("https://a.example/x"),
        report("https://a.example/y", "R1"),
    ) == [NEW, REPEATED, DUPLICATE, REPEATED, DUPLICATE, NEW]


def test_the_same_fates_against_what_is_stored(case, add, report):
    add(report("https://a.example/x", "R1"), report("b.example"))
    again = [
        report("https://a.example/x", "R1"),
        report("https://a.example/x", "R2"),
        report("b.example"),
        report("b.example", "R1"),
        report("https://b.example/"),
    ]
    assert arrivals(case, *again) == [DUPLICATE, REPEATED, DUPLICATE, REPEATED, NEW]
    result = add(*again)
    assert (result.new, result.repeated, result.duplicate) == (1, 2, 2)


def test_an_empty_reference_is_not_a_missing_one(case, report):
    assert arrivals(case, report("a.example"), report("a.example", "")) == [NEW, REPEATED]


def test_preview_stores_nothing(case, report):
    arrivals(case, report("a.example"))
    assert case.value("SELECT count(*) FROM fact") == 0


def test_what_was_rejected_and_discarded_is_counted_once(case, report):
    complaint = Complaint(3, "xyzzy", "not a host name")
    result = reports.add(case, [report("a.example")], [complaint], Discarded(images=2), label="x")
    assert (result.rejected, result.complaints) == (1, (complaint,))
    assert result.discarded.total == 2
    ((detail,),) = case.rows("SELECT detail FROM audit WHERE action = 'import'")
    assert json.loads(detail) == {
        "new": 1, "repeated": 0, "duplicate": 0, "rejected": 1, "queued": 1,
        "discarded": {"attachments": 0, "images": 2, "data_uris": 0, "base64_runs": 0, "other": 0},
    }  # fmt: skip


def test_a_list_of_nothing_is_still_on_record(case, add):
    assert add().new == 0
    assert case.value("SELECT count(*) FROM audit") == 1


def test_reports_come_back_as_they_came(case, add, report, confirmed):
    given_reports = [
        report(
            "https://www.a.example/p?q=1",
            "R1",
            text="hxxps://www[.]a[.]example/p?q=1#here",
            note="seen twice",
            line=7,
            assessment=confirmed(
                access_note="with a referrer",
                severity=0,
                commercial=False,
                xarf_class=XarfClass.A2,
                detection_method=DetectionMethod.MANUAL_REVIEW,
            ),
        ),
        report("a.example", text="a[.]example"),
        report("http://a.example:8080?q=1"),
    ]
    add(*given_reports)
    stored = reports.of_domain(case, "a.example")
    assert [one.report for one in stored] == given_reports
    assert {one.actor for one in stored} == {"Ann"}
    assert {one.recorded_at for one in stored} == {case.clock.now()}
    assert not any(one.erased for one in stored)


def test_reports_are_oldest_first(case, add, report, clock):
    late, early = clock.now(), clock.now() - timedelta(days=9)
    add(report("https://a.example/1", received_at=late))
    add(report("https://a.example/2", received_at=early))
    found = [one.report.received_at for one in reports.of_domain(case, "a.example")]
    assert found == [early, late]


def test_hosts_without_a_domain_stand_for_themselves(case, add, report):
    add(report("http://192.0.2.7/x"), report("http://[2001:db8::7]/x"), report("abc.onion"))
    now = projection.read(case, "2001:db8::7")
    assert now is not None
    assert now.host_kind is HostKind.IPV6
    assert now.suffix_kind is None
    assert now.tld is None
    assert reports.hosts_of(case, "abc.onion")[0].kind is HostKind.ONION
    assert reports.of_domain(case, "192.0.2.7")[0].report.target.host.domain is None


def test_hosts_of_a_domain(case, add, report, host):
    add(report("https://b.a.example/"), report("a.example"), report("https://b.a.example/2"))
    assert reports.hosts_of(case, "a.example") == (host("a.example"), host("b.a.example"))
    assert reports.hosts_of(case, "c.example") == ()
    assert reports.of_domain(case, "c.example") == ()


def test_each_new_host_is_queued_once(case, add, report):
    assert add(report("https://a.example/1"), report("https://a.example/2")).queued == 1
    assert add(report("https://a.example/3"), report("b.example")).queued == 1
    assert queue.pending(case) == 2


def test_an_assessment_in_the_list_is_stored_with_it(case, add, report, confirmed):
    add(report("a.example", assessment=confirmed(SiteKind.FORUM)), report("b.example"))
    assert projection.read(case, "a.example").kind is SiteKind.FORUM
    assert projection.read(case, "b.example").confirmed_reports == 0
    kinds = case.query("SELECT kind, count(*) AS n FROM fact GROUP BY kind ORDER BY kind")
    assert kinds == [{"kind": "assessment", "n": 1}, {"kind": "list", "n": 1},
                     {"kind": "report", "n": 2}]  # fmt: skip


def test_what_can_be_erased_stands_in_side_rows_only(case, add, report, confirmed, path):
    marker = "xyzzy"
    add(
        report(
            f"https://a.example/{marker}?{marker}", f"ref-{marker}", note=f"note {marker}",
            assessment=confirmed(access_note=marker),
        ),
        label=f"{marker}.csv",
    )  # fmt: skip
    for table in case.query("SELECT name FROM pragma_table_list WHERE type IN ('table', 'shadow')"):
        name = table["name"]
        holds = any(marker in str(row) for row in case.query(f'SELECT * FROM "{name}"'))
        assert holds == (name == "erasable"), name
    case.execute("DELETE FROM erasable")
    (stored,) = reports.of_domain(case, "a.example")
    assert stored.erased
    assert stored.report.target.url == "https://a.example/"
    assert stored.report.reference is stored.report.note is None


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.example/", ("https://a.example", "/")),
        ("https://a.example/x/y?z", ("https://a.example", "/x/y?z")),
        ("https://a.example?z=/", ("https://a.example", "?z=/")),
        ("http://[2001:db8::1]:81/x", ("http://[2001:db8::1]:81", "/x")),
        ("//a.example/", ("//a.example", "/")),
        ("https://a.example", ("https://a.example", "/")),
    ],
)
def test_urls_are_split_where_erasure_begins(url, parts):
    assert reports.split_url(url) == parts


def test_hostile_text_does_not_stop_a_list(case, add, report):
    nasty = "x\ud800\0"
    result = add(report("a.example", nasty, note=nasty, source=nasty, text=nasty), label=nasty)
    assert result.new == 1
    assert add(report("a.example", nasty)).duplicate == 1
    assert reports.of_domain(case, "a.example")[0].report.note.startswith("x")


def test_new_domains_are_counted_as_folding_would(case, add, report, confirmed):
    first = report("https://a.example/x", "R1")
    add(
        first,
        report("https://a.example/x", "R2", received_at=first.received_at - timedelta(days=2)),
        report("https://b.a.example/", received_at=first.received_at + timedelta(days=3)),
        report("https://b.example/", assessment=confirmed()),
        report("https://b.example/y"),
        report("192.0.2.1"),
    )
    add(report("https://a.example/z"), report("https://c.example/"))
    rows = projection.read_many(case, ["a.example", "b.example", "192.0.2.1", "c.example"])
    assert [(row.reports, row.urls, row.confirmed_reports) for row in rows] == [
        (4, 3, 0), (2, 2, 1), (1, 1, 0), (1, 1, 0),
    ]  # fmt: skip
    assert rows[0].first_reported == first.received_at - timedelta(days=2)
    assert rows[0].last_reported == first.received_at + timedelta(days=3)
    assert folding.rebuild(case) == []


def test_a_list_longer_than_a_chunk(case, add, report):
    several = [report(f"https://h{i % 700}.example/{i}", str(i)) for i in range(5_200)]
    result = add(*several, *several[:50])
    assert (result.new, result.duplicate, result.queued) == (5_200, 50, 700)
    assert case.value("SELECT sum(reports) FROM domain_now") == 5_200
    assert check.check(case).problems == ()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a.example", "b.example"]),
        st.sampled_from(["/", "/x", "/x?y", "/X"]),
        st.sampled_from([None, "", "R1", "R2"]),
    ),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lists=st.lists(ROWS, min_size=1, max_size=4))
def test_the_accounting_is_that_of_a_plain_model(lists, report, clock, tmp_path_factory):
    """Model: a set of (URL, reference); whoever is not in it is new or repeated."""
    seen: set[tuple[str, str | None]] = set()
    path = tmp_path_factory.mktemp("model") / "case"
    with open_case_file(path, clock=clock, actor="Ann") as case:
        for rows in lists:
            tally: Counter[Arrival] = Counter()
            expected = []
            for host, tail, reference in rows:
                mark = (host + tail, reference)
                fate = DUPLICATE if mark in seen else NEW
                if fate is NEW and any(url == mark[0] for url, _ in seen):
                    fate = REPEATED
                seen.add(mark)
                tally[fate] += 1
                expected.append(fate)
            batch = [report(f"https://{host}{tail}", ref) for host, tail, ref in rows]
            assert arrivals(case, *batch) == expected
            result = reports.add(case, batch, [], Discarded(), label="x")
            assert (result.new, result.repeated, result.duplicate) == (
                tally[NEW], tally[REPEATED], tally[DUPLICATE],
            )  # fmt: skip
        for host in ("a.example", "b.example"):
            mine = {(url, ref) for url, ref in seen if url.startswith(host)}
            now = projection.read(case, host)
            assert (now is None) == (not mine)
            if now is not None:
                assert now.reports == len(mine) == len(reports.of_domain(case, host))
                assert now.urls == len({url for url, _ in mine})
        assert check.check(case).problems == ()
