from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack.casefile import open_case_file, projection, reports
from abusetrack.metrics.concentration import concentration, rank
from abusetrack.names import Names
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Discarded,
    Findings,
    HostingAgreement,
    Report,
    State,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def case(tmp_path, clock):
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as opened:
        yield opened


@pytest.fixture
def add(case):
    names = Names()

    def run(domain, registrar, *, confirmed=True, urls=1, agreement="unanimous", country="NL"):
        outcome = AssessmentOutcome.CONFIRMED if confirmed else AssessmentOutcome.NOT_ILLEGAL
        given = [
            Report(
                target=names.target(f"https://{domain}/{number}"),
                received_at=NOON,
                source="public",
                assessment=Assessment(outcome, NOON, "test"),
            )
            for number in range(urls)
        ]
        reports.add(case, given, (), Discarded(), label="test")
        found = Findings(
            domain=domain,
            state=State.ACTIVE,
            states=(State.ACTIVE,),
            state_reason="",
            registrar_key=f"iana:{registrar}" if registrar else None,
            registrar=f"Registrar {registrar}" if registrar else None,
            registrar_iana_id=registrar,
            registrar_reason="" if registrar else "rate limited",
            created=None,
            expires=None,
            hosting_country=country if agreement == "unanimous" else None,
            hosting_verdict=HostingAgreement(agreement),
            hosting_reason="",
            asn=64500,
            as_name="EXAMPLE",
            cdn=None,
            persistent=None,
            persistent_reason="",
            looked_up_at=NOON,
            as_of=NOON,
        )
        projection.write(case, [found])

    return run


def test_only_confirmed_domains_are_in_the_share(case, add):
    add("example.com", 1, urls=3)
    add("example.net", 1)
    add("example.org", 2)
    add("example.edu", 2, confirmed=False)
    found = concentration(case, "registrars")
    assert found.domains == 3
    assert found.other_domains == 1
    first, second = found.rows
    assert (first.key, first.domains, first.urls, first.reports) == ("iana:1", 2, 4, 4)
    assert first.share == pytest.approx(2 / 3)
    assert (second.domains, second.other_domains) == (1, 1)


def test_what_is_not_known_is_in_the_denominator_and_stands_last(case, add):
    add("example.com", 1)
    add("example.net", None)
    add("example.org", None)
    found = concentration(case, "registrars")
    assert [row.name for row in found.rows] == ["Registrar 1", "not known"]
    assert found.rows[0].share == pytest.approx(1 / 3)
    assert found.top_share == pytest.approx(1 / 3)


def test_countries_keep_cdn_and_disputed_apart(case, add):
    add("example.com", 1)
    add("example.net", 1, agreement="cdn")
    add("example.org", 1, agreement="disputed")
    names = {row.name for row in concentration(case, "countries").rows}
    assert names == {"NL", "CDN: origin unknown", "disputed"}


def test_a_period_goes_by_the_first_confirmation(case, add):
    add("example.com", 1)
    day = NOON.replace(hour=0)
    assert concentration(case, "registries", since=day).domains == 1
    assert concentration(case, "registries", until=day).domains == 0


def test_nothing_confirmed_has_no_share():
    found = rank(
        "registrars",
        [{"key": "a", "name": "A", "domains": 0, "urls": 0, "reports": 0, "other_domains": 2}],
    )
    assert found.top_share is None
    assert found.rows[0].share == 0


def test_the_top_ten_leave_the_eleventh_out():
    rows = [
        {"key": str(n), "name": str(n), "domains": 1, "urls": 1, "reports": 1, "other_domains": 0}
        for n in range(12)
    ]
    assert rank("registrars", rows).top_share == pytest.approx(10 / 12)


def test_sisters_count_as_one_or_apart(case, add):
    add("example.com", 1, urls=2)
    add("example.net", 2)
    add("example.org", 3)
    add("example.edu", 2, confirmed=False)
    add("example.info", None)
    families = {"iana:1": "Group", "iana:2": "Group", "iana:9": "Other"}
    together = concentration(case, "registrars", families=families)
    first, second, last = together.rows
    assert (first.key, first.name, first.members) == (
        "family:Group", "Group", ("Registrar 1", "Registrar 2"),
    )  # fmt: skip
    assert (first.domains, first.urls, first.reports, first.other_domains) == (2, 3, 3, 1)
    assert (second.key, second.members, last.key) == ("iana:3", (), None)
    apart = concentration(case, "registrars")
    assert {row.key for row in apart.rows} == {"iana:1", "iana:2", "iana:3", None}
    assert (together.domains, together.other_domains) == (apart.domains, apart.other_domains)
