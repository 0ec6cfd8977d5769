from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from abusetrack.casefile import notices, open_case_file, reports, sightings
from abusetrack.casefile.sightings import Sighting
from abusetrack.names import Names
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    Discarded,
    Draft,
    HostingAgreement,
    NoticeRow,
    NoticeStatus,
    Report,
    Role,
    Rung,
    SiteKind,
    State,
)

# The second computation of every figure, for the tests beside this file.
_spec = importlib.util.spec_from_file_location("truth", Path(__file__).with_name("truth.py"))
sys.modules["truth"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sys.modules["truth"])

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def names(tmp_path_factory):
    suffixes = tmp_path_factory.mktemp("names") / "suffixes.dat"
    suffixes.write_text("// ===BEGIN ICANN DOMAINS===\ntest\n// ===END ICANN DOMAINS===\n")
    return Names(suffixes)


@pytest.fixture
def notice_row():
    def make(domain):
        return NoticeRow(
            domain=domain, unicode=domain, hosts=(domain,), registrar="Registrar 1", iana_id=1,
            statuses=("ok",), registration_source="test", registration_asked_at=NOON,
            evidence_sha256="", kind=SiteKind.DEDICATED, confirmed_urls=1, first_confirmed=NOON,
            last_confirmed=NOON, legal_category="A", law="Act", reference="T/1",
        )  # fmt: skip

    return make


@pytest.fixture
def case(tmp_path, clock):
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as opened:
        yield opened


@pytest.fixture
def report(case, names):
    """Take in one report of a domain, ``day`` days after the first noon."""
    numbers = count(1)

    def run(
        domain,
        *,
        day=0.0,
        outcome=AssessmentOutcome.CONFIRMED,
        kind=SiteKind.DEDICATED,
        path=None,
        source="public",
        commercial=None,
        category=None,
        reference=None,
        disguised=None,
    ):
        at = NOON + timedelta(days=day)
        finding = Assessment(
            outcome, at, "test", kind, commercial=commercial, disguised=disguised,
            legal_category=category,
        )  # fmt: skip
        given = Report(
            target=names.target(f"https://{domain}/{path or next(numbers)}"),
            received_at=at,
            source=source,
            reference=reference,
            assessment=finding,
        )
        reports.add(case, [given], (), Discarded(), label="test")

    return run


@pytest.fixture
def see(case):
    """Keep what one lookup of a domain came to, ``day`` days after the first noon."""

    def run(
        domain,
        *,
        day=0.1,
        registrar=1,
        country="NL",
        agreement=HostingAgreement.UNANIMOUS,
        registration_day=None,
        hosting_day=None,
        state=State.ACTIVE,
        asn=64500,
        cdn=None,
        expires_day=None,
    ):
        at = NOON + timedelta(days=day)
        known = agreement in {HostingAgreement.UNANIMOUS, HostingAgreement.MAJORITY}
        sightings.write(
            case,
            [
                Sighting(
                    domain=domain,
                    at=at,
                    state=state,
                    registration_at=at
                    if registration_day is None
                    else NOON + timedelta(days=registration_day),
                    registrar_key=f"iana:{registrar}" if registrar else None,
                    registrar=f"Registrar {registrar}" if registrar else None,
                    expires=None if expires_day is None else NOON + timedelta(days=expires_day),
                    hosting_at=at if hosting_day is None else NOON + timedelta(days=hosting_day),
                    hosting_country=country if known else None,
                    hosting_verdict=agreement,
                    asn=asn,
                    as_name="EXAMPLE",
                    cdn=cdn,
                )
            ],
        )

    return run


@pytest.fixture
def notify(case, notice_row):
    """Export a notice about a domain and mark it sent ``day`` days after the first noon."""

    def run(
        domain, *, day, role=Role.REGISTRAR, party="iana:1", name="Registrar 1", rung=Rung.FIRST
    ):
        contact = Contact(
            party, name, role, "abuse@r.example", None, None, ContactOrigin.MANUAL, "test", NOON,
            confirmed_by="test", confirmed_at=NOON,
        )  # fmt: skip
        reference = notices.next_reference(case, "T")
        draft = Draft(
            reference, role, contact, "subject", "body", (notice_row(domain),), NOON, "t 1", False,
            rung=rung,
        )  # fmt: skip
        notices.record_export(case, draft, [])
        notices.mark(case, reference, NoticeStatus.SENT, at=NOON + timedelta(days=day))
        return reference

    return run
