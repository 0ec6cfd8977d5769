from __future__ import annotations

import pytest

from abusetrack.casefile import check, content, reports
from abusetrack.records import ContentState, ContentStatus


@pytest.fixture
def filled(case, report, discarded):
    taken = [
        report("https://www.a.example/1", "R1"),
        report("https://www.a.example/1", "R2"),
        report("https://a.example/2"),
        report("https://b.example/"),
    ]
    reports.add(case, taken, [], discarded, label="list")
    return case


def status(clock, state=ContentState.GONE, source="Ann"):
    return ContentStatus(state, clock.now(), source)


@pytest.mark.parametrize(
    ("subject", "urls"),
    [
        ("https://www.a.example/1", 1),
        ("www.a.example", 1),
        ("a.example", 2),
        ("z.example", 0),
        ("https://a.example/other", 0),
    ],
)
def test_a_status_is_of_each_url_once_however_often_reported(filled, clock, subject, urls):
    assert content.add(filled, subject, status(clock)) == urls
    assert len(content.of_domain(filled, "a.example")) == urls


def test_every_status_stays_and_the_newest_by_time_seen_is_the_latest(filled, clock):
    url = "https://www.a.example/1"
    clock.move(hours=5)
    content.add(filled, url, status(clock, ContentState.GONE))
    clock.move(hours=-3)
    content.add(filled, url, status(clock, ContentState.PRESENT))
    told = content.of_domain(filled, "a.example")
    assert [item.status.state for item in told] == [ContentState.PRESENT, ContentState.GONE]
    (latest,) = content.latest(filled, "a.example")
    assert (latest.url, latest.status.state, latest.status.source) == (
        url,
        ContentState.GONE,
        "Ann",
    )
    assert check.check(filled).sound


def test_the_audit_names_no_path(filled, clock):
    content.add(filled, "https://www.a.example/1", status(clock))
    content.add(filled, "a.example", status(clock))
    rows = filled.query("SELECT subject, detail FROM audit WHERE action = 'content' ORDER BY seq")
    assert "//" not in str(rows)
    assert rows[1]["subject"] == "a.example"
    assert '"urls":2' in rows[1]["detail"]
