from __future__ import annotations

from datetime import timedelta

from abusetrack.casefile import ledger, notices, replies
from abusetrack.records import NoticeStatus, Role, Rung


def test_where_a_notice_stands_in_one_row(case, export_notice, clock):
    start = clock.now()
    reference = export_notice(case, "a.example", "b.example")
    (row,) = ledger.rows(case)
    assert (row.reference, row.role, row.rung) == (reference, Role.REGISTRAR, Rung.FIRST)
    assert (row.party_key, row.party_name, row.domains) == ("iana:9999", "Registrar of Tests", 2)
    assert (row.status, row.exported_at) == (NoticeStatus.EXPORTED, start)
    assert row.reply_by == start + timedelta(days=5)
    assert (row.sent_at, row.answered_at, row.practice) == (None, None, False)


def test_the_first_mark_or_answer_is_the_answer(case, export_notice, clock):
    reference = export_notice(case)
    sent, marked = clock.now() + timedelta(hours=1), clock.now() + timedelta(days=3)
    notices.mark(case, reference, NoticeStatus.SENT, at=sent)
    notices.mark(case, reference, NoticeStatus.SENT, at=sent + timedelta(days=1))
    notices.mark(case, reference, NoticeStatus.BOUNCED, at=sent)
    assert ledger.rows(case)[0].answered_at is None
    notices.mark(case, reference, NoticeStatus.ACTIONED, at=marked)
    (row,) = ledger.rows(case)
    assert (row.sent_at, row.answered_at) == (sent, marked)
    replies.file_answer(case, reference, received_at=marked - timedelta(days=1))
    assert ledger.rows(case)[0].answered_at == marked - timedelta(days=1)


def test_an_answer_filed_without_a_mark_counts(case, export_notice, clock):
    reference = export_notice(case)
    replies.file_answer(case, reference, received_at=clock.now())
    assert ledger.rows(case)[0].answered_at == clock.now()


def test_by_party_domain_and_status(case, export_notice, clock):
    one = export_notice(case, "a.example")
    clock.move(hours=1)
    two = export_notice(case, "a.example", "b.example", party="tld:test", role=Role.REGISTRY)
    notices.mark(case, two, NoticeStatus.SENT)

    def found(**wanted):
        return [row.reference for row in ledger.rows(case, **wanted)]

    assert found() == [two, one]
    assert found(party_key="iana:9999") == [one]
    assert found(domain="b.example") == [two]
    assert found(statuses=(NoticeStatus.EXPORTED,)) == [one]
    assert found(domain="c.example") == []
