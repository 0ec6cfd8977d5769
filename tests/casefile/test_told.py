from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import notices, told, withdrawals
from abusetrack.records import (
    Draft,
    NoticeRow,
    NoticeStatus,
    Role,
    Rung,
    SiteKind,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def export(case, contact):
    """Export a notice about domains; return its reference."""

    def run(*domains, reference="AT-1", rung=Rung.FIRST):
        rows = tuple(
            NoticeRow(
                name, name, (name,), "R", 1, (), "source", NOON, "", SiteKind.DEDICATED, 1, NOON,
                NOON, "A", "Law 1", f"{reference}/{number}",
            )
            for number, name in enumerate(domains, start=1)
        )  # fmt: skip
        draft = Draft(
            reference, Role.REGISTRAR, contact(), "s", "b", rows, NOON, "t", False, rung=rung
        )
        return notices.record_export(case, draft, ())

    return run


def test_a_notice_tells_once_it_is_marked_sent(case, export, clock):
    export("a.test", "b.test")
    (before,) = told.of_domain(case, "a.test")
    assert (before.sent_at, before.status) == (None, NoticeStatus.EXPORTED)
    sent = clock.now() - timedelta(hours=2)
    notices.mark(case, "AT-1", NoticeStatus.SENT, at=sent)
    clock.move(days=3)
    notices.mark(case, "AT-1", NoticeStatus.REFUSED)
    found = told.of_many(case, ["a.test", "b.test", "c.test"])
    assert set(found) == {"a.test", "b.test"}
    (after,) = found["a.test"]
    assert (after.sent_at, after.status) == (sent, NoticeStatus.REFUSED)
    assert (after.party_key, after.party_name) == ("iana:9999", "Registrar of Tests")
    assert after.fact


def test_a_mark_without_one_of_sending_tells_that_it_was_sent(case, export, clock):
    export("a.test")
    notices.mark(case, "AT-1", NoticeStatus.BOUNCED)
    assert told.of_domain(case, "a.test")[0].sent_at == clock.now()


def test_a_withdrawal_tells_nobody_and_what_it_withdraws_counts_as_withdrawn(case, export):
    export("a.test", "b.test")
    notices.mark(case, "AT-1", NoticeStatus.SENT)
    export("a.test", reference="AT-2", rung=Rung.WITHDRAWAL)
    withdrawals.withdraw(case, "AT-1", ["a.test"])
    assert [item.status for item in told.of_domain(case, "a.test")] == [NoticeStatus.WITHDRAWN]
    assert [item.status for item in told.of_domain(case, "b.test")] == [NoticeStatus.SENT]
