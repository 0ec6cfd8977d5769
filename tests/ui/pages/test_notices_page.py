from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from abusetrack import practice
from abusetrack.casefile import approvals, directory
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.check import check
from abusetrack.casefile.encoding import stamp
from abusetrack.casefile.notices import StoredNotice
from abusetrack.notices import RULES
from abusetrack.records import Draft, Role, Rung, SiteKind
from abusetrack.triage import contact_tables, taking
from abusetrack.ui.planning import ToConfirm


@pytest.fixture(scope="module")
def registrar(world):
    """Of the registrars with dedicated domains, the one with the fewest, and these domains."""
    found = {}
    for truth in world.truths():
        if str(truth.state) == "active" and truth.iana_id:
            record = world.domains[truth.domain]
            if record.finding.kind == "dedicated":
                found.setdefault(truth.registrar, []).append(truth.domain)
    return min((item for item in found.items() if len(item[1]) > 1), key=lambda item: len(item[1]))


@pytest.fixture
def page(practice_bench, world, registrar, qtbot, tmp_path, finding):
    """The page over looked-up, assessed domains of one registrar; its contact not confirmed."""
    bench = practice_bench()
    bench.take("\n".join(f"https://{name}/x" for name in registrar[1]))
    table = tmp_path / "contacts.csv"
    practice.write_contacts(world, table)
    with bench.case() as case:
        contact_tables.import_contacts(bench.context, case, table)
        taking.assess(bench.context, case, registrar[1], finding)
    window = bench.window()
    with qtbot.waitSignal(window._desk.worker.ended, timeout=60000):
        window._desk.look_up()
    planned(qtbot, window.pages.notices, lambda: window.pages.show_page(window.pages.notices))
    window.pages.notices.bench = bench
    return window.pages.notices


def planned(qtbot, page, act):
    with qtbot.waitSignal(page.planned, timeout=30000) as done:
        act()
    return done.args[0]


def confirmed(qtbot, page):
    waiting = page.list.rows_of(ToConfirm)
    page.list.setCurrentItem(waiting[0])
    page.card.confirm_button.click()
    box = page.findChild(QMessageBox)
    yes = next(item for item in box.buttons() if item.text() == "Yes, confirm")
    return planned(qtbot, page, yes.click)


def test_a_contact_is_confirmed_then_a_draft_is_exported(page, registrar, qtbot, tmp_path):
    bench = page.bench
    assert page.drafts() == []
    assert len(page.list.rows_of(ToConfirm)) == 1
    assert not page.export_button.isEnabled()
    overview = confirmed(qtbot, page)
    assert [len(draft.rows) for draft in overview.plan.drafts] == [len(registrar[1])]
    with bench.case() as case:
        key = overview.plan.drafts[0].recipient.party_key
        contact = directory.contact_for(case, key, Role.REGISTRAR)
        assert contact.confirmed_by == bench.context.actor
    folder = tmp_path / "drafts"
    planned(qtbot, page, lambda: page.export_to(folder, page.drafts()))
    assert "Notices exported" in page._desk.messages.last.text
    with bench.case() as case:
        (notice,) = stored_notices.list_all(case)
        assert check(case).sound
    assert {row.domain for row in notice.rows} == set(registrar[1])
    assert {path.name for path in folder.iterdir()} == {file.name for file in notice.files}
    mail = next(path for path in folder.iterdir() if path.suffix == ".eml")
    assert message_from_bytes(mail.read_bytes(), policy=SMTP)["X-Unsent"] == "1"
    assert page.drafts() == []  # these went out, and are not drafted twice
    planned(qtbot, page, page.again.click)
    page.list.setCurrentItem(page.list.rows_of(Draft)[0])
    told = [
        line for line in page.card.preview.toPlainText().splitlines() if line.startswith("Careful")
    ]
    assert len(told) == len(registrar[1])
    assert all(f"was told of it in {notice.reference}" in line for line in told)
    assert not any(name in line for name in registrar[1] for line in told)


