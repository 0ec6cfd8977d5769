from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import (
    check,
    content,
    dump,
    folding,
    merge,
    notices,
    observations,
    open_case_file,
    reports,
    retention,
)
from abusetrack.metrics.concentration import concentration
from abusetrack.metrics.filters import Filters
from abusetrack.records import (
    AddressFacts,
    ContentState,
    ContentStatus,
    Question,
    RegistrationFacts,
)

SECRETS = ("/0?q", "a note", "a way in", "by mail", "first.csv")


def counted(case):
    """Return everything that statistics and lists are made from."""
    columns = (
        "domain, reports, confirmed_reports, urls, confirmed_urls, first_reported, last_reported,"
        " first_confirmed, last_confirmed, kind, kind_reason, commercial, disguised"
    )
    return case.rows(f"SELECT {columns} FROM domain_now ORDER BY domain"), concentration(
        case, "registrars", Filters()
    )


def soon(clock):
    return clock.now() + timedelta(seconds=1)


def left_of(case):
    """Return how many texts there are that are not about the receivers of notices."""
    return case.value(
        "SELECT count(*) FROM erasable JOIN fact ON fact.n = erasable.fact"
        " WHERE kind NOT IN (SELECT value FROM json_each(?))",
        [json.dumps(retention._KEPT)],
    )


def files(case):
    """Return the bytes of the file and what stands beside it."""
    folder = case.path.parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-03-01", 24, "2024-03-01"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 10**6, "0001-01-01"),
    ],
)
def test_months_are_those_of_the_calendar(now, months, then):
    found = retention.months_before(datetime.fromisoformat(now).replace(tzinfo=UTC), months)
    assert found.date().isoformat() == then


def test_statistics_are_the_same_and_the_texts_are_nowhere(case, live, clock):
    live(case)
    assert all(secret.encode() in files(case) for secret in SECRETS)
    before = counted(case)
    clock.move(days=800)
    what = retention.due(case, clock.now() - timedelta(days=700))
    assert what.counts["path"] == 11
    assert what.counts["evidence"] == 1  # the exported file; DNS answers hold no persons
    retention.erase(case, what, reason="retention")
    assert counted(case) == before
    assert left_of(case) == 0
    left = files(case)
    assert [secret for secret in SECRETS if secret.encode() in left] == []
    assert check.check(case).problems == ()
    assert folding.rebuild(case) == []
    assert counted(case) == before
    assert not retention.due(case, soon(clock))
    stored = reports.of_domain(case, "a.example")
    assert all(one.erased and one.report.reference is None for one in stored)
    assert notices.list_all(case)[0].body == ""


def test_what_is_young_stays(case, live, clock):
    live(case)
    texts = case.rows("SELECT * FROM erasable")
    what = retention.due(case, clock.now() - timedelta(days=30))
    assert not what
    retention.erase(case, what, reason="retention")
    assert case.rows("SELECT * FROM erasable") == texts
    assert case.value("SELECT count(*) FROM fact WHERE kind = 'erasure'") == 0


def test_a_url_goes_with_the_last_of_its_reports(case, report, discarded, clock):
    url = "https://a.example/x"
    reports.add(case, [report(url, "R1", note="old")], [], discarded, label="x")
    clock.move(days=100)
    reports.add(case, [report(url, "R2")], [], discarded, label="y")
    before = counted(case)
    retention.erase(case, retention.due(case, clock.now()), reason="retention")
    fields = case.rows("SELECT field, text FROM erasable ORDER BY fact, field")
    assert ("note", "old") not in fields
    assert ("reference", "R1") not in fields
    assert [text for field, text in fields if field == "path"] == ["/x", "/x"]
    assert counted(case) == before
    assert reports.preview(case, [report(url, "R2")])[0].arrival.value == "duplicate"
    clock.move(days=1)
    retention.erase(case, retention.due(case, soon(clock)), reason="retention")
    assert case.value("SELECT count(*) FROM erasable") == 0
    assert counted(case) == before
    assert folding.rebuild(case) == []
    assert reports.preview(case, [report(url, "R2")])[0].arrival.value == "new"


def test_whois_and_rdap_answers_go_and_their_facts_stay(case, answer, observe, report, discarded,
                                                        clock):  # fmt: skip
    reports.add(case, [report("a.example")], [], discarded, label="x")
    answers = (
        observe("a.example", Question.WHOIS, RegistrationFacts(), body=b"Name: Jo Doe"),
        observe("a.example", Question.A, AddressFacts(("192.0.2.1",)), body=b"a.example A"),
    )
    observations.store(case, answer("a.example", *answers))
    clock.move(days=30)
    observations.store(case, answer("a.example", answers[1]))
    retention.erase(case, retention.due(case, soon(clock)), reason="retention")
    found = {one.question: one for one in observations.latest(case, "a.example")}
    assert found[Question.WHOIS].evidence.body == b""
    assert found[Question.WHOIS].facts == RegistrationFacts()
    assert found[Question.A].evidence.body == b"a.example A"
    assert check.check(case).sound
    observations.store(case, answer("a.example", answers[0]))  # the very same answer again
    assert check.check(case).sound


