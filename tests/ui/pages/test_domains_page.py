from __future__ import annotations

import sys
from collections import Counter

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from abusetrack.casefile.check import check
from abusetrack.records import AssessmentOutcome, SiteKind, State
from abusetrack.ui import clipboard
from abusetrack.ui.dialogs.assess import AssessDialog
from abusetrack.ui.models.domain_table import NAME_COLUMN

SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
CLEAR = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


@pytest.fixture
def page(filled, qtbot):
    window = filled.window()
    window.pages.show_page(window.pages.domains)
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    return window.pages.domains


def select(page, *domains):
    rows = [n for n in range(page.model.rowCount()) if page.model.row(n).domain in domains]
    model = page.table.selectionModel()
    model.setCurrentIndex(page.model.index(rows[0], 0), CLEAR)
    for row in rows[1:]:
        model.select(page.model.index(row, 0), SELECT)
    assert sorted(page.selected_domains()) == sorted(domains)


def shown(qtbot, page, domain):
    with qtbot.waitSignal(page.detail.shown, timeout=10000) as found:
        select(page, domain)
    assert found.args[0].domain == domain
    return page.detail


def facts(detail):
    tree = detail.facts
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {
        top.text(0): {top.child(n).text(0): top.child(n).text(1) for n in range(top.childCount())}
        for top in tops
    }


