from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP

import pytest

from abusetrack.casefile import gates, notices, observations, withdrawals
from abusetrack.errors import InputError
from abusetrack.judgement.priority import NextStep
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    NoticeStatus,
    Role,
    Rung,
    SiteKind,
)
from abusetrack.triage import drafting, taking
from abusetrack.triage.addressing import Wish
from abusetrack.triage.worklist import worklist


@pytest.fixture
def told(desk, case, sites, tmp_path, clock):
    """Tell registrar, host and delivery network; returns the references."""
    references = {}
    for role in (Role.REGISTRAR, Role.HOST, Role.CDN):
        drafts = drafting.plan(desk, case, Wish(role=role)).drafts
        (item,) = drafting.export(desk, case, drafts, tmp_path / role.name, ["txt"])
        references[role] = item.draft.reference
    clock.move(hours=1)
    return references


@pytest.fixture
def revise(desk, case):
    """Assess anew what was confirmed."""

    def run(subject, outcome=AssessmentOutcome.NOT_ILLEGAL, kind=SiteKind.DEDICATED):
        found = Assessment(outcome, desk.clock.now(), "test", kind, "A", "Law 1")
        taking.assess(desk, case, [subject], found)

    return run


def _due(desk, case):
    drafts = drafting.plan(desk, case).drafts
    return [draft for draft in drafts if draft.rung is Rung.WITHDRAWAL]


def test_nothing_is_withdrawn_while_all_stands(desk, case, told):
    assert _due(desk, case) == []


def test_everybody_who_was_told_is_told_of_the_revision(desk, case, told, revise, tmp_path):
    revise("example.com")
    due = _due(desk, case)
    assert {(draft.role, draft.earlier[0].reference) for draft in due} == {
        (Role.REGISTRAR, told[Role.REGISTRAR]),
        (Role.HOST, told[Role.HOST]),
    }
    assert all([row.domain for row in draft.rows] == ["example.com"] for draft in due)
    for draft in due:
        assert draft.earlier[0].reference in draft.subject
        assert "please undo" in draft.body
    exported = drafting.export(desk, case, due, tmp_path / "w", ["eml", "txt"])
    assert len(exported) == 2
    assert _due(desk, case) == []
    registrar = notices.read(case, told[Role.REGISTRAR])
    assert withdrawals.standing_domains(registrar) == ("example.net",)
    assert registrar.status is NoticeStatus.EXPORTED
    assert notices.read(case, told[Role.HOST]).status is NoticeStatus.WITHDRAWN
    assert withdrawals.share(case) == withdrawals.Share(told=4, withdrawn=2)
    kept = notices.read(case, exported[0].draft.reference)
    assert (kept.rung, kept.reason) == (Rung.WITHDRAWAL, "its assessment was revised")
    assert observations.evidence(case, kept.files[0].sha256) is not None


def test_a_site_that_is_not_dedicated_after_all_is_withdrawn_from_the_registrar_alone(
    desk, case, told, revise
):
    revise("example.com", AssessmentOutcome.CONFIRMED, SiteKind.COMPROMISED)
    assert [draft.role for draft in _due(desk, case)] == [Role.REGISTRAR]


def test_one_page_is_taken_back_alone_and_the_rest_with_the_domain(
    desk, case, told, revise, tmp_path
):
    revise("https://www.example.com/second")
    (draft,) = _due(desk, case)
    (row,) = draft.rows
    assert (draft.role, row.domain, row.partly) == (Role.HOST, "example.com", True)
    assert [page.url for page in row.pages] == ["https://www.example.com/second"]
    assert "only the 1 page given" in draft.body
    assert "other pages of the same site still stands" in " ".join(draft.body.split())
    assert "second" not in draft.body
    (done,) = drafting.export(desk, case, [draft], tmp_path / "w", ["eml", "txt"])
    mail = message_from_bytes(done.files[0].read_bytes(), policy=SMTP)
    tables = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    (pages,) = (text for name, text in tables.items() if name.endswith("-pages.csv"))
    assert "https://www.example.com/second" in pages
    assert "path/of/page" not in pages
    host = notices.read(case, told[Role.HOST])
    assert withdrawals.standing_domains(host) == ("example.com",)
    assert withdrawals.share(case) == withdrawals.Share(told=4, withdrawn=0)
    left = withdrawals.standing_pages(host, host.rows[0]).values()
    assert [page.url for page in left] == ["https://example.com/path/of/page?id=7"]
    assert _due(desk, case) == []
    revise("https://example.com/path/of/page?id=7")
    due = {draft.role: draft for draft in _due(desk, case)}
    assert set(due) == {Role.REGISTRAR, Role.HOST}
    (row,) = due[Role.HOST].rows
    assert not row.partly
    assert [page.url for page in row.pages] == ["https://example.com/path/of/page?id=7"]
    drafting.export(desk, case, due.values(), tmp_path / "w2", ["txt"])
    assert notices.read(case, told[Role.HOST]).status is NoticeStatus.WITHDRAWN


def test_a_page_that_was_taken_back_and_is_confirmed_again_is_told_again(
    desk, case, told, revise, tmp_path, clock
):
    revise("https://www.example.com/second")
    drafting.export(desk, case, _due(desk, case), tmp_path / "w", ["txt"])
    clock.move(minutes=1)
    revise("https://www.example.com/second", AssessmentOutcome.CONFIRMED)
    (draft,) = drafting.plan(desk, case, Wish(role=Role.HOST)).drafts
    assert [page.url for page in draft.rows[0].pages] == ["https://www.example.com/second"]


