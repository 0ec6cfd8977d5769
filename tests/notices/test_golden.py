"""Whole drafts, as the abuse desk of a registrar reads them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from abusetrack.notices import export
from abusetrack.records import Role, Rung, SiteKind, Terms
from abusetrack.settings import Membership, TrustedFlagger


def _text(draft, organisation) -> str:
    files = export(draft, organisation, ["txt"])
    (text,) = [file for file in files if file.name.endswith(".txt")]
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
    sender = organisation.but(
        {
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


def test_a_hacked_site_to_a_reseller(draft, organisation, contact, row, golden):
    reseller = dataclasses.replace(
        contact, party_key="reseller:small shop", party_name="Small Shop", role=Role.RESELLER
    )
    hacked = row("bakery.example", kind=SiteKind.COMPROMISED, persistence=())
    made = draft(role=Role.RESELLER, recipient=reseller, rows=[hacked])
    golden("reseller-first-hacked.txt", _text(made, organisation))


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
    sender = organisation.but({"mandate": "the hotline of Exempla"})
    only = row(confirmed_urls=4, first_confirmed=row().last_confirmed)
    text = _text(draft(organisation=sender, rows=[only]), sender)
    assert "4 pages, first" not in text
    assert "The hotline of Exempla." in text


def test_a_reminder_to_a_registrar_established_where_we_are_designated(
    drafted, organisation, golden
):
    ours = organisation.but({"designated_in": ("ZZ",)})
    terms = Terms(country="ZZ", signatory=True)
    made = drafted(Role.REGISTRAR, Rung.REMINDER, organisation=ours, terms=terms)
    golden("registrar-reminder-designated.txt", _text(made, ours))


def test_an_escalation_to_a_generic_registry(drafted, organisation, row, golden, step):
    hops = ("seen on 3 top-level domains: example, invalid, test",)
    rows = [row(persistence=hops, registration_source="registry RDAP, https://rdap.example/")]
    host = dataclasses.replace(
        step, reference="HE-2026-000004", role=Role.HOST, party_name="Example Net", channel="form"
    )
    made = drafted(Role.REGISTRY, Rung.ESCALATION, rows=rows, earlier=(host, step))
    golden("registry-escalation-generic.txt", _text(made, organisation))


def test_a_first_notice_to_a_country_registry(drafted, organisation, row, golden):
    terms = Terms(policy="https://registry.example/abuse-policy")
    made = drafted(Role.REGISTRY, rows=[row("bad.zz", iana_id=None)], terms=terms)
    golden("registry-first-country.txt", _text(made, organisation))


def test_a_host_that_offers_services_in_the_union(drafted, organisation, golden):
    terms = Terms(in_union=True, openpgp_fingerprint="0" * 40)
    golden("host-first-union.txt", _text(drafted(Role.HOST, terms=terms), organisation))


def test_a_delivery_network(drafted, organisation, golden):
    golden("cdn-first.txt", _text(drafted(Role.CDN), organisation))


def test_a_platform_and_a_trusted_flagger(drafted, organisation, golden):
    flagger = TrustedFlagger(authority="the Coordinator of Exempla", number="TF-7")
    ours = organisation.but({"trusted_flagger": flagger})
    row = dataclasses.replace(drafted(Role.PLATFORM).rows[0], kind=SiteKind.FORUM)
    terms = Terms(in_union=True, online_platform=True)
    made = drafted(Role.PLATFORM, organisation=ours, rows=[row], terms=terms)
    golden("platform-first-flagger.txt", _text(made, ours))


def test_a_hotline_of_the_hosting_country(drafted, organisation, golden):
    golden("hotline-first.txt", _text(drafted(Role.HOTLINE), organisation))


def test_a_complaint_to_icann(drafted, organisation, golden):
    golden("icann-first.txt", _text(drafted(Role.ICANN), organisation))


def test_a_withdrawal_to_a_registrar(drafted, organisation, golden):
    made = drafted(Role.REGISTRAR, Rung.WITHDRAWAL, reason="typed, never sent")
    golden("registrar-withdrawal.txt", _text(made, organisation))
