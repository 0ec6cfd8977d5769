from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.contacts import NoSend, NoSendRule, warnings
from abusetrack.records import Contact, ContactEvent, ContactOrigin, ContactOutcome, Role

LIST = NoSend(
    (
        NoSendRule("@rir.example", "hosts nothing"),
        NoSendRule("desk@host.example", "put there by Ann"),
        NoSendRule("@nic.example", "hosts nothing", frozenset({Role.HOST})),
    )
)


@pytest.mark.parametrize(
    "address",
    ["abuse@rir.example", "Abuse@RIR.Example.", "x@mail.rir.example", "DESK@host.example"],
)
def test_listed_addresses_are_found_however_written(address):
    assert "no-send list" in LIST.why(address, Role.HOST)
    assert "no-send list" in LIST.why(address, Role.REGISTRY)


@pytest.mark.parametrize(
    "address", [None, "", "rir.example", "abuse@notrir.example", "abuse@host.example", "a@example"]
)
def test_others_are_not(address):
    assert LIST.why(address, Role.HOST) is None


def test_a_rule_can_hold_for_a_role(noon):
    assert LIST.why("abuse@nic.example", Role.HOST)
    assert LIST.why("abuse@nic.example", Role.REGISTRY) is None
    own = NoSendRule("@nic.example", "put there by Ann")
    assert "Ann" in NoSend((own, *LIST.rules)).why("abuse@nic.example", Role.REGISTRY)


@pytest.fixture
def warned(noon):
    """Return the codes for a ledger of (outcome, days ago), oldest first."""

    def judge(*ledger, age=0, confirmed=None, form=None):
        contact = Contact(
            "iana:9999", "R", Role.REGISTRAR, "abuse@r.example", form, None,
            ContactOrigin.AUTOMATIC, "t", noon - timedelta(days=age),
            confirmed_at=None if confirmed is None else noon - timedelta(days=confirmed),
        )  # fmt: skip
        events = [
            ContactEvent("iana:9999", Role.REGISTRAR, address, outcome,
                         noon - timedelta(days=days), "Ann")
            for outcome, days, address in (
                (*item, "Abuse@r.example") if len(item) == 2 else item for item in ledger
            )
        ]  # fmt: skip
        found = warnings(contact, events, max_age=timedelta(days=365), as_of=noon)
        return [reason.code for reason in found]

    return judge


def test_age_counts_from_when_somebody_last_saw_it_to_be_right(warned):
    assert warned(age=365) == []
    assert warned(age=366) == ["contact_old"]
    assert warned(age=900, confirmed=10) == []
    assert warned((ContactOutcome.ANSWERED, 5), age=900) == []
    assert warned((ContactOutcome.AUTO_REPLY, 5), age=900) == ["contact_old"]


@pytest.mark.parametrize("outcome", [ContactOutcome.BOUNCED, ContactOutcome.OVER_QUOTA])
def test_a_failure_counts_until_there_is_an_answer(warned, outcome):
    assert warned((outcome, 2)) == ["contact_failed"]
    assert warned((outcome, 2), (ContactOutcome.ANSWERED, 1)) == []
    assert warned((ContactOutcome.ANSWERED, 2), (outcome, 1)) == ["contact_failed"]
    assert warned((outcome, 2, "other@r.example")) == []


def test_only_automatic_replies(warned):
    reply = ContactOutcome.AUTO_REPLY
    assert warned((reply, 2)) == []
    assert warned((reply, 2), (reply, 1)) == ["contact_silent"]
    assert warned((reply, 2), (ContactOutcome.ANSWERED, 2), (reply, 1)) == []


def test_a_desk_that_takes_only_its_form(warned):
    form_only = ContactOutcome.FORM_ONLY
    assert warned((form_only, 2)) == ["form_only"]
    assert warned((form_only, 2), form="https://r.example/abuse") == ["form_only"]
    assert warned((form_only, 2), (ContactOutcome.ANSWERED, 1)) == []