def test_what_a_later_notice_still_says_is_not_taken_back(
    desk, case, told, revise, take, tmp_path, clock
):
    take(
        "url,outcome,kind,legal category,law\n"
        "https://example.com/third,confirmed,dedicated,A,Law 1\n",
        filename="third.csv",
    )
    (later,) = drafting.plan(desk, case, Wish(role=Role.HOST)).drafts
    drafting.export(desk, case, [later], tmp_path / "later", ["txt"])
    clock.move(minutes=1)
    for page in ("https://www.example.com/second", "https://example.com/path/of/page?id=7"):
        revise(page)
    (draft,) = _due(desk, case)
    (row,) = draft.rows
    assert (row.partly, len(row.pages)) == (True, 2)
    assert [step.reference for step in draft.earlier] == [told[Role.HOST]]
    drafting.export(desk, case, [draft], tmp_path / "w", ["txt"])
    assert notices.read(case, told[Role.HOST]).status is NoticeStatus.WITHDRAWN
    standing = notices.already_exported(case, "example.com", draft.recipient.party_key)
    assert [notice.rows[0].pages[0].url for notice in standing] == ["https://example.com/third"]


def test_a_withdrawal_that_is_not_needed_any_more_is_not_exported(
    desk, case, told, revise, tmp_path, clock
):
    revise("example.net")
    due = _due(desk, case)
    clock.move(minutes=1)
    revise("example.net", AssessmentOutcome.CONFIRMED)
    with pytest.raises(InputError, match="no longer needs one"):
        drafting.export(desk, case, due, tmp_path / "w", ["txt"])


def test_a_person_withdraws_by_hand_and_it_is_not_drafted_again(
    desk, case, told, revise, tmp_path, clock
):
    reference = told[Role.REGISTRAR]
    with pytest.raises(InputError, match="--reason"):
        drafting.withdrawal(desk, case, reference, reason=" ")
    with pytest.raises(InputError, match="does not stand"):
        drafting.withdrawal(desk, case, reference, ["example.org"], reason="wrong")
    with pytest.raises(InputError, match="no notice AT-1"):
        drafting.withdrawal(desk, case, "AT-1", reason="wrong")
    (draft,) = drafting.withdrawal(desk, case, reference, ["example.com"], reason="a secret word")
    drafting.export(desk, case, [draft], tmp_path / "w", ["txt"])
    assert "secret" not in draft.body
    assert withdrawals.standing_domains(notices.read(case, reference)) == ("example.net",)
    found = drafting.plan(desk, case, Wish(again=True), domains=["example.com"])
    assert found.drafts == ()
    assert found.not_drafted[0].code == "withdrawn"
    clock.move(minutes=1)
    revise("example.com", AssessmentOutcome.CONFIRMED)
    assert len(drafting.plan(desk, case, Wish(again=True), domains=["example.com"]).drafts) == 1
    with pytest.raises(InputError, match="is a withdrawal itself"):
        drafting.withdrawal(desk, case, notices.list_all(case)[0].reference, reason="wrong")


def test_a_withdrawal_waits_while_the_gate_is_open_and_the_work_list_says_so(
    desk, case, told, revise, tmp_path
):
    revise("example.com")
    due = _due(desk, case)
    assert _first_work(desk, case) == ("example.com", NextStep.WITHDRAW)
    gates.open_again(case, ["example.com"])
    plan = drafting.plan(desk, case)
    assert [draft for draft in plan.drafts if draft.rung is Rung.WITHDRAWAL] == []
    held = [item for item in plan.not_drafted if "the withdrawal of" in item.reason]
    assert {(item.domain, item.code) for item in held} == {("example.com", "gate")}
    assert len(held) == len(due) == 2
    assert _first_work(desk, case) == ("example.com", NextStep.CLEAR_GATE)
    with pytest.raises(InputError, match="gate"):
        drafting.export(desk, case, due, tmp_path / "w", ["txt"])
    with pytest.raises(InputError, match="waits: the gate is open"):
        drafting.withdrawal(desk, case, told[Role.HOST], reason="wrong")
    gates.clear(case, ["example.com"], cleared_by="Police", reference="case 7")
    assert len(drafting.export(desk, case, _due(desk, case), tmp_path / "w", ["txt"])) == 2
    assert "example.com" not in [item.domain for item in worklist(desk, case)]


def _first_work(desk, case):
    first = worklist(desk, case)[0]
    return first.domain, first.step


def test_a_second_analyst_approves_withdrawals_too(desk, case, told, revise, tmp_path):
    policy = desk.settings.policy.but({"second_analyst": True})
    strict = replace(desk, settings=desk.settings.but({"policy": policy}))
    revise("example.net")
    due = _due(strict, case)
    with pytest.raises(InputError, match="second analyst"):
        drafting.export(strict, case, due, tmp_path / "w", ["txt"])
    drafting.approve(case, due, drafted_by="Ben")
    ben = replace(strict, actor="Ben")
    assert len(drafting.export(ben, case, _due(ben, case), tmp_path / "w", ["txt"])) == len(due)


def test_the_exported_bytes_come_back(desk, case, told, tmp_path):
    files = drafting.exported_before(desk, case, told[Role.HOST])
    written = {path.name: path.read_bytes() for path in (tmp_path / "HOST").iterdir()}
    assert {file.name: file.body for file in files} == written
    with pytest.raises(InputError, match="no notice AT-9"):
        drafting.exported_before(desk, case, "AT-9")


def test_bytes_do_not_come_back_while_a_gate_is_open(desk, case, told):
    gates.open_again(case, ["example.com"])
    with pytest.raises(InputError, match=f"The gate of a domain in {told[Role.HOST]} is open"):
        drafting.exported_before(desk, case, told[Role.HOST])
    assert drafting.exported_before(desk, case, told[Role.CDN])
