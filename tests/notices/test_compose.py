from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.errors import InputError
from abusetrack.notices import PRACTICE_MARK, group
from abusetrack.records import NoticeStatus, Role, Rung
from abusetrack.settings import Membership, PolicySettings


def _flat(draft) -> str:
    return " ".join(draft.body.split())


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (50, [50]), (51, [25, 26]), (120, [40, 40, 40])]
)
def test_rows_are_split_evenly_at_fifty(row, count, sizes):
    rows = [row(f"n{number:03}.example") for number in range(count)]
    groups = group(rows[::-1])
    assert [len(part) for part in groups] == sizes
    assert [one for part in groups for one in part] == rows


@pytest.mark.parametrize("count", [0, 51])
def test_no_notice_without_rows_or_with_more_than_fifty(draft, row, count):
    with pytest.raises(InputError, match="1 to 50"):
        draft(rows=[row(f"n{number}.example") for number in range(count)])


def test_the_same_facts_give_the_same_draft(draft):
    assert draft() == draft()


def test_the_subject_has_reference_and_number_and_no_name(draft, row):
    subject = draft(rows=[row(), row("bad-two.example")]).subject
    assert "[HE-2026-000017]" in subject
    assert "2 domain names" in subject
    assert "bad" not in subject


def test_the_reply_is_asked_for_by_the_policys_day(draft):
    made = draft(policy=PolicySettings(reply_by_days=30))
    assert _flat(made).count("31 March 2026") == 2
    assert "a request, not a legal deadline" in _flat(made)


def test_no_name_is_exact_in_the_text(draft, row):
    made = draft(rows=[row("bad.example", unicode="böse.example", hosts=("www.bad.example",))])
    assert "bad.example" not in made.body
    assert "böse.example" not in made.body
    assert "www[.]bad[.]example" in made.body


def test_the_accreditation_agreement_is_named_to_accredited_registrars_only(draft, contact, row):
    assert "3.18.1" in draft().body
    local = replace(contact, party_key="test:sample names ltd")
    assert "Accreditation" not in draft(recipient=local, rows=[row(iana_id=None)]).body
    country = draft(rows=[row("bad.zz")])
    assert "Accreditation" not in country.body
    assert "35 days" not in country.body
    mixed = draft(rows=[row(), row("bad.zz")])
    assert "For the names under generic top-level domains" in _flat(mixed)


def test_no_day_and_no_duty_is_claimed_that_the_field_does_not_give(draft, row):
    body = draft(rows=[row(), row("bad.zz")]).body
    assert not [word for word in ("3.18.2", "3.18.3", "24 hours", "24-hour") if word in body]


def test_membership_is_named_only_if_set(draft, organisation):
    assert "Member of the Example Association of Hotlines, number 17." in _flat(draft())
    alone = organisation.but({"membership": Membership()})
    assert "Member of" not in draft(organisation=alone).body


def test_a_call_back_is_offered_only_with_a_phone(draft, organisation):
    assert "call us back" in draft().body
    silent = organisation.but({"phone": ""})
    assert "call" not in draft(organisation=silent).body


def test_a_table_is_announced_only_where_one_is_attached(draft, contact):
    assert "attached table" in _flat(draft())
    form = replace(contact, email=None, form="https://registrar.example/abuse")
    assert "attached" not in draft(recipient=form).body


def test_practice_is_marked_before_and_after(draft, contact):
    nobody = replace(contact, email="abuse@registrar.invalid")
    made = draft(recipient=nobody, practice=True)
    assert made.subject.startswith(PRACTICE_MARK)
    assert made.body.startswith(PRACTICE_MARK)
    assert made.body.rstrip().endswith(PRACTICE_MARK)
    assert PRACTICE_MARK not in draft().body + draft().subject


def test_practice_writes_to_nobody_real(draft):
    with pytest.raises(InputError, match=r"\.invalid"):
        draft(practice=True)


def test_an_unconfirmed_contact_stops_the_draft(draft, contact):
    with pytest.raises(InputError, match="not confirmed"):
        draft(recipient=replace(contact, confirmed_at=None))


@pytest.mark.parametrize(
    ("status", "answered", "says"),
    [
        (NoticeStatus.SENT, False, "Since then no answer on record"),
        (NoticeStatus.SENT, True, "Since then answered, 19 February 2026"),
        (NoticeStatus.REFUSED, True, "Since then refused, 19 February 2026"),
        (NoticeStatus.NO_ANSWER, False, "Since then no answer"),
    ],
)
def test_what_followed_an_earlier_notice_is_said_in_words(drafted, step, status, answered, says):
    at = step.sent_at + timedelta(days=1) if answered else None
    earlier = (replace(step, status=status, answered_at=at),)
    body = drafted(Role.REGISTRY, Rung.ESCALATION, earlier=earlier).body
    assert says in " ".join(body.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (NoticeStatus.SENT, "We have no outcome on record."),
        (NoticeStatus.ACKNOWLEDGED, "You confirmed on 19 February 2026 that you received it"),
        (NoticeStatus.ACTIONED, "You told us on 19 February 2026 that you had acted"),
    ],
)
def test_a_reminder_does_not_deny_what_was_answered(drafted, step, status, says):
    at = None if status is NoticeStatus.SENT else step.sent_at + timedelta(days=1)
    earlier = (replace(step, status=status, answered_at=at),)
    body = drafted(Role.REGISTRAR, Rung.REMINDER, earlier=earlier).body
    words = " ".join(body.replace("\N{NO-BREAK SPACE}", " ").split())
    assert says in words
    assert ("no outcome on record" in words) is (status is NoticeStatus.SENT)


def test_a_withdrawal_says_that_other_names_of_the_notice_are_not_concerned(drafted, step):
    alone = drafted(Role.REGISTRAR, Rung.WITHDRAWAL)
    assert "are not concerned" not in alone.body
    wide = replace(step, domains=(*step.domains, "zebra.example"))
    some = drafted(Role.REGISTRAR, Rung.WITHDRAWAL, earlier=(wide,))
    assert "Other names in what we wrote are not concerned." in " ".join(some.body.split())
    assert "zebra" not in some.body
