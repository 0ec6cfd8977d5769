"""Organisation, contacts and rows of notices; golden texts with a readable difference."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from abusetrack.notices import RULES, Request, compose
from abusetrack.notices.roles import RoleRules
from abusetrack.records import (
    Contact,
    ContactOrigin,
    Draft,
    NoticeRow,
    NoticeStatus,
    Page,
    Role,
    Rung,
    SiteKind,
    Step,
)
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
    """Compose a draft; organisation, what is requested and the rest can be given."""
    fields = [field.name for field in dataclasses.fields(Request)]

    def make(**changes: object) -> Draft:
        wanted: dict[str, object] = {
            "role": Role.REGISTRAR,
            "rung": Rung.FIRST,
            "recipient": contact,
            "rows": [row()],
        } | {name: changes.pop(name) for name in fields if name in changes}
        arguments: dict[str, object] = {
            "organisation": organisation,
            "request": Request(**(wanted | {"rows": tuple(wanted["rows"])})),
            "reference": "HE-2026-000017",
            "at": AT,
            "policy": PolicySettings(),
            "practice": False,
        }
        return compose(**(arguments | changes))

    return make


@pytest.fixture
def step() -> Step:
    """An earlier notice on the default row, sent and not answered."""
    return Step(
        reference="HE-2026-000009",
        role=Role.REGISTRAR,
        rung=Rung.FIRST,
        party_key="iana:64500",
        party_name="Sample Names Ltd",
        exported_at=AT - timedelta(days=12),
        status=NoticeStatus.SENT,
        sent_at=AT - timedelta(days=11),
        channel="mail",
        their_reference="T-88",
        domains=("bad-one.example",),
    )


PAGES = (
    Page(
        "https://bad-one.example/a/b?c=7", AT - timedelta(days=2), "Category A",
        "Exempla Child Protection Act 2001, section 3", "only with a referrer from a link list",
    ),
    Page(
        "http://www.bad-one.example:8080/z", AT - timedelta(days=1, minutes=47), "Category A",
        "Exempla Child Protection Act 2001, section 3",
    ),
)  # fmt: skip


@pytest.fixture
def pages() -> tuple[Page, ...]:
    """Two confirmed pages of the default row."""
    return PAGES


DraftedFor = Callable[..., Draft]


@pytest.fixture
def drafted(draft: DraftMaker, contact: Contact, row: RowMaker, step: Step) -> DraftedFor:
    """Compose a good draft to any role on any rung; anything can be given."""

    def make(role: Role, rung: Rung = Rung.FIRST, **changes: object) -> Draft:
        rules = RULES[role]
        hosted: dict[str, object] = {
            "registrar": "", "iana_id": None, "statuses": (),
            "registration_source": "A, resolver.example", "addresses": ("192.0.2.7", "2001:db8::7"),
            "network": "AS64500 Example Net", "country": "ZZ", "pages": PAGES,
        }  # fmt: skip
        party = dataclasses.replace(contact, role=role)
        if role is not Role.REGISTRAR:
            key, name, email = PARTIES[role]
            party = dataclasses.replace(party, party_key=key, party_name=name, email=email)
        wanted: dict[str, object] = {
            "role": role,
            "rung": rung,
            "recipient": party,
            "rows": [row(kind=_kind(rules), **({} if rules.registration else hosted))],
            "earlier": () if rung is Rung.FIRST and role is not Role.ICANN else (step,),
        }
        return draft(**(wanted | changes))

    return make


def _kind(rules: RoleRules) -> SiteKind:
    """Return a kind of site that the role is asked about without a typed reason."""
    return SiteKind.DEDICATED if SiteKind.DEDICATED in rules.kinds else min(rules.kinds)


# Key, name and address of the party that stands for each role.
PARTIES = {
    Role.REGISTRY: ("tld:example", "Example Registry", "abuse@registry.example"),
    Role.RESELLER: ("reseller:small shop", "Small Shop", "abuse@shop.example"),
    Role.HOST: ("asn:64500", "Example Net", "abuse@net.example"),
    Role.CDN: ("cdn:example edge", "Example Edge", "abuse@edge.example"),
    Role.PLATFORM: ("platform:pages.example", "Example Pages", "abuse@pages.example"),
    Role.SEARCH_ENGINE: ("search:example", "Example Search", "abuse@search.example"),
    Role.HOTLINE: ("hotline:ZZ", "Hotline of Zed", "desk@hotline-zz.example"),
    Role.AUTHORITY: ("authority:ZZ", "Police of Zed", "desk@police-zz.example"),
    Role.ICANN: ("icann", "ICANN Contractual Compliance", "compliance@icann.example"),
}


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
