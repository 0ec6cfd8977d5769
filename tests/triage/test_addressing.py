from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.casefile import address_rules, directory, gates, notices, parties
from abusetrack.errors import InputError
from abusetrack.records import (
    Advice,
    Assessment,
    AssessmentOutcome,
    NoticeStatus,
    Role,
    Rung,
    SiteKind,
)
from abusetrack.triage import drafting, taking
from abusetrack.triage.addressing import Wish
from tests.triage.conftest import ask_all


@pytest.fixture
def plan(desk, case, sites):
    """Plan for a role; domains may be named."""

    def run(role, *domains, context=desk, **wish):
        return drafting.plan(context, case, Wish(role=role, **wish), domains=list(domains) or None)

    return run


@pytest.fixture
def sent(desk, case, plan, tmp_path, clock):
    """Export what is planned for a role and mark it sent; returns the references."""

    def run(role, *domains, **wish):
        drafts = plan(role, *domains, **wish).drafts
        exported = drafting.export(desk, case, drafts, tmp_path / f"{role.name}", ["txt"])
        clock.move(minutes=1)
        for item in exported:
            notices.mark(case, item.draft.reference, NoticeStatus.SENT, channel="mail")
        return [item.draft.reference for item in exported]

    return run


def _rows(found):
    return [
        (draft.recipient.party_key, [row.domain for row in draft.rows]) for draft in found.drafts
    ]


def _why(found, domain="example.com"):
    return {item.domain: item.reason for item in found.not_drafted}[domain]


def test_each_role_is_written_to_about_what_is_its_own(plan):
    assert _rows(plan(Role.REGISTRAR)) == [("iana:9000001", ["example.com", "example.net"])]
    assert _rows(plan(Role.HOST)) == [("asn:64500", ["example.com"])]
    assert _rows(plan(Role.HOST, "example.org")) == [("asn:64500", ["example.org"])]
    assert _rows(plan(Role.CDN)) == [("cdn:example-edge", ["example.net"])]
    assert _rows(plan(Role.PLATFORM)) == [("platform:example.org", ["example.org"])]
    assert _rows(plan(Role.HOTLINE, "example.com")) == [("hotline:ZZ", ["example.com"])]


def test_pages_and_access_notes_go_to_the_host_and_not_to_the_registrar(plan):
    (host,) = plan(Role.HOST).drafts
    assert [(page.url, page.access_note) for page in host.rows[0].pages] == [
        ("https://example.com/path/of/page?id=7", "by referrer"),
        ("https://www.example.com/second", ""),
    ]
    assert host.rows[0].addresses == ("192.0.2.1",)
    assert (host.rows[0].network, host.rows[0].country) == ("AS64500 Example Net", "ZZ")
    assert host.rows[0].registration_source == "A, source"
    assert host.rows[0].confirmed_urls == 2
    (registrar,) = plan(Role.REGISTRAR).drafts
    assert not [row for row in registrar.rows if row.pages or row.addresses]


def test_a_registrar_that_needs_exact_urls_gets_them(plan, case):
    parties.note(case, "iana:9000001", {"exact_urls": True, "one_domain": True})
    drafts = plan(Role.REGISTRAR).drafts
    assert [[row.domain for row in draft.rows] for draft in drafts] == [
        ["example.com"], ["example.net"],
    ]  # fmt: skip
    assert [page.url for page in drafts[1].rows[0].pages] == ["https://example.net/other"]


def test_what_is_only_possible_is_drafted_by_name(plan):
    found = plan(Role.REGISTRY)
    assert found.drafts == ()
    assert "possible, not advised by itself" in _why(found)
    assert _rows(plan(Role.REGISTRY, "example.com")) == [("tld:com", ["example.com"])]


def test_what_is_not_advised_needs_a_typed_reason_and_a_name(plan, desk, case, tmp_path):
    assert plan(Role.REGISTRAR, "example.org").drafts == ()
    assert "forum" in _why(plan(Role.REGISTRAR, "example.org"), "example.org")
    assert plan(Role.REGISTRAR, reason="the court asks for it").drafts[0].rows[0].domain != (
        "example.org"
    )
    found = plan(Role.REGISTRAR, "example.org", reason="the court asks for it")
    (draft,) = found.drafts
    assert draft.rows[0].advice is Advice.NOT_ADVISED
    assert "court" not in draft.body
    assert "exists to spread" not in draft.body
    (item,) = drafting.export(desk, case, [draft], tmp_path, ["txt"])
    assert notices.read(case, item.draft.reference).reason == "the court asks for it"


