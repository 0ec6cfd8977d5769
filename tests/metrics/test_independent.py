"""Every figure a second time, in plain Python over the truth: no difference."""

from __future__ import annotations

import csv
import lzma
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest
import truth

from abusetrack.casefile import changes, reports, sightings
from abusetrack.casefile.encoding import stamp
from abusetrack.casefile.sightings import Sighting
from abusetrack.metrics.concentration import COUNTED, concentration
from abusetrack.metrics.conduct import conduct
from abusetrack.metrics.displacement import displacement
from abusetrack.metrics.filters import Filters, next_month
from abusetrack.metrics.hosting import hosting
from abusetrack.metrics.kinds import kinds
from abusetrack.metrics.survival import survival
from abusetrack.metrics.takedown import Clock, domain_clock
from abusetrack.metrics.work import compliance, work
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Change,
    ChangeKind,
    Discarded,
    HostingAgreement,
    Report,
    SiteKind,
    State,
)

VOLUME = Path(__file__).parents[2].parent / "shared/data/volume/domains-with-facts.csv"
SEEN = VOLUME.with_name("domains-first-seen.csv.xz")
CHOSEN = {
    "all": {},
    "month": {"since": 10.0, "until": 40.0},
    "dedicated": {"kind": SiteKind.DEDICATED},
    "public": {"source": "public", "until": 30.0},
    "commercial": {"commercial": True, "since": 5.0},
}


def filters_of(chosen):
    values = dict(CHOSEN[chosen])
    for name in ("since", "until"):
        if name in values:
            values[name] = truth.when(values[name])
    return Filters(**values)


@pytest.fixture(params=[1, 2, 3])
def domains(request, report, see, notify):
    made = truth.world(request.param)
    for one in made:
        for day, outcome, kind, source, commercial in one.reports:
            report(one.name, day=day, outcome=outcome, kind=kind, source=source,
                   commercial=commercial)  # fmt: skip
        for look in one.looks:
            see(one.name, **look)
        for day, party in one.notices:
            notify(one.name, day=day, party=party, name=f"Party {party}")
    return made


def test_concentration(case, domains):
    for chosen, values in CHOSEN.items():
        ones = list(truth.counted(domains, **values))
        for by in COUNTED:
            found = concentration(case, by, filters_of(chosen))
            counts, reports, top, hhi, needed = truth.concentration(ones, by)
            rows = [row for row in found.rows if row.domains]
            assert {row.key: row.domains for row in rows} == counts, (chosen, by)
            assert {row.key: row.reports for row in rows} == reports
            assert found.figures.top_share == pytest.approx(top)
            assert found.figures.hhi == (None if hhi is None else pytest.approx(hhi))
            assert found.figures.three_quarters == needed


def test_concentration_of_the_period_before(case, domains):
    found = concentration(case, "registrars", filters_of("month"))
    _, _, top, hhi, needed = truth.concentration(
        list(truth.counted(domains, since=-20.0, until=10.0)), "registrars"
    )
    assert found.before.top_share == pytest.approx(top)
    assert found.before.hhi == (None if hhi is None else pytest.approx(hhi))
    assert found.before.three_quarters == needed


def test_one_registrar_or_country_only(case, domains):
    ones = list(truth.counted(domains))
    for key in ("iana:1", "iana:4"):
        found = concentration(case, "networks", Filters(registrar=key))
        kept = [one for one in ones if one.registrar == key]
        assert {row.key: row.domains for row in found.rows if row.domains} == (
            truth.concentration(kept, "networks")[0]
        )
    found = concentration(case, "registrars", Filters(country="NL"))
    assert found.domains == sum(one.country == "NL" for one in ones)


def test_hosting(case, domains):
    for chosen, values in CHOSEN.items():
        ones = list(truth.counted(domains, **values))
        found = hosting(case, filters_of(chosen))
        places, moves = truth.hosting(ones, values.get("until"))
        assert found.domains == len(ones)
        assert {row.key: row.domains for row in found.countries} == places, chosen
        assert {(move.before, move.after): move.moves for move in found.moves} == moves


@pytest.mark.parametrize("start", list(Clock))
def test_takedown(case, domains, start):
    for chosen, values in CHOSEN.items():
        ones = list(truth.counted(domains, **values))
        cases = list((truth.from_report if start is Clock.REPORT else truth.from_notice)(ones))
        found = domain_clock(case, filters_of(chosen), start)
        real = [(key, times) for key, times in cases if isinstance(times, tuple)]
        assert found.unchecked == sum(times == "unchecked" for _, times in cases)
        assert found.down_before == sum(times == "down" for _, times in cases)
        assert sorted(
            (one.party_key or "", round(one.at_least, 6), round(one.at_most, 6), one.end.value)
            for one in found.cases
        ) == sorted(
            (key or "", round(up, 6), round(up if gone is None else gone, 6),
             "open" if gone is None else "removed")
            for key, (up, gone) in real
        )  # fmt: skip
        whole = survival(found.cases)
        if whole is None:
            assert not real
            continue
        late = [(up if gone is None else gone, gone is not None) for _, (up, gone) in real]
        early = [(up, gone is not None) for _, (up, gone) in real]
        for curve, times in ((whole.late, late), (whole.early, early)):
            for day, left in truth.kaplan_meier([(round(d, 9), r) for d, r in times]):
                assert curve.at(day + 1e-7) == pytest.approx(left, abs=1e-9)
        half = next((day for day, left in truth.kaplan_meier(late) if left <= 0.5 + 1e-12), None)
        assert whole.median == (None if half is None else pytest.approx(half, abs=1e-6))


