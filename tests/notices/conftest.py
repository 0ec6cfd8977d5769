"""Organisation, contacts and rows of notices; golden texts with a readable difference."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from abusetrack.notices import compose_registrar
from abusetrack.records import Contact, ContactOrigin, Draft, NoticeRow, Role, SiteKind
from abusetrack.settings import Membership, Organisation, PolicySettings

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def organisation() -> Organisation:
    """A hotline with every setting that a notice uses."""
    return Organisation(
        name="Hotline Exempla",
        mandate=(
            "We take reports of child sexual abuse material from the public, under an agreement "
            "with the police of Exempla, and assess them by its law."
        ),
        website="https://hotline.example/",
        verification_url="https://hotline.example/who-writes",
        membership=Membership(network="the Example Association of Hotlines", number="17"),
        jurisdiction="Exempla",
        postal_address="1 Harbour Road\n1000 Port Exempla",
        email="notices@hotline.example",
        phone="+999 1 555 0100",
        phone_hours="Monday to Friday, 08:00 to 16:00 UTC",
        dispute_email="disputes@hotline.example",
        openpgp_fingerprint="0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
        reference_prefix="HE",
    )


@pytest.fixture
def contact() -> Contact:
    """A confirmed contact of a registrar with an IANA ID."""
    return Contact(
        party_key="iana:64500",
        party_name="Sample Names Ltd",
        role=Role.REGISTRAR,
        email="abuse@registrar.example",
        form=None,
        phone="+999 2 555 0199",
        origin=ContactOrigin.AUTOMATIC,
        source="registrar RDAP https://rdap.registrar.example/",
        as_of=AT - timedelta(days=10),
        confirmed_by="analyst",
        confirmed_at=AT - timedelta(days=9),
    )


RowMaker = Callable[..., NoticeRow]


@pytest.fixture
def row() -> RowMaker:
    """Make a row; any field can be given another value."""

    def make(domain: str = "bad-one.example", **changes: object) -> NoticeRow:
        plain = NoticeRow(
            domain=domain,
            unicode=domain,
            hosts=(domain, f"www.{domain}"),
            registrar="Sample Names Ltd",
            iana_id=64500,
            statuses=("clientTransferProhibited",),
            registration_source="registrar RDAP, https://rdap.registrar.example/",
            registration_asked_at=AT - timedelta(hours=3),
            evidence_sha256="ab" * 32,
            kind=SiteKind.DEDICATED,
            confirmed_urls=4,
            first_confirmed=AT - timedelta(days=20, hours=2),
            last_confirmed=AT - timedelta(days=1, minutes=47),
            legal_category="Category A",
            law="Exempla Child Protection Act 2001, section 3",
            reference="HE-R-20417",
        )
        return dataclasses.replace(plain, **changes)

    return make


DraftMaker = Callable[..., Draft]


@pytest.fixture
def draft(organisation: Organisation, contact: Contact, row: RowMaker) -> DraftMaker:
    """Compose a draft; organisation, recipient, rows and the rest can be given."""

    def make(**changes: object) -> Draft:
        arguments: dict[str, object] = {
            "organisation": organisation,
            "recipient": contact,
            "rows": [row()],
            "reference": "HE-2026-000017",
            "at": AT,
            "policy": PolicySettings(),
            "practice": False,
        }
        return compose_registrar(**(arguments | changes))

    return make


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with ``tests/golden/NAME``; ``UPDATE_GOLDEN=1`` writes it anew."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        stored = path.read_text(encoding="utf-8") if path.exists() else ""
        difference = "\n".join(
            difflib.unified_diff(
                stored.splitlines(), text.splitlines(), f"golden/{name}", "now", lineterm=""
            )
        )
        if difference:
            pytest.fail(
                f"{difference}\n\nRead it as the receiver would; if it is right, run "
                "the test again with UPDATE_GOLDEN=1.",
                pytrace=False,
            )

    return check