def test_a_block_has_no_way_round(plan, take):
    take("url,outcome\nhttps://example.edu/,not illegal\n", filename="more.csv")
    for role in Role:
        found = plan(role, "example.edu", reason="because") if role is not Role.RESELLER else None
        assert found is None or found.drafts == ()


def test_an_open_gate_stops_every_role(plan, desk):
    gated = desk.settings.organisation.but({"police_gate": True})
    context = replace(desk, settings=desk.settings.but({"organisation": gated}))
    for role in (Role.REGISTRAR, Role.HOST, Role.CDN, Role.PLATFORM, Role.HOTLINE):
        assert plan(role, context=context).drafts == ()


def test_the_no_send_list_stops(plan, case):
    address_rules.never_send(case, "@host.example", note="asked us to stop")
    found = plan(Role.HOST)
    assert found.drafts == ()
    assert "no-send list" in _why(found)


def test_facts_that_are_too_old_are_named_for_a_look_up(plan, clock):
    clock.move(hours=49)
    found = plan(Role.HOST, "example.com")
    assert found.drafts == ()
    assert found.stale == ("example.com",)


def test_a_host_that_changed_stops_a_draft_that_was_made_before(plan, desk, case, clock, tmp_path):
    drafts = plan(Role.HOST).drafts
    clock.move(hours=1)
    ask_all(desk, case, asn=64501)
    with pytest.raises(InputError, match=r"row 1 .* has changed since it was drafted"):
        drafting.export(desk, case, drafts, tmp_path, ["txt"])
    assert list(tmp_path.glob("*.txt")) == []


def test_the_same_page_is_not_told_twice_but_a_new_one_is(plan, sent, take, clock, desk, case):
    (reference,) = sent(Role.HOST)
    assert f"the same host was told: {reference} of 2026-03-01" in _why(plan(Role.HOST))
    take(
        "url,outcome,kind,legal category,law\n"
        "https://example.com/third,confirmed,dedicated,A,Law 1\n",
        filename="third.csv",
    )
    (draft,) = plan(Role.HOST).drafts
    assert [page.url for page in draft.rows[0].pages] == ["https://example.com/third"]
    (again,) = plan(Role.HOST, again=True).drafts
    assert len(again.rows[0].pages) == 3
    (caution,) = plan(Role.HOST, again=True).cautions
    assert caution.domain == "example.com"
    assert f"was told of it in {reference} of 2026-03-01" in caution.text


def test_after_the_policys_days_it_may_be_told_again(plan, sent, clock, desk, case):
    sent(Role.REGISTRAR, "example.com")
    assert plan(Role.REGISTRAR, "example.com").drafts == ()
    clock.move(days=31)
    ask_all(desk, case)
    assert len(plan(Role.REGISTRAR, "example.com").drafts) == 1


def test_a_reminder_restates_what_the_same_party_was_told(plan, sent, clock):
    assert "draft a first notice" in _why(plan(Role.REGISTRAR, "example.com", rung=Rung.REMINDER))
    (reference,) = sent(Role.REGISTRAR, "example.com")
    (draft,) = plan(Role.REGISTRAR, "example.com", rung=Rung.REMINDER).drafts
    assert [step.reference for step in draft.earlier] == [reference]
    assert draft.subject.startswith("[DRAFT-1] Reminder: ")
    assert reference in draft.body
    assert "by mail" in draft.body


def test_an_escalation_restates_every_rung_and_can_be_packed(plan, sent, desk, case, tmp_path):
    assert "no other party" in _why(plan(Role.REGISTRY, "example.com", rung=Rung.ESCALATION))
    (host,) = sent(Role.HOST)
    (registrar,) = sent(Role.REGISTRAR, "example.com")
    found = plan(Role.REGISTRY, "example.com", rung=Rung.ESCALATION)
    (draft,) = found.drafts
    assert [step.reference for step in draft.earlier] == [host, registrar]
    (item,) = drafting.export(desk, case, [draft], tmp_path / "out", ["txt", "pack"])
    assert any(path.name.endswith("-pack.zip") for path in item.files)
    assert b"path/of/page" not in b"".join(path.read_bytes() for path in item.files)