def test_a_bulk_finding_is_stored_for_every_selected_domain(page, filled, qtbot):
    select(page, "amber.test", "birch.example")
    page.assess_button.click()
    dialog = page.findChild(AssessDialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()  # nothing is guessed
    dialog.outcome.setCurrentText("confirmed")
    dialog.kind.setCurrentText("dedicated")
    assert "legal category" in dialog._hint.text()
    dialog.category.setText("category one")
    dialog.law.setText("law one")
    dialog.disguised.setCurrentText("yes")
    assert dialog._hint.text() == ""
    with qtbot.waitSignal(page._desk.changed, timeout=10000):
        ok.click()
    rows = {row.domain: row for row in filled.rows()}
    assert {name: row.confirmed_reports for name, row in rows.items()} == {
        "amber.test": 2,
        "birch.example": 1,
        "cedar.test": 0,
        "192.0.2.7": 0,
    }
    assert rows["amber.test"].kind is SiteKind.DEDICATED
    assert rows["amber.test"].disguised is True
    assert rows["amber.test"].commercial is None
    with filled.case() as case:
        assert check(case).sound


def test_cancelling_the_dialog_records_nothing(page, filled, qtbot):
    select(page, "amber.test")
    page.assess_selected()
    page.findChild(AssessDialog).reject()
    assert all(row.confirmed_reports == 0 for row in filled.rows())
    assert filled.value("SELECT count(*) FROM audit WHERE action = 'assess'") == 0


def test_a_name_under_an_unknown_ending_can_be_assessed_and_shown(bench, qtbot, finding):
    bench.take("https://odd.nosuchending/x")
    page = bench.window().pages.domains
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    shown(qtbot, page, "odd.nosuchending")
    with qtbot.waitSignal(page._desk.changed):
        page.assess(page.selected_domains(), finding)
    assert bench.rows()[0].confirmed_reports == 1


def test_all_of_a_long_list_is_selected_without_asking_for_each_row(bench, qtbot):
    """Ctrl+A over 100,000 domains took ten seconds, and each use of the selection more."""
    bench.take("\n".join(f"https://n{number}.test/x" for number in range(400)))
    page = bench.window().pages.domains
    qtbot.waitUntil(lambda: page.model.rowCount() == 400)
    asked = Counter()

    def note(frame, event, _argument):
        if event == "call":
            asked[frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        page.table.selectAll()
        names = page.selected_domains()
    finally:
        sys.setprofile(None)
    assert len(set(names)) == 400
    assert asked["selected_domains"] == 1
    assert asked["rowCount"] + asked["row"] < 400


def test_the_selection_is_kept_by_id_when_the_list_changes(page, filled, qtbot):
    select(page, "amber.test", "cedar.test")
    filled.take("https://aaa-first.test/x")
    with qtbot.waitSignal(page.model.modelReset):
        page.table.sortByColumn(NAME_COLUMN, Qt.SortOrder.AscendingOrder)
    assert page.model.rowCount() == 5
    assert sorted(page.selected_domains()) == ["amber.test", "cedar.test"]
    assert "5 domains · 2 selected" in page._count.text()


@pytest.mark.parametrize(
    ("text", "count"), [("amber", 1), ("AMBER", 1), (".test", 2), ("%", 0), ("no such", 0)]
)
def test_typing_filters_by_sql(page, qtbot, text, count):
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        qtbot.keyClicks(page.filter, text)
    qtbot.waitUntil(lambda: page.model.query.text == text and page.model.rowCount() == count)
    assert page._count.text() == ("1 domain" if count == 1 else f"{count} domains")
    assert page._stack.currentIndex() == (0 if count else 1)


def test_state_kind_and_confirmed_filter(page, filled, qtbot, finding):
    with qtbot.waitSignal(page.model.listed):
        page.assess(["amber.test"], finding)
    for field, value, count in (
        ("confirmed_only", True, 1),
        ("kind", SiteKind.FORUM, 0),
        ("kind", SiteKind.DEDICATED, 1),
        ("state", State.HELD_BY_REGISTRY, 0),
        ("state", None, 1),
    ):
        with qtbot.waitSignal(page.model.listed):
            page.bar.set_value(field, value)
        assert page.model.rowCount() == count


def test_names_in_the_detail_panel_are_masked_until_revealed(page, qtbot):
    detail = shown(qtbot, page, "amber.test")
    texts = [detail._name.text(), str(facts(detail)), *detail.reports.shown_urls()]
    assert not any("amber" in text for text in texts)
    detail._reveal.click()
    assert detail._name.text() == "amber.test"
    assert facts(detail)["Hosting"]["Host"] == "amber.test"
    assert "https://amber.test/a?id=1" in detail.reports.shown_urls()
    shown(qtbot, page, "birch.example")  # another domain is masked again
    assert detail._name.text() == "b••••.example"


def test_one_url_is_revealed_at_a_time(page, qtbot):
    detail = shown(qtbot, page, "amber.test")
    detail.tabs.setCurrentIndex(1)
    qtbot.keyClick(detail.reports._list, Qt.Key.Key_Return)
    urls = detail.reports.shown_urls()
    assert sorted("amber" in url for url in urls) == [False, True]
    detail.reports.select_all()
    detail.reports.toggle_selected()  # the other one; the first is hidden again
    assert sorted("amber" in url for url in detail.reports.shown_urls()) == [False, True]
    assert detail.reports.shown_urls() != urls


def test_an_unknown_name_says_why_nothing_is_known(page, qtbot):
    found = facts(shown(qtbot, page, "birch.example"))
    assert found["State"]["State"] == "unknown"
    assert found["Registration"]["Registrar"] == "not known"
    assert found["Reports"]["Reports"] == "1 of 1 URLs"


def test_copying_defangs(page, qtbot):
    select(page, "amber.test", "birch.example")
    page.table.actions()[0].trigger()
    assert sorted(QApplication.clipboard().text().split()) == ["amber[.]test", "birch[.]example"]
    shown(qtbot, page, "amber.test")._copy()
    assert QApplication.clipboard().text() == "amber[.]test"
    page.detail.facts.selectAll()
    page.detail.facts.actions()[0].trigger()
    assert "Host: amber[.]test" in QApplication.clipboard().text()


def test_look_up_again_queues_the_hosts_and_says_what_is_missing(page, filled, qtbot):
    with filled.case() as case, case.transaction():
        case.execute("UPDATE queue SET due_at = NULL")
    select(page, "amber.test")
    with qtbot.waitSignal(page._desk.changed):
        page.again_button.click()
    assert filled.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL") == 1
    assert "resolver.nameservers" in page._desk.messages.last.text


def test_an_empty_case_file_says_what_to_do_next(bench, qtbot):
    window = bench.window()
    window.pages.show_page(window.pages.domains)
    with qtbot.waitSignal(window.pages.domains.model.listed):
        window.pages.domains.model.refresh()
    assert window.pages.domains._stack.currentIndex() == 1
    assert "Take in a list" in window.pages.domains._empty._text.text()


def test_answers_of_a_lookup_are_shown_raw_on_demand(practice_bench, world, qtbot):
    bench = practice_bench()
    name = next(name for name, item in sorted(world.domains.items()) if item.registry)
    bench.take(f"https://{name}/x")
    window = bench.window(start=True)
    page = window.pages.domains
    qtbot.waitUntil(lambda: bench.rows()[0].findings.looked_up_at is not None, timeout=30000)
    qtbot.waitUntil(lambda: not window.lookups.looking_up)
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    detail = shown(qtbot, page, name)
    qtbot.waitUntil(lambda: detail.answers._list.topLevelItemCount() > 5)
    answers = detail.answers
    assert answers.shown_text() == ""
    answers._list.setCurrentItem(answers._list.topLevelItem(1))
    qtbot.keyClick(answers._list, Qt.Key.Key_Return)
    assert answers.shown_text() != ""
    with qtbot.waitSignal(detail.shown):
        detail.refresh()  # as lookups of other names cause
    assert answers.shown_text() != ""
    answers._text.selectAll()
    copied = answers._text.createMimeDataFromSelection()
    assert not copied.hasHtml()
    assert name not in copied.text()


def test_every_outcome_and_kind_can_be_chosen(bench, qtbot):
    dialog = AssessDialog(bench.context, 1, lambda _assessment: None)
    qtbot.addWidget(dialog)
    for outcome in AssessmentOutcome:
        for kind in SiteKind:
            dialog.outcome.setCurrentText(outcome.value)
            dialog.kind.setCurrentText(kind.value)
            assert (dialog.assessment().outcome, dialog.assessment().kind) == (outcome, kind)


def test_a_severity_is_recorded_only_where_stated(bench, qtbot):
    dialog = AssessDialog(bench.context, 1, lambda _assessment: None)
    qtbot.addWidget(dialog)
    dialog.outcome.setCurrentText(AssessmentOutcome.CONFIRMED.value)
    assert dialog.assessment().severity is None
    dialog.severity.setValue(0)
    assert dialog.assessment().severity == 0


def test_copying_with_shift_leaves_names_as_they_are(page, qtbot):
    shown(qtbot, page, "amber.test")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "amber[.]test"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.table, Qt.Key.Key_C, both)
    qtbot.keyClick(page.table, Qt.Key.Key_Shift)  # let go of both, for the tests that follow
    assert QApplication.clipboard().text() == "amber.test"
    raw = page.detail.answers._text
    raw.setPlainText("https://amber.test/")
    raw.selectAll()
    raw.copy()
    assert "amber[.]test" in QApplication.clipboard().text()
    clipboard.forget()  # what Qt put there for us is taken away as well
    assert QApplication.clipboard().text() == ""