def test_one_domain_or_url_on_demand(case, live):
    live(case)
    before = counted(case)
    retention.erase(case, retention.of_subject(case, "https://a.example/1?q"), reason="on demand")
    urls = [one.report.target.url for one in reports.of_domain(case, "a.example")]
    assert urls.count("https://a.example/") == 1
    assert "https://a.example/0?q" in urls
    retention.erase(case, retention.of_subject(case, "a.example"), reason="on demand")
    assert all(one.erased for one in reports.of_domain(case, "a.example"))
    assert not any(one.erased for one in reports.of_domain(case, "b.a.example"))
    assert counted(case) == before
    rows = case.rows("SELECT action, detail FROM audit WHERE action = 'erase'")
    assert len(rows) == 2
    assert "on demand" in rows[0][1]
    assert not retention.of_subject(case, "none.example")


def test_what_was_said_of_a_url_goes_on_with_it(case, report, discarded, clock):
    urls = [f"https://a.example/{i}" for i in range(2)]
    reports.add(case, [report(url) for url in urls], [], discarded, label="x")
    gone = ContentStatus(ContentState.GONE, clock.now(), "by hand")
    content.add(case, urls[1], gone)
    clock.move(hours=1)
    retention.erase(case, retention.due(case, clock.now()), reason="retention")
    (said,) = content.latest(case, "a.example")
    assert (said.url, said.status) == ("https://a.example/", gone)
    assert check.check(case).problems == ()
    assert folding.rebuild(case) == []


@pytest.fixture
def two(tmp_path, clock):
    with (
        open_case_file(tmp_path / "ann", clock=clock, actor="Ann") as ann,
        open_case_file(tmp_path / "bob", clock=clock, actor="Bob") as bob,
    ):
        yield ann, bob


def test_tombstones_win_in_every_merge(two, live, clock, tmp_path):
    ann, bob = two
    live(ann)
    dump.write(ann, tmp_path / "full")
    merge.merge(bob, tmp_path / "full")
    before = counted(bob)
    retention.erase(ann, retention.due(ann, soon(clock)), reason="retention")
    dump.write(ann, tmp_path / "erased")
    assert b"a way in" not in (tmp_path / "erased").read_bytes()
    texts = left_of(bob)
    assert merge.merge(bob, tmp_path / "erased").erased == texts + 1  # and the exported file
    merge.merge(ann, tmp_path / "full")  # brings nothing back
    for case in two:
        assert left_of(case) == 0
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []
        assert counted(case) == before


def test_both_erase_the_same_and_stay_the_same(two, live, clock, tmp_path, report, discarded):
    ann, bob = two
    live(ann)
    dump.write(ann, tmp_path / "full")
    merge.merge(bob, tmp_path / "full")
    before = counted(ann)
    for case in two:
        retention.erase(case, retention.due(case, soon(clock)), reason="retention")
        clock.move(hours=1)
        dump.write(case, tmp_path / f"erased by {case.actor}")
    merge.merge(bob, tmp_path / "erased by Ann")
    merge.merge(ann, tmp_path / "erased by Bob")
    assert ann.rows("SELECT * FROM tombstone") == bob.rows("SELECT * FROM tombstone")
    for case in two:
        assert counted(case) == before
        assert folding.rebuild(case) == []
        assert check.check(case).sound


def test_what_a_tombstone_names_is_missed_if_it_is_there(case, live, clock):
    live(case)
    rows = case.rows("SELECT * FROM erasable WHERE field = 'access_note'")
    retention.erase(case, retention.due(case, soon(clock)), reason="retention")
    with case.transaction():
        case.executemany("INSERT INTO erasable VALUES (?, ?, ?, ?)", rows)
    assert check.check(case).problems == (
        f"The access_note of fact {rows[0][0]} was erased, and is there all the same.",
    )


def test_while_others_read_the_log_cannot_be_emptied_and_that_is_said(case, live, clock):
    live(case)
    with case.opener(read_only=True)() as reader, reader.reading():
        assert reader.value("SELECT count(*) FROM fact")
        case.execute("PRAGMA busy_timeout = 10")
        what = retention.due(case, soon(clock))
        assert not retention.erase(case, what, reason="retention")
    assert case.truncate_log()
    assert b"a way in" not in files(case)
