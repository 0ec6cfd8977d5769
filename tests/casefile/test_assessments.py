from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import assessments, projection, reports
from abusetrack.records import Assessment, AssessmentOutcome, SiteKind


@pytest.fixture
def filled(case, report, discarded):
    batch = [
        report("https://www.a.example/1", "R1"),
        report("https://www.a.example/1", "R2"),
        report("https://a.example/2"),
        report("b.example"),
    ]
    reports.add(case, batch, [], discarded, label="x")
    return case


def kinds(case, domain):
    now = projection.read(case, domain)
    return now.confirmed_reports, now.kind, now.kind_reason


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("a.example", 3),
        ("www.a.example", 2),
        ("https://www.a.example/1", 2),
        ("//b.example/", 1),
        ("b.example", 1),
        ("c.example", 0),
        ("https://a.example/3", 0),
    ],
)
def test_a_subject_is_a_domain_a_host_or_a_url(filled, confirmed, subject, number):
    assert assessments.add(filled, subject, confirmed()) == number
    assert filled.value("SELECT count(*) FROM fact WHERE kind = 'assessment'") == number
    assert filled.value("SELECT sum(confirmed_reports) FROM domain_now") == number
    assert filled.value("SELECT count(*) FROM audit WHERE action = 'assess'") == (number > 0)


def test_a_later_assessment_supersedes_the_earlier(filled, confirmed):
    assessments.add(filled, "b.example", confirmed())
    assert kinds(filled, "b.example") == (1, SiteKind.DEDICATED, "")
    again = Assessment(AssessmentOutcome.NOT_ILLEGAL, filled.clock.now(), "Bob")
    assessments.add(filled, "b.example", again)
    assert kinds(filled, "b.example") == (0, None, "no confirmed report")
    (stored,) = reports.of_domain(filled, "b.example")
    assert stored.report.assessment == again
    first, second = filled.rows("SELECT id, supersedes FROM fact WHERE kind = 'assessment'")
    assert first[1] is None
    assert second[1] == first[0]


def test_kinds_that_differ_are_no_kind(filled, confirmed):
    assessments.add(filled, "https://www.a.example/1", confirmed(SiteKind.FORUM))
    assessments.add(filled, "https://a.example/2", confirmed(SiteKind.DEDICATED))
    number, kind, reason = kinds(filled, "a.example")
    assert (number, kind) == (3, None)
    assert reason == "the confirmed assessments differ: dedicated, forum"


def test_a_kind_that_was_not_stated_does_not_disagree(filled, confirmed):
    assessments.add(filled, "https://www.a.example/1", confirmed(SiteKind.UNKNOWN))
    assert kinds(filled, "a.example") == (
        2, SiteKind.UNKNOWN, "no confirmed assessment states a kind",
    )  # fmt: skip
    assessments.add(filled, "https://a.example/2", confirmed(SiteKind.FORUM))
    assert kinds(filled, "a.example") == (3, SiteKind.FORUM, "")


def test_only_confirmed_reports_give_a_kind(filled, confirmed):
    assessments.add(filled, "https://www.a.example/1", confirmed(SiteKind.FORUM))
    outside = Assessment(
        AssessmentOutcome.OUTSIDE_REMIT, filled.clock.now(), "Ann", SiteKind.IMAGE_HOST
    )
    assessments.add(filled, "https://a.example/2", outside)
    now = projection.read(filled, "a.example")
    assert (now.reports, now.confirmed_reports) == (3, 2)
    assert (now.urls, now.confirmed_urls) == (2, 1)
    assert now.kind is SiteKind.FORUM


def test_commercial_and_disguised_are_agreed_or_none(filled, confirmed):
    assessments.add(filled, "https://www.a.example/1", confirmed(commercial=True, disguised=True))
    assessments.add(filled, "https://a.example/2", confirmed(commercial=True, disguised=False))
    now = projection.read(filled, "a.example")
    assert now.commercial is True
    assert now.disguised is None


def test_dates_are_those_of_the_confirmations(filled, confirmed, clock):
    early, late = clock.now() - timedelta(days=5), clock.now() - timedelta(days=1)
    assessments.add(filled, "https://www.a.example/1", confirmed(assessed_at=late))
    assessments.add(filled, "https://a.example/2", confirmed(assessed_at=early))
    now = projection.read(filled, "a.example")
    assert (now.first_confirmed, now.last_confirmed) == (early, late)


def test_many_at_once(filled, confirmed):
    found = assessments.add_many(
        filled,
        [("a.example", confirmed()), ("c.example", confirmed()), ("b.example", confirmed())],
    )
    assert found == [3, 0, 1]
    assert filled.value("SELECT sum(confirmed_reports) FROM domain_now") == 4


def test_the_audit_row_names_no_path(filled, confirmed):
    assessments.add(filled, "https://www.a.example/1", confirmed(access_note="secret way"))
    rows = str(filled.query("SELECT * FROM audit"))
    assert "a.example/1" not in rows
    assert "secret way" not in rows
    assessments.add(filled, "a.example", confirmed())
    assert filled.value("SELECT subject FROM audit ORDER BY seq DESC LIMIT 1") == "a.example"