def test_conduct(case, domains):
    found = conduct(case, Filters())
    expected = truth.conduct(domains, list(truth.counted(domains)))
    assert {key: (one.told, one.again) for key, one in found.items()} == expected


def test_kinds_and_work(case, domains):
    for chosen, values in CHOSEN.items():
        ones = list(truth.counted(domains, **values))
        found = kinds(case, filters_of(chosen))
        assert dict(found.kinds) == Counter(one.told.reports[0][2].value for one in ones)
        said = [one.told.reports[0][4] for one in ones]
        assert found.commercial.yes == said.count(True)
        assert found.commercial.stated == len(said) - said.count(None)
        months = Counter(f"{truth.when(one.first):%Y-%m}" for one in ones)
        assert {month: sum(dict(counts).values()) for month, counts in found.months} == months
    reports = [item for one in domains for item in one.reports]
    found = work(case, Filters(), now=truth.when(300))
    assert dict(found.outcomes) == Counter(item[1].value for item in reports)
    assert {(day, source): n for day, counts in found.days for source, n in counts} == Counter(
        (f"{truth.when(item[0]):%Y-%m-%d}", item[3]) for item in reports
    )
    sent = Counter(party for one in domains for _, party in one.notices)
    assert {party.key: (party.notices, party.silent) for party in compliance(case, Filters())} == {
        key: (number, number) for key, number in sent.items()
    }


def test_displacement(case, domains):
    """Holds that were lifted or not, transfers, names registered again; ages known to us."""
    written = {}
    for number, one in enumerate(domains):
        start = min(item[0] for item in one.reports)
        steps = {
            0: [(3, ChangeKind.HOLD_SET)],
            1: [(3, ChangeKind.HOLD_SET), (10, ChangeKind.HOLD_LIFTED)],
            2: [(2, ChangeKind.REGISTRAR_CHANGED)],
            3: [(4, ChangeKind.HOST_MOVED), (9, ChangeKind.REREGISTERED)],
        }.get(number % 5, [])
        written[one.name] = [
            Change(kind, one.name, "", "", truth.when(start + day - 1), truth.when(start + day),
                   truth.when(start + day))
            for day, kind in steps
        ]  # fmt: skip
    changes.write(case, written)
    ones = list(truth.counted(domains))
    found = displacement(case, Filters(), now=truth.when(300), hop_tlds=3)

    def seen(one, kind):
        first = truth.when(one.first)
        return [c for c in written[one.told.name] if c.kind is kind and c.first_seen_after >= first]

    assert found.domains == len(ones)
    assert found.removals == sum(len(seen(one, ChangeKind.HOLD_SET)) for one in ones)
    lifted = [seen(one, ChangeKind.HOLD_LIFTED) for one in ones]
    assert found.returned == sum(map(bool, lifted))
    assert found.moved == sum(bool(seen(one, ChangeKind.HOST_MOVED)) for one in ones)
    assert found.registered_again == sum(bool(seen(one, ChangeKind.REREGISTERED)) for one in ones)
    assert found.transferred_after_notice == sum(
        any(truth.when(day) <= change.first_seen_after
            for change in seen(one, ChangeKind.REGISTRAR_CHANGED) for day, _ in one.told.notices)
        for one in ones
    )  # fmt: skip
    known = [max(r[0] for r in one.told.reports) - min(r[0] for r in one.told.reports)
             for one in ones]  # fmt: skip
    assert found.known_for.median == pytest.approx(quantiles(known, n=4, method="inclusive")[1])
    for held in found.held:
        stayed = unknown = lost = 0
        for one in ones:
            for hold in seen(one, ChangeKind.HOLD_SET):
                back = [c.first_seen_after for c in seen(one, ChangeKind.HOLD_LIFTED)]
                looked = max((truth.when(x["day"]) for x in one.told.looks), default=None)
                days = (max(back) - hold.first_seen_after).days if back else None
                if days is not None and days < held.days:
                    lost += 1
                elif (
                    looked and (looked - hold.first_seen_after).total_seconds() >= held.days * 86400
                ):
                    stayed += 1
                else:
                    unknown += 1
        assert (held.held, held.removals, held.unknown) == (stayed, stayed + lost, unknown)


