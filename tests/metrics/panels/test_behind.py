"""Every row leads to the domains that it counts: as many as it says, and each of them its own."""

from __future__ import annotations

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from abusetrack.casefile import changes, content, projection, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Surroundings
from abusetrack.metrics.panels.behind import domains_behind
from abusetrack.metrics.panels.model import ALL, NOT_KNOWN
from abusetrack.records import (
    AssessmentOutcome,
    Change,
    ChangeKind,
    ContentState,
    ContentStatus,
    HostingAgreement,
    Role,
    SiteKind,
)

_spec = importlib.util.spec_from_file_location("truth", Path(__file__).parents[1] / "truth.py")
truth = importlib.util.module_from_spec(_spec)
sys.modules["truth"] = truth
_spec.loader.exec_module(truth)

NOON = truth.NOON
AROUND = Surroundings(
    now=NOON + timedelta(days=200), families={"iana:1": "Sisters", "iana:2": "Sisters"}
)
KINDS = {kind.key: kind for kind in PANELS}
CHOSEN = {
    "all": Filters(),
    "month": Filters(since=truth.when(10), until=truth.when(40)),
    "now": Filters(at_the_time=False),
    "commercial": Filters(commercial=True),
    "source": Filters(source="public"),
    "registrar": Filters(registrar="iana:1"),
    "country": Filters(country="NL"),
}
# The column of a row that counts domains, where that is its unit.
DOMAINS = {
    **dict.fromkeys(
        ("registrars", "families", "registries", "parties", "networks", "cdns", "countries"), 1
    ),
    "moves": 3,
    "domains-from-report": 1,
    "displacement": 1,
}
OTHER_UNIT = {"removals seen", "hopping strings", "hops of these"}


@pytest.fixture(params=[1, 2])
def world(request, case, report, see, notify):
    for number, one in enumerate(truth.world(request.param)):
        for day, outcome, kind, source, commercial in one.reports:
            report(one.name, day=day, outcome=outcome, kind=kind, source=source,
                   commercial=commercial)  # fmt: skip
        for look in one.looks:
            see(one.name, **look)
        for day, party in one.notices:
            notify(one.name, day=day, party=party, name=f"Party {party}")
        if number % 3 == 0:
            notify(one.name, day=20, role=Role.HOST, party="asn:64500", name="Host")
            status = ContentStatus(ContentState.GONE, truth.when(70), "desk")
            content.add(case, one.name, status)
        if number % 4 == 0:
            kind = (ChangeKind.GONE, ChangeKind.RETURNED, ChangeKind.HOST_MOVED)[number % 3]
            at = truth.when(75)
            changes.write(case, {one.name: [Change(kind, one.name, "a", "b", at, at, at)]})


def listed(case, ids):
    """Return the names in the list of domains that a row leads to."""
    found = projection.rows(case, projection.ids(case, ListQuery(among=ids)))
    return {row.domain for row in found}


@pytest.mark.parametrize("chosen", list(CHOSEN))
def test_a_row_leads_to_as_many_domains_as_it_counts(case, world, chosen):
    for key in KINDS:
        rows_lead_to_what_they_count(case, key, CHOSEN[chosen])


def rows_lead_to_what_they_count(case, key, filters):
    table = KINDS[key].build(case, filters, AROUND).table
    for row, leads_to in zip(table.rows, table.keys, strict=True):
        if leads_to is None:
            assert row[1] == 0
            continue
        found = listed(case, domains_behind(case, key, filters, AROUND, leads_to))
        assert found
        if key in DOMAINS and row[0] not in OTHER_UNIT:
            assert len(found) == row[DOMAINS[key]], row
        elif key == "kinds":
            assert len(found) == sum(row[1:-1]), row
        elif key not in {"regions", "displacement"}:
            assert len(found) <= sum(cell for cell in row if isinstance(cell, int)), row
    if key in {"registrars", "families", "registries", "parties", "networks", "cdns"}:
        every = [domains_behind(case, key, filters, AROUND, one) for one in table.keys if one]
        assert len(set().union(*every)) == sum(map(len, every))  # nobody is in two rows


@pytest.mark.parametrize("key", ["registrars", "countries", "networks", "cdns"])
def test_the_row_of_what_is_not_known_leads_to_those_domains(case, report, see, key):
    report("seen.test")
    see("seen.test")
    report("unseen.test")
    table = KINDS[key].build(case, Filters(), AROUND).table
    assert NOT_KNOWN in table.keys
    ids = domains_behind(case, key, Filters(), AROUND, NOT_KNOWN)
    assert listed(case, ids) == {"unseen.test"}


def test_a_row_leads_to_what_it_counted_then_not_to_what_is_so_now(case, report, see):
    report("moved.test")
    see("moved.test", day=1, registrar=1)
    see("moved.test", day=30, registrar=2)
    assert listed(case, domains_behind(case, "registrars", Filters(), AROUND, "iana:1")) == {
        "moved.test"
    }
    assert domains_behind(case, "registrars", Filters(), AROUND, "iana:2") == ()


def test_cdn_disputed_and_families_lead_to_their_domains(case, report, see):
    for number, (name, what) in enumerate(
        {
            "cdn.test": {"agreement": HostingAgreement.CDN, "cdn": "Front"},
            "split.test": {"agreement": HostingAgreement.DISPUTED},
            "plain.test": {},
        }.items()
    ):
        report(name)
        see(name, registrar=number + 1, **what)

    def behind(key, row):
        return listed(case, domains_behind(case, key, Filters(), AROUND, row))

    assert behind("countries", "cdn") == {"cdn.test"}
    assert behind("countries", "disputed") == {"split.test"}
    assert behind("cdns", "Front") == {"cdn.test"}
    assert behind("cdns", "none") == {"split.test", "plain.test"}
    assert behind("families", "family:Sisters") == {"cdn.test", "split.test"}
    assert behind("families", "iana:3") == {"plain.test"}


def test_pages_lead_to_their_domains_and_marks_to_those_told_of(case, report, notify):
    for name in ("one.test", "two.test"):
        report(name)
        notify(name, day=1, role=Role.HOST, party="asn:64500", name="Host")
        content.add(case, name, ContentStatus(ContentState.GONE, NOON + timedelta(days=3), "desk"))
    report("three.test")

    def behind(key, row):
        return listed(case, domains_behind(case, key, Filters(), AROUND, row))

    for key in ("pages-from-report", "pages-from-notice"):
        assert behind(key, ALL) == {"one.test", "two.test"}
    assert behind("pages-from-notice", "asn:64500") == {"one.test", "two.test"}
    assert behind("answers", "host>asn:64500") == {"one.test", "two.test"}
    assert behind("answers", "silent") == {"one.test", "two.test"}
    assert behind("answers", "refused") == set()


def test_a_step_of_reports_leads_to_the_domains_reported_then(case, report):
    report("first.test", day=0, outcome=AssessmentOutcome.NOT_ASSESSED)
    report("second.test", day=40, kind=SiteKind.DEDICATED)
    for step, name in (("2026-03-01", "first.test"), ("2026-04", "second.test")):
        assert listed(case, domains_behind(case, "work", Filters(), AROUND, step)) == {name}


def test_what_a_row_leads_to_comes_back_as_it_was_left(case, report, see):
    for name in ("one.test", "two.test"):
        report(name)
        see(name, registrar=int(name == "two.test"))
    ids = domains_behind(case, "registrars", Filters(), AROUND, "iana:1")
    assert saved.decode(saved.encode(ListQuery(among=ids))) == ListQuery(among=ids)
    assert listed(case, ()) == set()
    assert listed(case, ids) == {"two.test"}
