from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.casefile import check, folding, notices, withdrawals
from abusetrack.errors import InputError
from abusetrack.records import (
    Draft,
    ExportedFile,
    NoticeRow,
    NoticeStatus,
    Page,
    Role,
    Rung,
    SiteKind,
)

FILES = (ExportedFile("notice.txt", "text/plain", b"words"),)


@pytest.fixture
def exported(case, clock, contact):
    """Export a notice on the given domains."""

    def run(reference: str, *domains: str, **fields) -> Draft:
        rows = tuple(
            NoticeRow(
                domain=domain,
                unicode=domain,
                hosts=(domain,),
                registrar="Registrar of Tests",
                iana_id=9999,
                statuses=(),
                registration_source="https://rdap.example/",
                registration_asked_at=clock.now(),
                evidence_sha256="00" * 32,
                kind=SiteKind.DEDICATED,
                confirmed_urls=2,
                first_confirmed=clock.now() - timedelta(days=2),
                last_confirmed=clock.now(),
                legal_category="A",
                law="§ 1",
                reference=f"{reference}/{number}",
                pages=(Page(f"https://{domain}/xyzzy", clock.now(), "A", "§ 1", "note xyzzy"),),
            )
            for number, domain in enumerate(domains, start=1)
        )
        made = Draft(
            reference=reference,
            role=Role.HOST,
            recipient=contact(confirmed_by="Ann", confirmed_at=clock.now()),
            subject="Subject",
            body="Body",
            rows=rows,
            composed_at=clock.now(),
            template="en/host/first shipped 0",
            practice=True,
        )
        made = replace(made, **fields)
        notices.record_export(case, made, FILES)
        return made

    return run


def test_pages_and_typed_words_come_back_and_can_be_erased(case, exported):
    made = exported("AT-2026-000001", "a.example", "b.example", rung=Rung.REMINDER, reason="xyzzy")
    stored = notices.read(case, "AT-2026-000001")
    assert (stored.rows, stored.rung, stored.reason) == (made.rows, Rung.REMINDER, "xyzzy")
    assert "xyzzy" not in str(case.query("SELECT content FROM fact"))
    assert "xyzzy" not in str(case.query("SELECT * FROM audit"))
    case.execute("DELETE FROM erasable")
    assert [row.pages for row in notices.read(case, "AT-2026-000001").rows] == [(), ()]


def test_one_domain_is_withdrawn_and_the_rest_stands(case, exported):
    exported("AT-2026-000001", "a.example", "b.example")
    assert withdrawals.withdraw(case, "AT-2026-000001", ["a.example"], reason="xyzzy") == (
        "a.example",
    )
    stored = notices.read(case, "AT-2026-000001")
    assert stored.status is NoticeStatus.EXPORTED
    assert withdrawals.standing_domains(stored) == ("b.example",)
    party = stored.recipient.party_key
    assert notices.already_exported(case, "a.example", party) == []
    assert notices.already_exported(case, "b.example", party) == [stored]
    assert [item.domain for item in withdrawals.of_domains(case, ["a.example", "b.example"])] == [
        "a.example"
    ]
    assert "xyzzy" not in str(case.query("SELECT content FROM fact"))
    ((detail,),) = case.rows("SELECT detail FROM audit WHERE action = 'withdraw notice'")
    assert json.loads(detail) == {"domains": 1}
    assert withdrawals.withdraw(case, "AT-2026-000001", ["a.example"]) == ()


def test_with_its_last_domain_the_notice_is_withdrawn(case, exported):
    exported("AT-2026-000001", "a.example", "b.example")
    withdrawals.withdraw(case, "AT-2026-000001", ["a.example"])
    withdrawals.withdraw(case, "AT-2026-000001")
    stored = notices.read(case, "AT-2026-000001")
    assert stored.status is NoticeStatus.WITHDRAWN
    assert withdrawals.standing_domains(stored) == ()
    assert withdrawals.perhaps_revised(case) == []
    assert check.check(case).problems == ()
    assert folding.rebuild(case) == []


def test_what_makes_no_sense_is_refused(case, exported):
    exported("AT-2026-000001", "a.example")
    exported("AT-2026-000002", "a.example", rung=Rung.WITHDRAWAL)
    with pytest.raises(InputError, match="no notice AT-2026-000009"):
        withdrawals.withdraw(case, "AT-2026-000009")
    with pytest.raises(InputError, match="has no such domain"):
        withdrawals.withdraw(case, "AT-2026-000001", ["b.example"])
    with pytest.raises(InputError, match="is a withdrawal itself"):
        withdrawals.withdraw(case, "AT-2026-000002")


def test_number_and_share_count_domains_per_notice_and_no_withdrawals(case, exported, clock):
    assert withdrawals.share(case) == withdrawals.Share(0, 0)
    assert withdrawals.share(case).of_told is None
    exported("AT-2026-000001", "a.example", "b.example")
    clock.move(days=1)
    later = clock.now()
    exported("AT-2026-000002", "b.example", "c.example")
    exported("AT-2026-000003", "a.example", rung=Rung.WITHDRAWAL)
    withdrawals.withdraw(case, "AT-2026-000001", ["a.example"])
    assert withdrawals.share(case) == withdrawals.Share(4, 1)
    assert withdrawals.share(case).of_told == 0.25
    assert withdrawals.share(case, since=later) == withdrawals.Share(2, 0)
    assert withdrawals.share(case, until=later) == withdrawals.Share(2, 1)