def test_what_is_too_old_is_looked_up_first_and_then_drafted(page, registrar, qtbot, clock):
    confirmed(qtbot, page)
    assert page.recheck_button.isHidden()
    clock.move(hours=page.bench.context.settings.policy.freshness_hours + 1)
    overview = planned(qtbot, page, page.plan)
    assert overview.plan.drafts == ()
    assert set(overview.plan.stale) == set(registrar[1])
    assert page.recheck_button.text() == f"Look up {len(registrar[1])} first"
    overview = planned(qtbot, page, page.recheck_button.click)
    assert [len(draft.rows) for draft in overview.plan.drafts] == [len(registrar[1])]
    assert page.recheck_button.isHidden()
    with page.bench.case() as case:
        newest = case.value("SELECT max(asked_at) FROM observation")
    assert newest == stamp(clock.now())


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(page, qtbot, tmp_path):
    confirmed(qtbot, page)
    drafts = page.drafts()
    (tmp_path / "drafts").write_text("a file, not a folder", encoding="utf-8")
    planned(qtbot, page, lambda: page.export_to(tmp_path / "drafts", drafts))
    assert "choose another folder" in page._desk.messages.last.text
    assert page.plan_button.isEnabled()


def test_a_preview_is_plain_text_and_masked_until_revealed(page, registrar, qtbot):
    confirmed(qtbot, page)
    page.list.setCurrentItem(page.list.rows_of(Draft)[0])
    text = page.card.preview.toPlainText()
    defanged = [name.replace(".", "[.]") for name in registrar[1]]
    assert "PRACTICE - NOT A NOTICE" in text
    assert not any(name in text for name in (*registrar[1], *defanged))
    page.window().reveal_names(True)
    assert all(name in page.card.preview.toPlainText() for name in defanged)


def test_what_is_not_drafted_stands_with_its_reason(page, qtbot, bench_of):
    bench = page.bench
    bench.take("https://unassessed.test/x")
    overview = planned(qtbot, page, page.plan)
    assert ("unassessed.test", "not assessed") in [
        (item.domain, item.reason) for item in overview.plan.not_drafted
    ]
    rows = page.list.rows_of(str)
    texts = [row.text(0) for row in rows]
    assert "not assessed" in texts
    page.list.setCurrentItem(rows[texts.index("not assessed")])
    assert page.card.preview.toPlainText() == "not assessed"
    children = [rows[texts.index("not assessed")].child(0).text(0)]
    assert children == ["u••••••••.test"]


def test_without_an_organisation_it_says_what_to_set(filled, qtbot):
    window = filled.window()
    planned(qtbot, window.pages.notices, lambda: window.pages.show_page(window.pages.notices))
    assert "organisation.name" in window.pages.notices._missing.text()
    assert not window.pages.notices.export_button.isEnabled()


def test_an_empty_case_file_says_what_to_do_next(bench, qtbot):
    window = bench.window()
    planned(qtbot, window.pages.notices, lambda: window.pages.show_page(window.pages.notices))
    assert window.pages.notices._stack.currentIndex() == 0
    assert "Take in reports" in window.pages.notices._empty._text.text()


def test_another_role_can_be_chosen(page, qtbot):
    registry = list(RULES).index(Role.REGISTRY)
    found = planned(qtbot, page, lambda: page.role.setCurrentIndex(registry))
    assert found.plan.drafts == ()
    assert any(item.reason.startswith("possible") for item in found.plan.not_drafted)


def test_a_reminder_is_drafted_and_says_what_followed(page, registrar, qtbot, tmp_path):
    confirmed(qtbot, page)
    planned(qtbot, page, lambda: page.export_to(tmp_path / "drafts", page.drafts()))
    planned(qtbot, page, lambda: page.rung.setCurrentIndex(1))
    (draft,) = page.drafts()
    assert draft.rung is Rung.REMINDER
    with page.bench.case() as case:
        (notice,) = stored_notices.list_all(case)
    assert [step.reference for step in draft.earlier] == [notice.reference]
    page.list.setCurrentItem(page.list.rows_of(StoredNotice)[0])
    with qtbot.waitSignal(page.card.told, timeout=20000):
        page.card.show_item(notice, (), revealed=False)
    told = page.card.history.toPlainText()
    assert notice.reference in told
    assert "was exported and not marked as sent" in told
    assert not any(name in told for name in registrar[1])


