from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from abusetrack.casefile import changes, contact_ledger, directory, notices, replies
from abusetrack.errors import InputError
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Change,
    ChangeKind,
    ContactOutcome,
    NoticeStatus,
    Quality,
    Role,
    Rung,
    SiteKind,
    State,
)
from abusetrack.triage import ledger, ledger_json, taking

SENT = NoticeStatus.SENT


def test_overdue_ones_come_longest_overdue_first(context, case, export_notice, clock):
    one = export_notice(case, reply_by_days=5)
    two = export_notice(case, reply_by_days=2)
    three = export_notice(case, reply_by_days=30)
    for reference in (one, two, three):
        notices.mark(case, reference, SENT)
    clock.move(days=10)
    late = ledger.listing(context, case, overdue_only=True)
    assert [item.row.reference for item in late] == [two, one]
    every = ledger.listing(context, case)
    assert [item.overdue for item in every] == [False, True, True]
    assert ledger_json.listed_json(every[0])["overdue"] is False
    notices.mark(case, two, NoticeStatus.NO_ANSWER)
    assert [i.row.reference for i in ledger.listing(context, case, overdue_only=True)] == [one]


@pytest.fixture
def answer(tmp_path):
    def write(text="We suspended it.", date="Sun, 01 Mar 2026 11:00:00 +0000", name="a.eml"):
        mail = EmailMessage()
        mail["From"], mail["Date"], mail["Subject"] = "desk@registrar.example", date, "Re"
        mail.set_content(text)
        mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png")
        path = tmp_path / name
        path.write_bytes(mail.as_bytes())
        return path

    return write


def test_an_answer_is_filed_with_what_a_person_says_of_it(
    context, case, export_notice, answer, clock
):
    reference = export_notice(case, "a.example")
    clock.move(days=1)
    said = ledger.file_answer(
        context, case, reference, answer(), status=NoticeStatus.ACTIONED,
        outcome=ContactOutcome.ANSWERED, quality=Quality.USEFUL, their_reference="T-7",
    )  # fmt: skip
    assert said.discarded == {"images": 1}
    item = ledger.shown(context, case, reference)
    assert item.answers[0].body.strip() == "We suspended it."
    sent_at = clock.now() - timedelta(days=1, hours=1)
    assert item.answers[0].received_at == sent_at
    assert (item.events[0].status, item.events[0].at) == (NoticeStatus.ACTIONED, sent_at)
    assert item.events[0].their_reference == "T-7"
    assert item.ratings[0].quality is Quality.USEFUL
    (event,) = contact_ledger.events(case, "iana:9999")
    assert (event.outcome, event.address) == (ContactOutcome.ANSWERED, "abuse@registrar.example")
    assert ledger_json.shown_json(item)["answers"][0]["discarded"] == {"images": 1}


def test_a_mail_from_the_future_was_received_now(context, case, export_notice, answer, clock):
    reference = export_notice(case)
    ledger.file_answer(context, case, reference, answer(date="Sun, 01 Mar 2099 11:00:00 +0000"))
    assert replies.answers(case, reference)[0].received_at == clock.now()


def test_nothing_is_kept_of_an_answer_that_cannot_be_filed(context, case, export_notice, answer):
    reference = export_notice(case)
    notices.mark(case, reference, NoticeStatus.WITHDRAWN)
    with pytest.raises(InputError, match="was withdrawn"):
        ledger.file_answer(context, case, reference, answer(), status=NoticeStatus.ACTIONED)
    assert replies.answers(case, reference) == []
    with pytest.raises(InputError, match="There is no notice"):
        ledger.file_answer(context, case, "AT-1", answer())
    with pytest.raises(InputError, match=r"\.eml"):
        ledger.file_answer(context, case, reference, answer(name="a.msg"))


def test_what_is_seen_of_its_domains_stands_beside_a_notice(context, case, export_notice, take):
    take("https://a.test/x")
    reference = export_notice(case, "a.test", "never-reported.test")
    item = ledger.shown(context, case, reference)
    assert [(o.domain, o.state, o.looked_up_at) for o in item.outcomes] == [
        ("a.test", State.UNKNOWN, None),
        ("never-reported.test", State.UNKNOWN, None),
    ]
    assert "does not prove" in ledger_json.shown_json(item)["outcomes_caveat"]
    with pytest.raises(InputError, match="notice list"):
        ledger.shown(context, case, "AT-1")


