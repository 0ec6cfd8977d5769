"""Every panel over cases of its own: nothing, one domain, and enough for a finding."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import content, withdrawals
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Surroundings
from abusetrack.metrics.panels.model import Bars, Curves, Stack, World
from abusetrack.metrics.panels.removal import drawn_curve, open_list
from abusetrack.metrics.survival import Case, End, survival
from abusetrack.records import ContentState, ContentStatus, Role, SiteKind, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
AROUND = Surroundings(now=NOON + timedelta(days=200), home="NL", managed={"iana:1": 20_000})
ALL = Filters()
KINDS = {kind.key: kind for kind in PANELS}


def build(case, key, filters=ALL):
    return KINDS[key].build(case, filters, AROUND)


def figure(panel, name):
    return dict(panel.figures)[name]


@pytest.mark.parametrize("key", list(KINDS))
def test_with_nothing_a_sentence_says_so(case, key):
    panel = build(case, key)
    assert panel.key == key
    assert panel.chart is None
    assert panel.empty.endswith(".")
    assert panel.table.rows == ()
    assert panel.definition
    assert "worst" not in panel.title.lower()


@pytest.mark.parametrize("key", list(KINDS))
def test_table_and_chart_hold_together(case, report, see, notify, key):
    for number in range(4):
        domain = f"name{number}.test"
        report(domain, commercial=bool(number % 2))
        see(domain, day=1, registrar=number % 2 + 1, country="NL" if number else "DE")
        see(domain, day=3, country="NL", state=State.HELD_BY_REGISTRAR if number else State.ACTIVE)
        notify(domain, day=2)
        notify(domain, day=2, role=Role.HOST, party="asn:64500", name="Host")
        for day, state in ((2.5, ContentState.PRESENT), (5, ContentState.GONE)):
            content.add(case, domain, ContentStatus(state, NOON + timedelta(days=day), "desk"))
    panel = build(case, key)
    table = panel.table
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.headers)}
    assert table.keys == () or len(table.keys) == len(table.rows)
    for row in table.rows:
        assert all(row[at] is None or isinstance(row[at], int) for at in table.counts)
    match panel.chart:
        case Bars(labels, values, keys):
            assert len(labels) == len(values) == len(keys) > 0
        case Stack(steps, series):
            assert all(len(values) == len(steps) for _name, values in series)
        case Curves(curves):
            assert curves[0].name == "all"
        case World(values):
            assert values == {"NL": 4, "DE": 1}
        case _:
            assert key in {"moves", "displacement"}
            assert key == "moves" or panel.empty.endswith(".")


def test_few_domains_make_no_finding(case, report, see):
    report("name.test")
    see("name.test")
    panel = build(case, "registrars")
    assert panel.title == "Confirmed domains by registrar"
    assert any("so few say little" in note for note in panel.notes)


def test_many_domains_make_the_finding_that_started_it(case, report, see):
    for number in range(60):
        report(f"name{number}.test")
        see(f"name{number}.test", registrar=number % 10 + 1 if number < 45 else number)
    panel = build(case, "registrars")
    assert panel.title == "Ten registrars hold 75 % of the confirmed domains"
    assert figure(panel, "Three quarters are with") == "10"
    assert panel.chart.line[9] == 0.75
    assert len(panel.chart.labels) == 20
    assert len(panel.table.rows) == 25


def test_the_rate_goes_by_names_under_management(case, report, see):
    report("name.test")
    see("name.test", registrar=1)
    table = build(case, "registrars").table
    assert table.rows[0][table.headers.index("domains per 10,000 names managed")] == 0.5


def test_conduct_stands_beside_size(case, report, see, notify):
    report("name.test", day=0)
    report("name.test", day=9)
    see("name.test", day=1)
    notify("name.test", day=2)
    see("name.test", day=4, state=State.HELD_BY_REGISTRAR)
    table = build(case, "registrars").table
    row = dict(zip(table.headers, table.rows[0], strict=True))
    assert (row["told of"], row["reported again after"]) == (1, 1)
    assert row["median from notice"] == "2.0 days"


def test_the_home_country_has_figures_of_its_own(case, report, see):
    for number, country in enumerate(("NL", "NL", "DE")):
        report(f"name{number}.test")
        see(f"name{number}.test", day=1, country=country)
        see(f"name{number}.test", day=2, country=country, state=State.HELD_BY_REGISTRY)
    panel = build(case, "countries")
    assert figure(panel, "In Netherlands") == "67 %"
    assert figure(panel, "Median to removal in Netherlands") == "2.0 days"


def test_behind_the_curve_stand_the_open_cases(case, report, see):
    for number in range(3):
        report(f"name{number}.test", day=-number)
        held = State.HELD_BY_REGISTRAR if number == 1 else State.ACTIVE
        see(f"name{number}.test", day=2, state=held)
    found = open_list(case, ALL, "domains-from-report")
    assert [one.domain for one in found] == ["name2.test", "name0.test"]
    assert figure(build(case, "domains-from-report"), "Still open") == "2"


def test_pages_nobody_looked_at_are_said(case, report, see, notify):
    for path in ("a", "b"):
        report("name.test", path=path)
    status = ContentStatus(ContentState.GONE, NOON + timedelta(days=3), "desk")
    content.add(case, "https://name.test/a", status)
    panel = build(case, "pages-from-report")
    assert "Not checked again, not counted: 1 page." in panel.notes
    assert panel.table.rows[0][1:3] == (1, 1)


def test_long_periods_are_shown_by_month(case, report):
    for day in range(0, 140, 2):
        report("name.test", day=day)
    panel = build(case, "work")
    assert panel.table.headers == ("month", "public")
    assert [row[0] for row in panel.table.rows][:2] == ["2026-03", "2026-04"]
    assert sum(row[1] for row in panel.table.rows) == 70


@pytest.mark.parametrize("key", list(KINDS))
@pytest.mark.parametrize(
    "filters",
    [
        Filters(commercial=True),
        Filters(kind=SiteKind.DEDICATED),
        Filters(category="A"),
        Filters(source="public"),
        Filters(country="NL"),
        Filters(registrar="iana:1"),
        Filters(since=NOON, until=NOON + timedelta(days=30)),
        Filters(at_the_time=False),
    ],
    ids=["commercial", "kind", "category", "source", "country", "registrar", "period", "now"],
)
def test_every_filter_fits_every_panel(case, report, see, notify, key, filters):
    report("name.test", commercial=True, category="A", path="a")
    report(
        "other.test", commercial=False, category="B", source="partner", path="a",
        kind=SiteKind.FORUM,
    )  # fmt: skip
    see("name.test", registrar=1, country="NL")
    see("other.test", registrar=2, country="DE")
    notify("name.test", day=1, role=Role.HOST, party="asn:64500", name="Host")
    for domain in ("name.test", "other.test"):
        status = ContentStatus(ContentState.GONE, NOON + timedelta(days=3), "desk")
        content.add(case, domain, status)
    panel = build(case, key, filters)
    assert panel.key == key
    if key == "pages-from-report" and not (filters.since or not filters.at_the_time):
        assert panel.table.rows[0][1] == 1  # the page of the one, not of the other


def test_what_was_taken_back_is_counted_by_domain_and_few_point_at_nobody(case, report, notify):
    for number in range(8):
        report(f"name{number}.test")
        reference = notify(f"name{number}.test", day=2)
        if number < 5:
            withdrawals.withdraw(case, reference)
        if number == 3:
            few = build(case, "answers")
    assert (figure(few, "Withdrawn"), figure(few, "Domains told of")) == ("4", "4")
    assert figure(few, "Share withdrawn") == "fewer than 5 domains"
    panel = build(case, "answers")
    assert (figure(panel, "Withdrawn"), figure(panel, "Share withdrawn")) == ("5", "62 %")


def test_a_curve_has_no_more_steps_than_can_be_seen_and_keeps_its_end():
    cases = [
        Case(1, None, "", None, NOON, NOON + timedelta(hours=n), NOON + timedelta(hours=n + 1),
             End.REMOVED)
        for n in range(5_000)
    ]  # fmt: skip
    found = survival(cases)
    drawn = drawn_curve("all", found)
    assert len(drawn.days) <= 1_002
    assert (drawn.days[-1], drawn.share[-1], drawn.low[-1]) == (found.late.days[-1], 0.0, 0.0)
    for day, share, low in zip(drawn.days, drawn.share, drawn.low, strict=True):
        assert (share, low) == (found.late.at(day), found.early.at(day))
    for day in found.late.days[::50]:
        shown = drawn.share[bisect_right(drawn.days, day) - 1]
        assert abs(shown - found.late.at(day)) <= 0.001
