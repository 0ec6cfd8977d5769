"""A small random world, written into a case file, and every figure of it in plain Python.

Written from docs/metrics.md, without SQL and without the code that it is compared with.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from abusetrack.records import (
    AssessmentOutcome,
    HostingAgreement,
    SiteKind,
    State,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
COUNTRIES = ("NL", "US", "DE", "SG", "FR")
GONE_BY_REGISTRY = {State.HELD_BY_REGISTRY, State.HELD_BY_REGISTRAR, State.REDEMPTION}
GONE_IN_DNS = {State.NOT_REGISTERED, State.NOT_DELEGATED, State.PARKED}
KNOWN = {HostingAgreement.UNANIMOUS, HostingAgreement.MAJORITY}


def when(day):
    return NOON + timedelta(days=day)


@dataclass
class Told:
    """One domain: everything that is written of it, with the days."""

    name: str
    reports: list = field(default_factory=list)  # (day, outcome, kind, source, commercial)
    looks: list = field(default_factory=list)  # dicts of the fixture `see`
    notices: list = field(default_factory=list)  # (day, party)


def world(seed, count=40):
    source = random.Random(seed)
    found = []
    for number in range(count):
        one = Told(f"name{number}.test")
        start, registrar = source.uniform(0, 50), source.choice([1, 1, 1, 2, 2, 3, 4, None])
        kind, commercial = source.choice(list(SiteKind)), source.choice([True, False, None])
        for _ in range(source.randint(1, 3)):
            outcome = source.choice(
                [AssessmentOutcome.CONFIRMED] * 4 + [AssessmentOutcome.NOT_ILLEGAL]
            )
            day = start + source.choice([0, source.uniform(0, 20)])
            one.reports.append(
                (day, outcome, kind, source.choice(["public", "partner"]), commercial)
            )
        day, state = start - source.uniform(-1, 6), State.ACTIVE
        for _ in range(source.randint(0, 6)):
            if source.random() < 0.25:
                state = source.choice([*sorted(GONE_BY_REGISTRY | GONE_IN_DNS), State.ACTIVE])
            agreement = source.choice(
                [HostingAgreement.UNANIMOUS] * 4 + [HostingAgreement.CDN, HostingAgreement.DISPUTED]
            )
            behind = agreement is HostingAgreement.CDN
            one.looks.append(
                {
                    "day": day,
                    "registrar": registrar,
                    "country": source.choice(COUNTRIES),
                    "agreement": agreement,
                    "state": source.choice([state, state, state, State.UNKNOWN]),
                    "asn": source.choice([64500, 64501, 64502]),
                    "cdn": "Example CDN" if behind else None,
                    # Sometimes the answer was kept from before.
                    "registration_day": day - source.choice([0, 0, 0, 2]),
                    "hosting_day": day - source.choice([0, 0, 0, 2]),
                }
            )
            day += source.choice([0.02, 1, 5, 11]) + source.random() / 100
        for _ in range(source.choice([0, 0, 1, 2])):
            one.notices.append((start + source.uniform(0, 15), f"iana:{source.randint(1, 3)}"))
        found.append(one)
    return found


@dataclass
class Counted:
    """One domain that counts, and for whom."""

    told: object  # everything that is written of it
    first: float
    reports: object  # those that fit, or how many
    registered: dict | None  # the look that says the registrar
    hosted: dict | None

    @property
    def registrar(self):
        known = self.registered and self.registered["registrar"]
        return f"iana:{known}" if known else None

    @property
    def country(self):
        """The country, "cdn", "disputed", or None."""
        return self.hosted and place(self.hosted)


def place(look):
    if look["agreement"] in KNOWN:
        return look["country"]
    return {HostingAgreement.CDN: "cdn", HostingAgreement.DISPUTED: "disputed"}[look["agreement"]]


def counted(domains, since=None, until=None, kind=None, source=None, commercial=None):
    for told in domains:
        fitting = [
            report[0]
            for report in told.reports
            if report[1] is AssessmentOutcome.CONFIRMED
            and (since is None or report[0] >= since)
            and (until is None or report[0] < until)
            and (kind is None or report[2] is kind)
            and (source is None or report[3] == source)
            and (commercial is None or report[4] is commercial)
        ]
        if fitting:
            first = min(fitting)
            after = sorted((x for x in told.looks if x["day"] >= first), key=lambda x: x["day"])
            near = [
                next((x for x in after if first <= x[key] <= first + 7), None)
                for key in ("registration_day", "hosting_day")
            ]
            yield Counted(told, first, len(fitting), *near)


KEYS = {
    "registrars": lambda one: one.registrar,
    "registries": lambda one: "test",
    "registrars or registries": lambda one: (
        one.registrar or ("tld:test" if one.registered else None)
    ),
    "networks": lambda one: one.hosted and str(one.hosted["asn"]),
    "cdns": lambda one: one.hosted and (one.hosted["cdn"] or "none"),
    "countries": lambda one: one.country,
}


def concentration(ones, by):
    """Return (key -> domains, key -> reports, top-10 share, HHI, number for 75 %)."""
    domains = Counter(KEYS[by](one) for one in ones)
    reports = Counter()
    for one in ones:
        reports[KEYS[by](one)] += one.reports
    known = sorted((n for key, n in domains.items() if key is not None), reverse=True)
    top = sum(known[:10]) / len(ones) if ones else None
    hhi = sum((100 * n / sum(known)) ** 2 for n in known) if known else None
    needed = next((n for n in range(1, len(known) + 1) if sum(known[:n]) >= 0.75 * len(ones)), None)
    return domains, reports, top, hhi, needed


def hosting(ones, until=None):
    """Return (place -> domains, (from, to) -> moves)."""
    places, moves = Counter(), Counter()
    for one in ones:
        end = max(until if until is not None else 10**6, one.first + 7)
        seen = {place(x) for x in one.told.looks if one.first <= x["hosting_day"] < end}
        places.update(seen or {None})
        path = [
            x
            for x in sorted(one.told.looks, key=lambda x: x["day"])
            if x["agreement"] in KNOWN and x["hosting_day"] >= one.first
        ]
        for a, b in pairwise(path):
            inside = until is None or b["hosting_day"] < until
            if a["country"] != b["country"] and inside:
                moves[a["country"], b["country"]] += 1
    return places, moves


def case_of(told, start):
    """Return (days surely up, days when surely gone or None), "down" or "unchecked"."""
    looks = []
    checks = [
        (max(x["registration_day"], x["hosting_day"]), x["state"])
        for x in sorted(told.looks, key=lambda x: x["day"])
        if x["state"] is not State.UNKNOWN
    ]
    for number, (day, state) in enumerate(checks):
        if state in GONE_BY_REGISTRY:
            looks.append((day, False))
        elif state not in GONE_IN_DNS:
            looks.append((day, True))
        else:
            for later, then in checks[number + 1 :]:
                if then in GONE_BY_REGISTRY or (then in GONE_IN_DNS and later - day >= 1 / 24):
                    looks.append((day, False))
                    break
                if then not in GONE_IN_DNS:
                    break
    before = [up for day, up in looks if day < start]
    after = [(day, up) for day, up in looks if day >= start]
    if not after:
        return "unchecked"
    if (before and not before[-1]) or (not before and not after[0][1]):
        return "down"
    last_up = start
    for day, up in after:
        if not up:
            return last_up - start, day - start
        last_up = day
    return last_up - start, None


def from_report(ones):
    return [(one.registrar, case_of(one.told, one.first)) for one in ones]


def from_notice(ones):
    for one in ones:
        first = {}
        for day, party in one.told.notices:
            first[party] = min(day, first.get(party, day))
        for party, day in first.items():
            yield party, case_of(one.told, day)


def kaplan_meier(times):
    """Return [(day, share left)] of (days, removed) pairs."""
    left, curve = 1.0, []
    for day in sorted({day for day, _ in times}):
        at_risk = sum(other >= day for other, _ in times)
        gone = sum(other == day and removed for other, removed in times)
        left *= 1 - gone / at_risk
        curve.append((day, left))
    return curve


def conduct(domains, ones):
    """Return party -> (told of, reported again)."""
    found = defaultdict(list)
    for one in ones:
        first = {}
        for day, party in one.told.notices:
            first[party] = min(day, first.get(party, day))
        newest = max(r[0] for r in one.told.reports if r[1] is AssessmentOutcome.CONFIRMED)
        for party, day in first.items():
            if isinstance(case_of(one.told, day), tuple):
                found[party].append(newest > day)
    return {party: (len(again), sum(again)) for party, again in found.items()}


def middle(values):
    return median(values) if values else None