@pytest.mark.skipif(not VOLUME.exists(), reason="the volume lists stand beside the checkout only")
def test_real_lists(case, names):
    """Real lists, by registrar and age; their names stay outside."""
    with VOLUME.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["registrar"] and row["reported_at"] and row["registered_at"]
        ]
    assert len(rows) > 500
    numbers = {name: n for n, name in enumerate(sorted({row["registrar"] for row in rows}), 1)}
    given, seen, expected, ages = [], [], Counter(), []
    for at, row in enumerate(rows):
        reported, registered = _moment(row["reported_at"]), _moment(row["registered_at"])
        key = f"iana:{numbers[row['registrar']]}"
        finding = Assessment(AssessmentOutcome.CONFIRMED, reported, "test", SiteKind.DEDICATED)
        target = names.target(f"https://n{at}.test/")
        given.append(Report(target, received_at=reported, source="list", assessment=finding))
        seen.append(
            Sighting(
                f"n{at}.test", reported + timedelta(hours=1), State.ACTIVE,
                reported + timedelta(hours=1), key, key, None,
                reported + timedelta(hours=1) if row["ips"] else None, *_hosted(row), None,
            )
        )  # fmt: skip
        expected[key] += 1
        if registered <= reported:
            ages.append((reported - registered).total_seconds() / 86_400)
    reports.add(case, given, (), Discarded(), label="test")
    sightings.write(case, seen)
    with case.transaction():
        case.executemany(
            "UPDATE domain_now SET created = ? WHERE domain = ?",
            [(stamp(_moment(row["registered_at"])), f"n{at}.test") for at, row in enumerate(rows)],
        )
    found = concentration(case, "registrars", Filters())
    assert {row.key: row.domains for row in found.rows if row.domains} == expected
    sizes = sorted(expected.values(), reverse=True)
    assert found.figures.top_share == pytest.approx(sum(sizes[:10]) / len(rows))
    needed = next(n for n in range(1, len(sizes) + 1) if sum(sizes[:n]) >= 0.75 * len(rows))
    assert found.figures.three_quarters == needed
    networks = concentration(case, "networks", Filters())
    assert {row.key: row.domains for row in networks.rows if row.domains} == Counter(
        row["asn_routeviews"] or None for row in rows
    )
    assert {row.key: row.domains for row in hosting(case, Filters()).countries} == Counter(
        {HostingAgreement.DISPUTED: "disputed"}.get(agreement, country)
        for country, agreement, _, _ in map(_hosted, rows)
    )
    age = displacement(case, Filters(), now=truth.when(300), hop_tlds=3).age_at_report
    assert age.domains == len(ages)
    assert [age.lower, age.median, age.upper] == pytest.approx(
        quantiles(ages, n=4, method="inclusive")
    )


@pytest.mark.skipif(not SEEN.exists(), reason="the volume lists stand beside the checkout only")
def test_real_volume_by_ending_and_day(case, names):
    """Every tenth of a list over six years, by month; its names stay outside."""
    with lzma.open(SEEN, "rt", encoding="utf-8", newline="") as file:
        rows = [(row["first_reported_at"], row["domain"]) for row in csv.DictReader(file)][::10]
    assert len(rows) > 10_000
    endings = {name.rpartition(".")[2] for _, name in rows}
    keys = {ending: f"iana:{n}" for n, ending in enumerate(sorted(endings), 1)}
    given, seen, months = [], [], defaultdict(Counter)
    for at, (day, name) in enumerate(rows):
        reported, key = _moment(day), keys[name.rpartition(".")[2]]
        finding = Assessment(AssessmentOutcome.CONFIRMED, reported, "test", SiteKind.DEDICATED)
        target = names.target(f"https://n{at}.test/")
        given.append(Report(target, received_at=reported, source="list", assessment=finding))
        seen.append(
            Sighting(
                f"n{at}.test", reported, State.ACTIVE, reported, key, key, None, None, None,
                HostingAgreement.NONE, None, None, None,
            )
        )  # fmt: skip
        months[f"{reported:%Y-%m}"][key] += 1
    reports.add(case, given, (), Discarded(), label="test")
    sightings.write(case, seen)
    assert {month: sum(dict(n).values()) for month, n in kinds(case, Filters()).months} == {
        month: found.total() for month, found in months.items()
    }
    for month in sorted(months)[::7]:
        since = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        found = concentration(case, "registrars", Filters(since=since, until=next_month(since)))
        assert {row.key: row.domains for row in found.rows if row.domains} == months[month]
        sizes = sorted(months[month].values(), reverse=True)
        assert found.figures.top_share == pytest.approx(sum(sizes[:10]) / sum(sizes))
    days = Counter(f"{_moment(day):%Y-%m-%d}" for day, _ in rows)
    found = work(case, Filters(), now=truth.when(300)).days
    assert {day: sum(dict(counts).values()) for day, counts in found} == days


def _hosted(row):
    """Return (country, agreement, origin AS, its name) as two sources say them."""
    one, other = row["country_geo_whois_asn"], row["country_ipfire"]
    number = int(row["asn_routeviews"]) if row["asn_routeviews"] else None
    if not one and not other:
        return None, HostingAgreement.NONE, number, None
    if one and other and one != other:
        return None, HostingAgreement.DISPUTED, number, None
    return one or other, HostingAgreement.UNANIMOUS, number, None


def _moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
