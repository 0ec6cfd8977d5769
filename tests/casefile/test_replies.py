from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import check, replies
from abusetrack.errors import InputError
from abusetrack.records import Quality


def test_an_answer_is_filed_as_text_that_can_be_erased(case, export_notice, clock):
    reference = export_notice(case, "a.example")
    earlier = clock.now() - timedelta(days=2)
    replies.file_answer(
        case, reference, received_at=clock.now(), sender="desk@r.example", subject="Re: xyzzy",
        body="We suspended it.", discarded={"images": 3, "attachments": 0},
    )  # fmt: skip
    replies.file_answer(case, reference, received_at=earlier, body="Ticket 7")
    first, second = replies.answers(case, reference)
    assert (first.body, first.received_at, first.sender) == ("Ticket 7", earlier, "")
    assert (second.sender, second.subject, second.body) == (
        "desk@r.example", "Re: xyzzy", "We suspended it.",
    )  # fmt: skip
    assert (second.filed_by, second.filed_at, second.erased) == ("Ann", clock.now(), False)
    assert second.discarded == {"images": 3}
    written = str(case.rows("SELECT content FROM fact")) + str(case.rows("SELECT * FROM audit"))
    assert "suspended" not in written
    assert "desk@r.example" not in written
    assert check.check(case).problems == ()


def test_what_they_said_of_a_notice_counts_once_per_template_and_party(case, export_notice):
    one = export_notice(case, "a.example")
    two = export_notice(case, "b.example")
    three = export_notice(case, "c.example", party="tld:test")
    replies.rate(case, one, Quality.INCOMPLETE, note="no time given")
    replies.rate(case, one, Quality.USEFUL)
    replies.rate(case, two, Quality.USEFUL)
    replies.rate(case, three, Quality.WRONG_PARTY)
    template = "registrar/first shipped 1"
    assert replies.quality_counts(case) == {
        (template, "iana:9999"): {Quality.USEFUL: 2},
        (template, "tld:test"): {Quality.WRONG_PARTY: 1},
    }
    assert replies.quality_counts(case, party_key="tld:test").keys() == {(template, "tld:test")}
    assert [(item.quality, item.note) for item in replies.ratings(case, one)] == [
        (Quality.INCOMPLETE, "no time given"),
        (Quality.USEFUL, ""),
    ]


def test_there_must_be_such_a_notice(case, clock):
    with pytest.raises(InputError, match="There is no notice AT-1"):
        replies.file_answer(case, "AT-1", received_at=clock.now())
    with pytest.raises(InputError, match="There is no notice AT-1"):
        replies.rate(case, "AT-1", Quality.USEFUL)
    assert replies.answers(case, "AT-1") == []
