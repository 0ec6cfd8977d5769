from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import content
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.survival import End, survival
from abusetrack.metrics.takedown import (
    Clock,
    by_country,
    by_party,
    content_clock,
    domain_clock,
)
from abusetrack.records import (
    ContentState,
    ContentStatus,
    HostingAgreement,
    Role,
    State,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
HELD, ACTIVE, GONE = State.HELD_BY_REGISTRAR, State.ACTIVE, State.NOT_REGISTERED
ALL = Filters()


def at(day):
    return NOON + timedelta(days=day)


def only(clocks):
    (case,) = clocks.cases
    return case


@pytest.mark.parametrize(
    ("looks", "last_up", "gone", "end"),
    [
        ([(1, ACTIVE), (2, ACTIVE)], 2, None, End.OPEN),
        ([(1, ACTIVE), (3, HELD)], 1, 3, End.REMOVED),
        ([(-1, ACTIVE), (3, HELD)], 0, 3, End.REMOVED),
        ([(1, ACTIVE), (2, GONE), (3, GONE)], 1, 2, End.REMOVED),
        ([(1, ACTIVE), (2, GONE)], 1, None, End.OPEN),  # one look at a missing name proves nothing
        ([(1, ACTIVE), (2, GONE), (2.01, GONE)], 1, None, End.OPEN),  # minutes later: the same
        ([(1, ACTIVE), (2, GONE), (3, ACTIVE), (4, ACTIVE)], 4, None, End.OPEN),
        ([(1, ACTIVE), (2, State.NOT_DELEGATED), (5, HELD)], 1, 2, End.REMOVED),
        ([(1, ACTIVE), (2, State.PARKED), (3, State.PARKED)], 1, 2, End.REMOVED),
        ([(1, State.EXPIRED), (2, HELD)], 1, 2, End.EXPIRED),
        ([(1, ACTIVE), (2, State.UNKNOWN), (3, HELD)], 1, 3, End.REMOVED),
        ([(0, ACTIVE), (1, HELD), (2, ACTIVE)], 0, 1, End.REMOVED),  # returned: it was seen
    ],
)
def test_a_domain_is_removed_between_two_checks(case, report, see, looks, last_up, gone, end):
    report("example.com")
    for day, state in looks:
        see("example.com", day=day, state=state)
    found = only(domain_clock(case, ALL, Clock.REPORT))
    assert found.start == NOON
    assert found.last_up == at(last_up)
    assert found.first_gone == (None if gone is None else at(gone))
    assert found.end is end


def test_what_was_down_before_or_never_checked_is_no_case(case, report, see):
    for domain in ("example.com", "example.net", "example.org", "example.edu"):
        report(domain)
    see("example.com", day=-1, state=HELD)
    see("example.com", day=1, state=HELD)
    see("example.net", day=-1)
    see("example.edu", day=1, state=HELD)  # nobody saw it up
    found = domain_clock(case, ALL, Clock.REPORT)
    assert (len(found.cases), found.down_before, found.unchecked) == (0, 2, 2)


def test_a_move_and_a_transfer_are_no_removals(case, report, see):
    report("example.com")
    see("example.com", day=1, registrar=1, country="NL")
    see("example.com", day=2, registrar=2, country="DE")
    found = only(domain_clock(case, ALL, Clock.REPORT))
    assert (found.end, found.party_key, found.country) == (End.OPEN, "iana:1", "NL")


def test_the_clock_from_the_notice_starts_when_it_was_sent(case, report, see, notify):
    report("example.com")
    see("example.com", day=1)
    notify("example.com", day=3)
    notify("example.com", day=5)  # again to the same party: the first one counts
    notify("example.com", day=4, role=Role.HOST, party="asn:64500", name="Host")
    see("example.com", day=6, state=HELD)
    found = only(domain_clock(case, ALL, Clock.NOTICE))
    assert (found.start, found.party_key) == (at(3), "iana:1")
    assert (found.last_up, found.first_gone) == (at(3), at(6))


def test_pages_have_a_clock_of_their_own(case, report, see, notify):
    report("example.com", path="a")
    report("example.com", path="b")
    see("example.com", day=0.5)
    for day, state in ((1, ContentState.PRESENT), (2, ContentState.COULD_NOT_TELL)):
        content.add(case, "https://example.com/a", ContentStatus(state, at(day), "desk"))
    content.add(case, "https://example.com/a", ContentStatus(ContentState.GONE, at(4), "desk"))
    found = content_clock(case, ALL, Clock.REPORT)
    assert found.unchecked == 1  # nobody looked at the other page
    one = only(found)
    assert (one.last_up, one.first_gone, one.party_key) == (at(1), at(4), "asn:64500")
    notify("example.com", day=2, role=Role.CDN, party="cdn:Front", name="Front")
    told = only(content_clock(case, ALL, Clock.NOTICE))
    assert (told.start, told.party, told.last_up) == (at(2), "Front", at(2))


def test_cases_go_by_party_and_have_their_country(case, report, see):
    for number, domain in enumerate(("example.com", "example.net", "example.org")):
        report(domain)
        see(domain, registrar=1 + number // 2, country="NL" if number else "DE")
    found = domain_clock(case, ALL, Clock.REPORT)
    assert [(key, len(cases)) for (key, _), cases in by_party(found).items()] == [
        ("iana:1", 2),
        ("iana:2", 1),
    ]
    assert sorted(one.country for one in found.cases) == ["DE", "NL", "NL"]
    assert [(key, name, len(cases)) for (key, name), cases in by_country(found).items()] == [
        ("country:NL", "in Netherlands", 2),
        ("country:DE", "in Germany", 1),
    ]


def test_behind_a_cdn_no_country_is_given(case, report, see):
    report("example.com")
    see("example.com", agreement=HostingAgreement.CDN, cdn="Front")
    assert only(domain_clock(case, ALL, Clock.REPORT)).country is None


def test_schedules_do_not_decide(case, report, see):
    """Two parties act alike; one is checked hourly, one weekly: the bands must meet."""
    acted = [2.3, 4.1, 6.7, 9.2]
    for number, removed in enumerate(acted):
        for party, every in ((1, 0.25), (2, 7.0)):
            domain = f"s{number}p{party}.test"
            report(domain)
            for step in range(int(21 / every) + 1):
                day = step * every
                see(domain, day=day, registrar=party, state=HELD if day >= removed else ACTIVE)
    parties = by_party(domain_clock(case, ALL, Clock.REPORT))
    often, seldom = (survival(parties[f"iana:{n}", f"Registrar {n}"]) for n in (1, 2))
    assert seldom.median_early <= often.median_early <= often.median <= seldom.median
    for (day, a), (_, b) in zip(often.within, seldom.within, strict=True):
        assert b.low <= a.high, day
        assert a.low <= b.high, day


def test_pages_of_which_nothing_was_said_are_counted_as_unchecked(case, report, notify):
    for name in ("said.test", "silent.test"):
        report(name, path="page")
        report(name, path="page", reference="again")
        notify(name, day=1, role=Role.HOST, party="asn:64500", name="Host")
    gone = ContentStatus(ContentState.GONE, NOON + timedelta(days=2), "desk")
    content.add(case, "https://said.test/page", gone)
    for clock in Clock:
        found = content_clock(case, ALL, clock)
        assert (len(found.cases), found.unchecked) == (1, 1)
