from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.notices import RULES, NoRecipient, recipient_of
from abusetrack.notices.recipients import iana_id, mailbox
from abusetrack.records import Role


def _reason(contact, *, practice=False) -> str:
    chosen = recipient_of(contact, Role.REGISTRAR, practice=practice)
    assert isinstance(chosen, NoRecipient)
    return chosen.reason


def test_a_confirmed_address_is_taken(contact):
    assert recipient_of(contact, Role.REGISTRAR, practice=False) == contact


def test_no_contact_is_a_reason():
    assert "No abuse contact" in _reason(None)


def test_an_unconfirmed_contact_is_a_reason(contact):
    assert "not confirmed" in _reason(dataclasses.replace(contact, confirmed_at=None))


def test_the_no_send_list_is_a_reason(contact):
    chosen = recipient_of(contact, Role.REGISTRAR, practice=False, no_send="a registry's own desk")
    assert isinstance(chosen, NoRecipient)
    assert "no-send list (a registry's own desk)" in chosen.reason


def test_every_role_has_its_notice():
    assert set(RULES) == set(Role)


def test_a_phone_alone_is_a_reason(contact):
    assert "neither" in _reason(dataclasses.replace(contact, email=None))


def test_an_unusable_address_with_a_form_leaves_the_form(contact):
    form = "https://registrar.example/abuse"
    both = dataclasses.replace(contact, email="abuse@a.example, x@b.example", form=form)
    chosen = recipient_of(both, Role.REGISTRAR, practice=False)
    assert (chosen.email, chosen.form) == (None, form)


@pytest.mark.parametrize(
    ("email", "form", "allowed"),
    [
        ("abuse@registrar.invalid", None, True),
        (None, "https://registrar.invalid/abuse", True),
        (None, "https://registrar.invalid:8443", True),
        ("abuse@registrar.example", None, False),
        ("abuse@notinvalid", "https://registrar.invalid/", True),  # no address, so not written to
        ("abuse@registrar.invalid", "https://registrar.example/", False),
        (None, "https://registrar.example/?.invalid", False),
        (None, "https://a.invalid@registrar.example/", False),
        (None, "https://registrar.example\\.invalid/", False),
        (None, "registrar.invalid", True),
    ],
)
def test_practice_writes_to_nobody(contact, email, form, allowed):
    chosen = recipient_of(
        dataclasses.replace(contact, email=email, form=form), Role.REGISTRAR, practice=True
    )
    assert isinstance(chosen, NoRecipient) is not allowed


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" abuse+eu@registrar.example ", "abuse+eu@registrar.example"),
        ("abuse@BÜCHER.example", "abuse@xn--bcher-kva.example"),
        ("Abuse <abuse@registrar.example>", None),
        ("a@x.example,b@y.example", None),
        ("a@x.example\r\nBcc: b@y.example", None),
        ("a..b@x.example", None),
        ("@x.example", None),
        ("abuse@", None),
        ("abuse", None),
        ("abuse@localhost", None),
        ("åbuse@x.example", None),
        ("a@" + "x" * 300 + ".example", None),
    ],
)
def test_only_bare_addresses_are_written_to(text, address):
    assert mailbox(text) == address


@given(st.text() | st.emails())
def test_an_address_has_one_at_and_no_space(text):
    address = mailbox(text)
    assert address is None or (address.count("@") == 1 and address.isascii())
    assert address is None or not set(address) & set(' ,;:<>()[]"\\\r\n\t')


def test_iana_ids(contact):
    assert iana_id(contact) == 64500
    assert iana_id(dataclasses.replace(contact, party_key="test:sample names")) is None