def test_an_ending_behind_an_open_gate_is_in_no_reason(plan, desk, case):
    dedicated = Assessment(
        AssessmentOutcome.CONFIRMED, desk.clock.now(), "test", SiteKind.DEDICATED, "A", "Law 1"
    )
    taking.assess(desk, case, ["example.org"], dedicated)
    (draft,) = plan(Role.REGISTRAR, "example.com").drafts
    assert any(".org" in reason for reason in draft.rows[0].persistence)
    gates.open_again(case, ["example.org"])
    (draft,) = plan(Role.REGISTRAR, "example.com").drafts
    assert not any(".org" in reason for reason in draft.rows[0].persistence)
    assert "endings" not in draft.body


def test_an_escalation_names_no_hotline_that_was_told(plan, sent):
    assert sent(Role.HOTLINE)
    assert "no other party" in _why(plan(Role.REGISTRY, "example.com", rung=Rung.ESCALATION))
    (registrar,) = sent(Role.REGISTRAR, "example.com")
    (draft,) = plan(Role.REGISTRY, "example.com", rung=Rung.ESCALATION).drafts
    assert [step.reference for step in draft.earlier] == [registrar]
    assert "Hotline of Zed" not in draft.body


def test_a_disputed_notice_is_not_reminded_of(plan, sent, case):
    (reference,) = sent(Role.REGISTRAR, "example.com")
    notices.mark(case, reference, NoticeStatus.DISPUTED)
    found = plan(Role.REGISTRAR, "example.com", rung=Rung.REMINDER)
    assert f"{reference} is disputed" in _why(found)


def test_a_complaint_to_icann_needs_a_registrar_that_did_not_answer(plan, sent, case):
    assert plan(Role.ICANN, "example.com").drafts == ()
    (reference,) = sent(Role.REGISTRAR, "example.com")
    notices.mark(case, reference, NoticeStatus.NO_ANSWER)
    (draft,) = plan(Role.ICANN, "example.com").drafts
    assert [step.reference for step in draft.earlier] == [reference]
    assert "do not ask you to act on the site itself" in " ".join(draft.body.split())


def test_a_second_analyst_approves_exactly_what_is_said(plan, desk, case, tmp_path):
    policy = desk.settings.policy.but({"second_analyst": True})
    strict = replace(desk, settings=desk.settings.but({"policy": policy}))
    drafts = plan(Role.REGISTRAR, "example.com", context=strict).drafts
    with pytest.raises(InputError, match="second analyst has not approved"):
        drafting.export(strict, case, drafts, tmp_path / "a", ["txt"])
    with pytest.raises(InputError, match="your own"):
        drafting.approve(case, drafts, drafted_by=case.actor)
    assert drafting.approve(case, drafts, drafted_by="Ben") == 1  # by "test", the file's actor
    ben = replace(strict, actor="Ben")
    (ready,) = plan(Role.REGISTRAR, "example.com", context=ben).drafts
    assert ready.approval_needed == ""
    drafting.export(ben, case, [ready], tmp_path / "b", ["txt"])
    (other,) = plan(Role.REGISTRAR, "example.net", context=ben).drafts
    assert other.approval_needed
    assert not plan(Role.HOST, context=strict).drafts[0].approval_needed


def test_what_an_unconfirmed_report_says_is_in_no_notice(plan, desk, case, take):
    take("https://example.com/unseen\n")
    take("url,outcome\nhttps://example.com/legal,not illegal\n", filename="legal.csv")
    (draft,) = plan(Role.HOST).drafts
    assert draft.rows[0].confirmed_urls == len(draft.rows[0].pages) == 2
    found = Assessment(AssessmentOutcome.NOT_ILLEGAL, desk.clock.now(), "test", SiteKind.DEDICATED)
    taking.assess(desk, case, ["https://www.example.com/second"], found)
    (draft,) = plan(Role.HOST).drafts
    assert draft.rows[0].hosts == ("example.com",)


def test_an_unconfirmed_contact_stops_each_role(plan, case):
    for role in (Role.HOST, Role.CDN, Role.PLATFORM):
        (contact,) = directory.contacts(case, role=role)
        unconfirmed = replace(
            contact, email="new@desk.example", confirmed_at=None, confirmed_by=None,
            as_of=contact.as_of + timedelta(seconds=1),
        )  # fmt: skip
        directory.upsert(case, [unconfirmed])
        found = plan(role)
        assert found.drafts == ()
        assert any(item.code == "no_contact" for item in found.not_drafted)