def test_answers_are_read_once_names_are_revealed(page, registrar, qtbot, tmp_path):
    confirmed(qtbot, page)
    planned(qtbot, page, lambda: page.export_to(tmp_path / "drafts", page.drafts()))
    page.list.setCurrentItem(page.list.rows_of(StoredNotice)[0])
    answer = tmp_path / "answer.txt"
    answer.write_text("We looked at zebra.test too.", encoding="utf-8")
    planned(qtbot, page, lambda: page.card.actions_of_notice.file_answer(str(answer)))
    qtbot.waitUntil(lambda: "shown once names are revealed" in page.card.history.toPlainText())
    assert "zebra" not in page.card.history.toPlainText()
    page.window().reveal_names(True)
    qtbot.waitUntil(lambda: "| We looked at zebra" in page.card.history.toPlainText())


def test_what_is_not_advised_is_drafted_for_a_typed_reason(page, registrar, qtbot, finding):
    name = registrar[1][0]
    with page.bench.case() as case:
        found = replace(finding, kind=SiteKind.COMPROMISED)
        taking.assess(page.bench.context, case, [name], found)
    overview = confirmed(qtbot, page)
    (left,) = [item for item in overview.plan.not_drafted if item.domain == name]
    assert left.code == "not_dedicated"
    rows = [page.list.item(row.child(n)) for row in page.list.rows_of(str)
            for n in range(row.childCount())]  # fmt: skip
    assert left in rows
    page.card.show_item(left, (), revealed=False)
    assert name not in page.card.preview.toPlainText()
    planned(qtbot, page, page.card.draft_button.click)
    assert [d for d in page.drafts() if d.rows[0].domain == name] == []  # no reason was typed
    page.card.show_item(left, (), revealed=False)
    qtbot.keyClicks(page.card.reason, "owner gave the name up")
    planned(qtbot, page, page.card.draft_button.click)
    (draft,) = [draft for draft in page.drafts() if draft.rows[0].domain == name]
    assert draft.reason == "owner gave the name up"
    assert "gave the name up" not in draft.body


def test_a_second_analyst_approves_what_another_drafted(page, registrar, qtbot, tmp_path):
    desk, bench = page._desk, page.bench
    policy = bench.context.settings.policy.but({"second_analyst": True})
    settings = bench.context.settings.but({"policy": policy})
    desk.context = replace(bench.context, settings=settings)
    confirmed(qtbot, page)
    planned(qtbot, page, lambda: page.export_to(tmp_path / "drafts", page.drafts()))
    assert "second analyst" in desk.messages.last.text
    page.list.setCurrentItem(page.list.rows_of(Draft)[0])
    page.card.approve_button.click()
    assert "who drafted it" in desk.messages.last.text
    page.card.drafted_by.setText(bench.context.actor)
    page.card.approve_button.click()
    qtbot.waitUntil(lambda: "is your own" in desk.messages.last.text)
    page.card.drafted_by.setText("Ben")
    planned(qtbot, page, page.card.approve_button.click)
    with bench.case() as case:
        ((sha256,),) = case.rows("SELECT hex(draft) FROM approval")
        (approval,) = approvals.of_draft(case, sha256.lower())
    assert approval.actor == bench.context.actor


def test_the_form_sheet_is_copied_field_by_field_and_exactly(page, registrar, qtbot, tmp_path):
    confirmed(qtbot, page)
    page.formats["sheet"].setChecked(True)
    planned(qtbot, page, lambda: page.export_to(tmp_path / "drafts", page.drafts()))
    page.list.setCurrentItem(page.list.rows_of(StoredNotice)[0])
    card = page.card
    qtbot.waitUntil(lambda: "1:domains" in card.sheet.copy_buttons)
    assert card.tabs.isTabVisible(2)
    texts = [item.text() for item in card.sheet.findChildren(QLabel)]
    assert not any(name in text for name in registrar[1] for text in texts)
    card.sheet.copy_buttons["1:domains"].click()
    assert QApplication.clipboard().text().split() == sorted(registrar[1])


def test_what_would_stop_an_export_is_said_above_the_draft(page, registrar, qtbot):
    confirmed(qtbot, page)
    draft = page.list.item(page.list.rows_of(Draft)[0])
    page.card.show_item(draft, (), revealed=False)
    assert "To be mended" not in page.card.preview.toPlainText()
    wrong = replace(draft, body=draft.body.replace("preserve", "keep").replace("Preserve", "Keep"))
    page.card.show_item(wrong, (), revealed=False)
    told = page.card.preview.toPlainText()
    assert "To be mended: The text does not say what is asked. Mend the template" in told
