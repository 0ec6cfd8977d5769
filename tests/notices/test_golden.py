"""Whole drafts, as the abuse desk of a registrar reads them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from abusetrack.notices import export
from abusetrack.settings import Membership


def _text(draft, organisation) -> str:
    text = export(draft, organisation, ["txt"])[0]
    return text.body.decode()


def test_three_generic_names_of_an_accredited_registrar(draft, organisation, row, golden):
    rows = [
        row("bad-one.example"),
        row(
            "xn--bse-qla.example",
            unicode="böse.example",
            hosts=tuple(f"{letter}.xn--bse-qla.example" for letter in "abcdefgh"),
            statuses=("ok",),
            confirmed_urls=11,
            reference="HE-R-20420",
        ),
        row(
            "bad-two.example",
            statuses=(),
            registration_source="registry RDAP, https://rdap.registry.example/",
            confirmed_urls=1,
            first_confirmed=row().last_confirmed,
            reference="HE-R-20433",
        ),
    ]
    golden("registrar-first-three-generic.txt", _text(draft(rows=rows), organisation))


def test_one_name_of_a_local_registrar_with_a_form_only(draft, organisation, contact, row, golden):
    sender = organisation.model_copy(
        update={
            "mandate": "",
            "phone": "",
            "phone_hours": "",
            "website": "",
            "postal_address": "",
            "openpgp_fingerprint": "",
            "membership": Membership(),
        }
    )
    local = dataclasses.replace(
        contact,
        party_key="test:muster domains",
        party_name="Muster Domains e.K.",
        email=None,
        form="https://muster-domains.example/abuse",
        phone=None,
    )
    only = row(
        "schlecht.test",
        registrar="Muster Domains e.K.",
        iana_id=None,
        statuses=("connect",),
        registration_source="WHOIS, whois.nic.example:43",
    )
    made = draft(organisation=sender, recipient=local, rows=[only], reference="HE-2026-000018")
    golden("registrar-first-one-form-only.txt", _text(made, sender))


def test_fifty_names_of_one_registrar(draft, organisation, row, golden):
    rows = [
        row(
            f"site{number:02}.example",
            confirmed_urls=number,
            first_confirmed=row().first_confirmed + timedelta(hours=number),
            reference=f"HE-R-{20500 + number}",
        )
        for number in range(1, 51)
    ]
    made = draft(rows=rows, reference="HE-2026-000019")
    golden("registrar-first-fifty.txt", _text(made, organisation))


def test_one_moment_and_one_sentence_are_written_as_such(draft, organisation, row):
    sender = organisation.model_copy(update={"mandate": "the hotline of Exempla"})
    only = row(confirmed_urls=4, first_confirmed=row().last_confirmed)
    text = _text(draft(organisation=sender, rows=[only]), sender)
    assert "4 pages, first" not in text
    assert "The hotline of Exempla." in text
