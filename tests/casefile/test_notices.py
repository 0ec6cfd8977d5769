from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlcipher3

from abusetrack.casefile import check, notices, observations
from abusetrack.errors import InputError
from abusetrack.records import Draft, ExportedFile, NoticeRow, NoticeStatus, Role, SiteKind


@pytest.fixture
def draft(clock, contact):
    def make(reference: str = "AT-2026-000001", *domains: str, **fields) -> Draft:
        rows = tuple(
            NoticeRow(
                domain=domain,
                unicode=domain,
                hosts=(f"www.{domain}",),
                registrar="Registrar of Tests",
                iana_id=9999,
                statuses=("clientTransferProhibited",),
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
            )
            for number, domain in enumerate(domains or ("a.example",), start=1)
        )
        fields = {
            "role": Role.REGISTRAR,
            "recipient": contact(confirmed_by="Ann", confirmed_at=clock.now()),
            "subject": "Subject xyzzy",
            "body": "Body xyzzy",
            "composed_at": clock.now(),
            "template": "registrar 1",
            "practice": True,
        } | fields
        return Draft(reference=reference, rows=rows, **fields)

    return make


FILES = (
    ExportedFile("notice.eml", "message/rfc822", b"X-Unsent: 1\r\n\r\nxyzzy"),
    ExportedFile("notice.txt", "text/plain", b"xyzzy"),
)


def test_references_are_counted_per_prefix_and_year(case, clock, path):
    assert notices.next_reference(case, "AT") == "AT-2026-000001"
    assert notices.next_reference(case, "AT") == "AT-2026-000002"
    assert notices.next_reference(case, "XY") == "XY-2026-000001"
    with case.opener()() as other:
        assert notices.next_reference(other, "AT") == "AT-2026-000003"
    clock.move(days=365)
    assert notices.next_reference(case, "AT") == "AT-2027-000001"


def test_an_exported_notice_comes_back_whole(case, draft):
    made = draft("AT-2026-000001", "a.example", "b.example")
    assert notices.record_export(case, made, FILES) == "AT-2026-000001"
    (stored,) = notices.list_all(case)
    for field in ("reference", "role", "recipient", "subject", "body", "rows", "template",
                  "practice", "composed_at"):  # fmt: skip
        assert getattr(stored, field) == getattr(made, field), field
    assert (stored.status, stored.status_at) == (NoticeStatus.EXPORTED, case.clock.now())
    assert (stored.exported_by, stored.exported_at) == ("Ann", case.clock.now())
    for file, kept in zip(FILES, stored.files, strict=True):
        assert (kept.name, kept.media_type) == (file.name, file.media_type)
        assert kept.sha256 == hashlib.sha256(file.body).hexdigest()
        assert observations.evidence(case, kept.sha256).body == file.body
    assert check.check(case).problems == ()


def test_texts_of_a_notice_can_be_erased(case, draft):
    notices.record_export(case, draft(), FILES)
    assert "xyzzy" not in str(case.query("SELECT content FROM fact"))
    assert "xyzzy" not in str(case.query("SELECT * FROM audit"))


def test_a_reference_is_exported_once(case, draft):
    notices.record_export(case, draft(), FILES)
    with pytest.raises(InputError, match="was exported before; draft it again"):
        notices.record_export(case, draft("AT-2026-000001", "b.example"), FILES)
    assert len(notices.list_all(case)) == 1


def test_an_export_is_whole_or_not_at_all(case, draft):
    same_name = (FILES[0], replace(FILES[1], name=FILES[0].name))
    with pytest.raises(sqlcipher3.IntegrityError):
        notices.record_export(case, draft(), same_name)
    for table in ("fact", "notice", "notice_row", "notice_file", "evidence", "audit"):
        assert case.value(f"SELECT count(*) FROM {table}") == 0


def test_the_audit_row_names_files_and_party(case, draft):
    notices.record_export(case, draft(), FILES)
    ((action, subject, detail),) = case.rows("SELECT action, subject, detail FROM audit")
    assert (action, subject) == ("export notice", "AT-2026-000001")
    assert json.loads(detail)["files"] == [hashlib.sha256(f.body).hexdigest() for f in FILES]
    assert json.loads(detail)["party"] == "iana:9999"


def test_what_became_of_it(case, draft, clock):
    notices.record_export(case, draft(), FILES)
    clock.move(hours=1)
    sent = clock.now()
    notices.mark(
        case, "AT-2026-000001", NoticeStatus.SENT, channel="mail", their_reference="T-1", note="n"
    )
    clock.move(hours=1)
    notices.mark(case, "AT-2026-000001", NoticeStatus.ACKNOWLEDGED, at=sent + timedelta(minutes=5))
    stored = notices.read(case, "AT-2026-000001")
    assert stored.status is NoticeStatus.ACKNOWLEDGED
    assert stored.status_at == sent + timedelta(minutes=5)
    first, second = notices.events(case, "AT-2026-000001")
    assert first == notices.NoticeEvent(NoticeStatus.SENT, sent, "Ann", "mail", "T-1", "n")
    assert second.status is NoticeStatus.ACKNOWLEDGED
    assert case.value("SELECT count(*) FROM audit WHERE action = 'mark notice'") == 2
    assert check.check(case).problems == ()


def test_marks_that_make_no_sense_are_refused(case, draft):
    notices.record_export(case, draft(), FILES)
    with pytest.raises(InputError, match="There is no notice AT-2026-000009"):
        notices.mark(case, "AT-2026-000009", NoticeStatus.SENT)
    with pytest.raises(InputError, match="cannot be marked draft"):
        notices.mark(case, "AT-2026-000001", NoticeStatus.DRAFT)
    notices.mark(case, "AT-2026-000001", NoticeStatus.WITHDRAWN)
    with pytest.raises(InputError, match="was withdrawn"):
        notices.mark(case, "AT-2026-000001", NoticeStatus.SENT)
    assert notices.read(case, "nothing") is None
    assert notices.events(case, "nothing") == []


def test_what_was_exported_already(case, draft):
    notices.record_export(case, draft("AT-2026-000001", "a.example", "b.example"), FILES)
    notices.record_export(case, draft("AT-2026-000002", "b.example"), FILES)

    def found(domain, party="iana:9999"):
        return [notice.reference for notice in notices.already_exported(case, domain, party)]

    assert found("b.example") == ["AT-2026-000002", "AT-2026-000001"]
    assert found("a.example") == ["AT-2026-000001"]
    assert found("c.example") == found("a.example", "iana:1") == []
    notices.mark(case, "AT-2026-000002", NoticeStatus.WITHDRAWN)
    assert found("b.example") == ["AT-2026-000001"]
