"""A second random world with pages, families, hops and notices answered: no difference."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import product
from statistics import median

import pytest
from truth import Counted, when

from abusetrack.casefile import content, notices
from abusetrack.metrics.concentration import concentration
from abusetrack.metrics.displacement import displacement
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.hosting import hosting
from abusetrack.metrics.kinds import NOT_AGREED, kinds
from abusetrack.metrics.takedown import Clock, content_clock, domain_clock
from abusetrack.metrics.work import compliance
from abusetrack.names import Names
from abusetrack.records import (
    AssessmentOutcome,
    ContentState,
    ContentStatus,
    HostingAgreement,
    NoticeStatus,
    Role,
    SiteKind,
    State,
)

SUFFIXES = (
    "// ===BEGIN ICANN DOMAINS===\ntest\nco.test\nexample\ninvalid\n// ===END ICANN DOMAINS===\n"
    "// ===BEGIN PRIVATE DOMAINS===\nsites.example\n// ===END PRIVATE DOMAINS===\n"
)
ENDINGS = ("test", "co.test", "example", "invalid")
FAMILIES = {"iana:1": "A family", "iana:2": "A family", "iana:4": "Another one"}
HELD = {State.HELD_BY_REGISTRY, State.HELD_BY_REGISTRAR, State.REDEMPTION, State.PENDING_DELETE}
REGION = {"NL": "Western Europe", "DE": "Western Europe", "US": "Northern America",
          "SG": "Southeast Asia"}  # fmt: skip
ANSWERS = (NoticeStatus.ACKNOWLEDGED, NoticeStatus.ACTIONED, NoticeStatus.REFUSED,
           NoticeStatus.DISPUTED)  # fmt: skip
OF_PAGES = (Role.HOST, Role.CDN, Role.PLATFORM)
PERIODS = [(None, None), (8.0, 30.0)]


@dataclass
class Site:
    """One domain, and everything that is written of it."""

    name: str
    label: str
    ending: str
    reports: list = field(default_factory=list)  # (day, path, reference, outcome, kind, disguised)
    looks: list = field(default_factory=list)
    pages: dict = field(default_factory=dict)  # path -> [(day, state)]
    notices: list = field(default_factory=list)  # (day, role, party)

    def confirmed(self, since, until):
        """Return the confirmed reports of a period."""
        return [
            one
            for one in self.reports
            if one[3] is AssessmentOutcome.CONFIRMED
            and (since is None or one[0] >= since)
            and (until is None or one[0] < until)
        ]

    def agreed(self, place):
        """Return what its confirmed reports agree on, of a field that all may leave open."""
        said = {one[place] for one in self.confirmed(None, None)} - {None, SiteKind.UNKNOWN}
        return said.pop() if len(said) == 1 else (NOT_AGREED if said else None)


def world(seed):
    source = random.Random(seed)
    names = {
        (source.choice("abcdefgh") * source.randint(1, 2), ending)
        for ending in (*ENDINGS, "sites.example")
        for _ in range(9)
    }
    for label, ending in sorted(names):
        yield _site(source, label, ending)


def _site(source, label, ending):
    site = Site(f"{label}.{ending}", label, ending)
    start = source.uniform(0, 25)
    usual = source.choice([SiteKind.DEDICATED, SiteKind.DEDICATED, SiteKind.FORUM])
    for path, reference in {
        (source.randint(1, 3), source.choice(["one", "two", "three"]))
        for _ in range(source.randint(1, 6))
    }:
        site.reports.append(
            (
                start + source.choice([0, source.uniform(0, 15)]), f"p{path}", reference,
                source.choice([AssessmentOutcome.CONFIRMED] * 3 + [AssessmentOutcome.NOT_ILLEGAL]),
                source.choice([usual] * 9 + [SiteKind.UNKNOWN] * 4 + [SiteKind.IMAGE_HOST]),
                source.choice([True, True, None, None, False]),
            )
        )  # fmt: skip
        if source.random() < 0.6:
            site.pages.setdefault(f"p{path}", [])
    for said in site.pages.values():
        for _ in range(source.randint(1, 4)):
            said.append((start + source.uniform(-2, 30), source.choice(list(ContentState))))
    day = start + source.uniform(-3, 4)
    registrar, expires = source.choice([1, 2, 3, 4, None]), start + source.uniform(-20, 60)
    for _ in range(source.randint(0, 5)):
        agreement = source.choice([HostingAgreement.UNANIMOUS] * 3 + [HostingAgreement.CDN])
        site.looks.append(
            {
                "day": day,
                "registrar": registrar,
                "agreement": agreement,
                "country": source.choice(list(REGION)),
                "asn": source.choice([64500, 64501]),
                "cdn": "Front" if agreement is HostingAgreement.CDN else None,
                "state": source.choice(
                    [State.ACTIVE] * 3 + [State.EXPIRED, State.NOT_DELEGATED, *sorted(HELD)]
                ),
                "expires_day": source.choice([expires, None]),
            }
        )
        day += source.uniform(0.01, 9)
    for _ in range(source.choice([0, 1, 1, 3])):
        role, party = source.choice(
            [(Role.REGISTRAR, "iana:1"), (Role.HOST, "asn:64500"), (Role.CDN, "cdn:Front")]
        )
        site.notices.append((start + source.uniform(0, 12), role, party))
    return site


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    path = tmp_path_factory.mktemp("names") / "suffixes.dat"
    path.write_text(SUFFIXES)
    return Names(path)


@pytest.fixture(params=[11, 12, 13, 14])
def sites(request, case, report, see, notify):
    made = list(world(request.param))
    for site in made:
        for day, path, reference, outcome, kind, disguised in site.reports:
            report(site.name, day=day, path=path, reference=reference, outcome=outcome, kind=kind,
                   disguised=disguised)  # fmt: skip
        for look in site.looks:
            see(site.name, **look)
        for path, said in site.pages.items():
            for day, state in said:
                status = ContentStatus(state, when(day), "desk")
                content.add(case, f"https://{site.name}/{path}", status)
        site.told = [
            (day, role, party, notify(site.name, day=day, role=role, party=party, name=party))
            for day, role, party in site.notices
        ]
    return made


def filters(period):
    since, until = period
    return Filters(since=since and when(since), until=until and when(until))


def network(one):
    if one.hosted is None:
        return None
    if one.hosted["cdn"]:
        return f"cdn:{one.hosted['cdn']}"
    return f"asn:{one.hosted['asn']}"


def counted(sites, period):
    for site in sites:
        found = site.confirmed(*period)
        if found:
            first = min(one[0] for one in found)
            near = next((x for x in site.looks if first <= x["day"] <= first + 7), None)
            yield Counted(site, first, found, near, near)


def test_families_urls_and_reports(case, sites):
    for period in PERIODS:
        found = concentration(case, "registrars", filters(period), families=FAMILIES)
        sums = defaultdict(lambda: [0, 0, 0])
        for one in counted(sites, period):
            key = one.registrar
            family = FAMILIES.get(key)
            row = sums[f"family:{family}" if family else key]
            row[0] += 1
            row[1] += len({report[1] for report in one.reports})
            row[2] += len(one.reports)
        assert {
            row.key: [row.domains, row.urls, row.reports] for row in found.rows if row.domains
        } == sums
        assert any(row[1] < row[2] for row in sums.values())  # pages that were reported twice
        never = [site for site in sites if site.reports and not site.confirmed(None, None)]
        if period == (None, None):
            assert found.other_domains == len(never)


def test_kinds_and_disguise(case, sites):
    for period in PERIODS:
        found = kinds(case, filters(period))
        ones = list(counted(sites, period))
        said = [one.told.agreed(4) or SiteKind.UNKNOWN for one in ones]
        assert dict(found.kinds) == Counter(str(kind) for kind in said)
        disguised = [one.told.agreed(5) for one in ones]
        stated = [value for value in disguised if value is not None and value != NOT_AGREED]
        assert (found.disguised.yes, found.disguised.stated, found.disguised.unstated) == (
            sum(stated), len(stated), len(ones) - len(stated),
        )  # fmt: skip
        by_month = defaultdict(Counter)
        for one, kind in zip(ones, said, strict=True):
            by_month[f"{when(one.first):%Y-%m}"][str(kind)] += 1
        assert {month: dict(counts) for month, counts in found.months} == by_month


def test_regions_by_month(case, sites):
    for period in PERIODS:
        found = hosting(case, filters(period))
        whole, months = Counter(), defaultdict(Counter)
        for one in counted(sites, period):
            end = max(period[1] if period[1] is not None else 10**6, one.first + 7)
            seen = {
                "CDN: origin unknown" if look["cdn"] else REGION[look["country"]]
                for look in one.told.looks
                if one.first <= look["day"] < end
            }
            for region in seen or {"not known at the time"}:
                whole[region] += 1
                months[f"{when(one.first):%Y-%m}"][region] += 1
        assert dict(found.regions) == whole
        assert {month: dict(counts) for month, counts in found.months} == months


def test_hopping_strings(case, sites):
    for period, least in product(PERIODS, (2, 3, 4)):
        endings = defaultdict(set)
        for site in sites:
            if site.agreed(4) is SiteKind.DEDICATED and site.ending in ENDINGS:
                endings[site.label].add(site.ending)
        labels = {one.told.label for one in counted(sites, period)}
        hopping = [len(found) for label, found in endings.items()
                   if len(found) >= least and label in labels]  # fmt: skip
        found = displacement(case, filters(period), now=when(300), hop_tlds=least)
        assert (found.hopping_strings, found.hops) == (len(hopping), sum(n - 1 for n in hopping))


def ends(looks, start, *, seen_up):
    """Return (last up, gone, how) in days, "down" or "unchecked"."""
    before = [look for look in looks if look[0] < start]
    after = [look for look in looks if look[0] >= start]
    if not after:
        return "unchecked"
    if (before[-1][1] if before else not seen_up and after[0][1]) not in (None, False):
        return "down"
    last = start
    for day, ended in after:
        if ended:
            return last - start, day - start, ended
        last = day
    return last - start, None, "open"


def of_domain(site):
    looks = []
    for number, look in enumerate(site.looks):
        day, state = look["day"], look["state"]
        last = site.looks[number - 1]["state"] if number else None
        expired = last is State.EXPIRED or (
            look["expires_day"] is not None and look["expires_day"] <= day
        )
        gone = state in HELD
        if state is State.NOT_DELEGATED:
            for later in site.looks[number + 1 :]:
                if later["state"] in HELD or (
                    later["state"] is State.NOT_DELEGATED and later["day"] - day >= 1 / 24
                ):
                    gone = True
                    break
                if later["state"] is not State.NOT_DELEGATED:
                    break
            if not gone:
                continue
        looks.append((day, ("expired" if expired else "removed") if gone else None))
    return looks


def of_page(site, path):
    known = {ContentState.PRESENT: None, ContentState.GONE: "removed"}
    return [(day, known[state]) for day, state in sorted(site.pages.get(path, ()))
            if state in known]  # fmt: skip


def first_told(site, roles):
    first = {}
    for day, role, party in site.notices:
        if role in roles:
            first[party] = min(day, first.get(party, day))
    return first


def compare(found, expected):
    real = [(key, end) for key, end in expected if isinstance(end, tuple)]
    assert found.unchecked == sum(end == "unchecked" for _, end in expected)
    assert found.down_before == sum(end == "down" for _, end in expected)
    assert sorted(
        (one.party_key or "", one.end.value, round(one.at_least, 6), round(one.at_most, 6))
        for one in found.cases
    ) == sorted(
        (key or "", how, round(up, 6), round(up if gone is None else gone, 6))
        for key, (up, gone, how) in real
    )


def test_domain_clocks_with_registrations_that_ran_out(case, sites):
    for period in PERIODS:
        ones = list(counted(sites, period))
        compare(
            domain_clock(case, filters(period), Clock.REPORT),
            [(one.registrar, ends(of_domain(one.told), one.first, seen_up=False)) for one in ones],
        )
        compare(
            domain_clock(case, filters(period), Clock.NOTICE),
            [
                (party, ends(of_domain(one.told), day, seen_up=False))
                for one in ones
                for party, day in first_told(one.told, (Role.REGISTRAR, Role.REGISTRY)).items()
            ],
        )


def test_page_clocks(case, sites):
    for period in PERIODS:
        from_report, from_notice = [], []
        for one in counted(sites, period):
            for path in {report[1] for report in one.reports}:
                start = min(report[0] for report in one.reports if report[1] == path)
                looks = of_page(one.told, path)
                from_report.append((network(one), ends(looks, start, seen_up=True)))
                from_notice += [
                    (party, ends(looks, day, seen_up=True))
                    for party, day in first_told(one.told, OF_PAGES).items()
                ]
        compare(content_clock(case, filters(period), Clock.REPORT), from_report)
        compare(content_clock(case, filters(period), Clock.NOTICE), from_notice)


def test_how_parties_answered(case, sites):
    source, sent = random.Random(1), []
    for site in sites:
        for day, role, party, reference in site.told:
            marks, at = [], day
            for _ in range(source.randint(0, 3)):
                at += source.uniform(0.1, 4)
                status = source.choice([*ANSWERS, NoticeStatus.BOUNCED, NoticeStatus.NO_ANSWER])
                notices.mark(case, reference, status, at=when(at))
                marks.append((at, status))
            answered = next((at - day for at, status in marks if status in ANSWERS), None)
            sent.append((day, (party, role.value), marks[-1][1] if marks else None, answered))
    for period in PERIODS:
        since, until = period
        expected = defaultdict(list)
        for day, party, last, answered in sent:
            if (since is None or day >= since) and (until is None or day < until):
                expected[party].append((last, answered))
        found = {(one.key, one.role): one for one in compliance(case, filters(period))}
        assert found.keys() == expected.keys()
        for key, marks in expected.items():
            party, last = found[key], Counter(status for status, _ in marks)
            assert party.notices == len(marks)
            assert party.silent == last[None] + last[NoticeStatus.NO_ANSWER]
            for status in (*ANSWERS, NoticeStatus.BOUNCED):
                assert getattr(party, status.value) == last[status]
            days = [answered for _, answered in marks if answered is not None]
            if days:
                assert party.first_answer_days == pytest.approx(median(days), abs=1e-6)
            else:
                assert party.first_answer_days is None