def test_steps_restate_the_notices_that_still_stand(context, case, export_notice, take, clock):
    take("url,outcome,kind,legal category,law\nhttps://a.test/x,confirmed,dedicated,A,Law 1\n")
    first = export_notice(case, "a.test", "b.test")
    notices.mark(case, first, SENT, channel="web form", their_reference="T-1")
    clock.move(hours=5)
    notices.mark(case, first, NoticeStatus.ACKNOWLEDGED)
    replies.file_answer(case, first, received_at=clock.now() + timedelta(hours=1))
    export_notice(case, "a.test", rung=Rung.WITHDRAWAL)
    gone = export_notice(case, "a.test")
    notices.mark(case, gone, NoticeStatus.WITHDRAWN)
    (step,) = ledger.steps_of(case, "a.test").upheld
    assert (step.reference, step.channel, step.their_reference) == (first, "web form", "T-1")
    assert step.sent_at == clock.now() - timedelta(hours=5)
    assert step.answered_at == clock.now() + timedelta(hours=1)
    assert step.domains == ("a.test", "b.test")
    assert ledger.steps_of(case, "c.test").upheld == ()


def test_the_next_step_by_advice_and_the_settings_waiting_times(
    context, case, export_notice, take, clock
):
    def assess_as(outcome):
        found = Assessment(outcome, clock.now(), "test", SiteKind.DEDICATED, "A", "Law 1")
        taking.assess(context, case, ["site.com"], found)

    take("https://site.com/x")
    nobody = ledger.next_step(context, case, "site.com")
    assert (nobody.rung, "nobody may be told" in nobody.reason) == (None, True)
    reference = export_notice(case, "site.com", party="iana:9999")
    notices.mark(case, reference, SENT)
    step = ledger.next_step(context, case, "site.com")
    assert (step.rung, step.party.key) == (Rung.WITHDRAWAL, "iana:9999")  # nobody confirmed it
    assess_as(AssessmentOutcome.CONFIRMED)
    clock.move(hours=47)
    assert ledger.next_step(context, case, "site.com").rung is None
    clock.move(hours=2)
    step = ledger.next_step(context, case, "site.com")
    assert (step.rung, step.party.key) == (Rung.REMINDER, "iana:9999")
    assert ledger_json.proposal_json(step)["earlier"] == [reference]
    assess_as(AssessmentOutcome.NOT_ILLEGAL)
    step = ledger.next_step(context, case, "site.com")
    assert (step.rung, "was revised" in step.reason) == (Rung.WITHDRAWAL, True)
    assert set(ledger.waiting(context)) == set(Role)
    with pytest.raises(InputError, match="never reported"):
        ledger.next_step(context, case, "other.com")


def test_what_changed_since_it_was_sent_stands_beside_a_notice(
    context, case, export_notice, take, clock
):
    take("https://a.test/x")
    reference = export_notice(case, "a.test")
    sent = clock.now()
    notices.mark(case, reference, SENT)

    def change(kind, days):
        at = sent + timedelta(days=days)
        return Change(kind, "a.test", "active", "held", sent - timedelta(days=9), at, at)

    seen = [change(ChangeKind.REGISTRAR_CHANGED, -1), change(ChangeKind.HOLD_SET, 2)]
    changes.write(case, {"a.test": seen})
    item = ledger.shown(context, case, reference)
    assert item.outcomes[0].changes == (seen[1],)
    made = ledger_json.shown_json(item)["outcomes"][0]["changes"]
    assert [found["kind"] for found in made] == ["hold set"]


def test_directory_and_ledger_agree_on_the_address(context, case, export_notice):
    reference = export_notice(case)
    stored = notices.read(case, reference)
    directory.upsert(case, [stored.recipient])
    contact_ledger.record(case, "iana:9999", Role.REGISTRAR, ContactOutcome.BOUNCED)
    assert contact_ledger.events(case)[0].address == stored.recipient.email
