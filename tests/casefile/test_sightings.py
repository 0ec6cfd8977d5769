from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from abusetrack.casefile import reports, sightings
from abusetrack.casefile.sightings import Sighting
from abusetrack.records import HostingAgreement, State

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
SEEN = Sighting(
    domain="a.example",
    at=AT,
    state=State.ACTIVE,
    registration_at=AT,
    registrar_key="iana:9000001",
    registrar="One",
    expires=AT,
    hosting_at=None,
    hosting_country="NL",
    hosting_verdict=HostingAgreement.MAJORITY,
    asn=64500,
    as_name="EXAMPLE",
    cdn=None,
)


def test_sightings_come_back_as_kept_oldest_first(case, report, discarded):
    reports.add(case, [report("a.example")], [], discarded, label="x")
    older = replace(SEEN, at=AT.replace(year=2025), state=State.HELD_BY_REGISTRAR)
    sightings.write(case, [SEEN, older])
    assert sightings.of_domain(case, "a.example") == (older, SEEN)


def test_a_lookup_judged_again_stands_once(case, report, discarded):
    reports.add(case, [report("a.example")], [], discarded, label="x")
    sightings.write(case, [SEEN])
    again = replace(SEEN, registrar="Uno", hosting_at=AT)
    sightings.write(case, [again])
    assert sightings.of_domain(case, "a.example") == (again,)


def test_what_was_never_reported_is_left_out(case):
    sightings.write(case, [SEEN])
    assert case.value("SELECT count(*) FROM sighting") == 0
