from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from abusetrack.casefile import address_rules, contact_ledger, directory, notices, parties
from abusetrack.records import Contact, ContactOrigin, ContactOutcome, NoticeStatus, Role
from abusetrack.ui.party_facts import names

CLEAR = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


@pytest.fixture
def page(filled, qtbot, clock, export_notice):
    """A directory of two registrars and a host, one of them with a history."""
    with filled.case() as case:
        directory.upsert(
            case,
            [
                Contact(key, name, role, email, form, None, ContactOrigin.AUTOMATIC, "table.csv",
                        clock.now())
                for key, name, role, email, form in (
                    ("iana:9999", "First Registrar", Role.REGISTRAR, "abuse@first.example", None),
                    ("iana:9998", "Second Registrar", Role.REGISTRAR, None, "https://s.example/f"),
                    ("asn:64500", "NET", Role.HOST, "abuse@net.example", None),
                )
            ],
        )  # fmt: skip
        parties.note(case, "iana:9999", {"country": "DE", "one_domain": True})
        reference = export_notice(case, "amber.test")
        notices.mark(case, reference, NoticeStatus.SENT)
        notices.mark(case, reference, NoticeStatus.ACTIONED)
        contact_ledger.record(case, "iana:9999", Role.REGISTRAR, ContactOutcome.ANSWERED)
    window = filled.window()
    window.pages.show_page(window.pages.directory)
    qtbot.waitUntil(lambda: window.pages.directory.model.rowCount() == 3)
    return window.pages.directory


def shown(qtbot, page, key):
    number = [found for found, _role in page.model.keys].index(key)
    page.table.selectionModel().setCurrentIndex(page.model.index(number, 0), CLEAR)
    qtbot.waitUntil(lambda: page.panel.party == key, timeout=10000)
    return facts(page)


def facts(page):
    tree = page.panel.facts
    return {
        top.text(0): [(top.child(n).text(0), top.child(n).text(1)) for n in range(top.childCount())]
        for top in (tree.topLevelItem(n) for n in range(tree.topLevelItemCount()))
    }


def cells(page):
    model = page.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_row_says_how_a_party_is_reached(page):
    open_, day = "to be confirmed", "2026-03-01"
    assert cells(page) == [
        ["First Registrar", "registrar", "abuse@first.example", open_, day, "1"],
        ["NET", "host", "abuse@net.example", open_, day, "0"],
        ["Second Registrar", "registrar", "https://s.example/f", open_, day, "0"],
    ]


def test_rows_reach_the_right_edge(page):
    last = page.model.columnCount() - 1
    edge = page.table.columnViewportPosition(last) + page.table.columnWidth(last)
    assert edge >= page.table.viewport().width()


def test_one_page_on_a_party(page, qtbot):
    found = shown(qtbot, page, "iana:9999")
    assert ("E-mail", "abuse@first.example") in found["Contacts"]
    assert ("Country", "DE") in found["What we know"]
    assert "1 notice: 1 marked as sent, 1 answered, 1 actioned" in found["How they answered"][0][1]
    assert "actioned" in found["Notices"][0][1]
    assert "real answer" in found["How the contact fared"][0][1]
    assert "web form only" not in str(found)
    assert ("Web form", "https://s.example/f") in shown(qtbot, page, "iana:9998")["Contacts"]
    assert not page.panel.no_send_button.isVisible()


def test_a_contact_is_confirmed_after_a_question(page, filled, qtbot):
    shown(qtbot, page, "iana:9999")
    page.panel.confirm_button.click()
    box = page.panel.findChild(QMessageBox)
    assert "abuse@first.example" in box.informativeText()
    with qtbot.waitSignal(page._desk.changed, timeout=10000):
        box.buttons()[0].click()
    with filled.case() as case:
        assert directory.contact_for(case, "iana:9999", Role.REGISTRAR).confirmed_by
    qtbot.waitUntil(lambda: not page.panel.confirm_button.isVisible(), timeout=10000)
    qtbot.waitUntil(lambda: cells(page)[0][3] == "confirmed", timeout=10000)


def test_who_was_confirmed_stays_until_the_filter_changes(page, qtbot):
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.unconfirmed.setChecked(True)
    shown(qtbot, page, "iana:9999")
    page.panel.confirm(page.panel.contact)
    qtbot.waitUntil(lambda: cells(page)[0][3] == "confirmed", timeout=10000)
    assert page.model.rowCount() == 3
    assert page.panel.party == "iana:9999"
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.filter.setText("e")
    assert [key for key, _role in page.model.keys] == ["asn:64500", "iana:9998"]
    assert page.panel.row is None


def test_cancelling_confirms_nothing(page, filled, qtbot):
    shown(qtbot, page, "iana:9999")
    page.panel.ask_confirm()
    page.panel.findChild(QMessageBox).reject()
    with filled.case() as case:
        assert directory.contact_for(case, "iana:9999", Role.REGISTRAR).confirmed_by is None


def test_an_address_is_never_sent_to_and_again(page, filled, qtbot):
    shown(qtbot, page, "asn:64500")
    page.panel.ask_no_send()
    with qtbot.waitSignal(page._desk.changed, timeout=10000):
        page.panel.findChild(QMessageBox).buttons()[0].click()
    with filled.case() as case:
        assert [item.pattern for item in address_rules.no_send(case)] == ["abuse@net.example"]
    qtbot.waitUntil(lambda: "Never sent to" in str(facts(page)), timeout=10000)
    with qtbot.waitSignal(page._desk.changed, timeout=10000):
        page.panel.set_no_send(False)
    with filled.case() as case:
        assert address_rules.no_send(case) == []


def test_filters_ask_by_sql(page, qtbot):
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.filter.setText("second")
    assert [key for key, _role in page.model.keys] == ["iana:9998"]
    assert page._count.text() == "1 party"
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.filter.clear()
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.role.setCurrentText("host")
    assert [key for key, _role in page.model.keys] == ["asn:64500"]
    with qtbot.waitSignal(page.model.listed, timeout=10000):
        page.used.setChecked(True)
    assert page.model.rowCount() == 0
    assert page._stack.currentIndex() == 1


def test_the_selection_is_kept_when_the_order_changes(page, qtbot):
    shown(qtbot, page, "iana:9998")
    with qtbot.waitSignal(page.model.modelReset, timeout=10000):
        page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert page.model.row(page.table.currentIndex().row()).key == "iana:9998"


def test_copying_gives_the_party(page, qtbot):
    shown(qtbot, page, "asn:64500")
    page.table.actions()[0].trigger()
    assert QApplication.clipboard().text() == "asn:64500 NET"


def test_every_note_has_a_name(qapp):
    assert set(names()) == set(parties.FIELDS) - {"name", "openpgp_key"}


def test_the_model_never_raises(page, filled):
    model = page.model
    assert model.row(-1) is None
    assert model.row(99) is None
    assert model.data(model.index(99, 0)) is None
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Party"
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
    with filled.case() as case, case.transaction():
        case.execute("DELETE FROM contact")
    model._cache.clear()
    assert model.data(model.index(0, 2)) == "no contact known"


def test_what_we_know_of_a_party_is_edited_in_place(page, filled, qtbot):
    shown(qtbot, page, "iana:9999")
    panel = page.panel
    qtbot.mouseClick(panel.edit_button, Qt.MouseButton.LeftButton)
    assert panel.editor.isVisible()
    assert not panel.facts.isVisible()
    editors = panel.editor.editors
    assert editors["one_domain"].currentText() == "yes"
    assert editors["email"].text() == "abuse@first.example"
    editors["one_domain"].setCurrentText("not known")
    editors["union"].setCurrentText("no")
    qtbot.keyClicks(editors["trusted_notifier"], "agreement of 2025")
    editors["country"].setText("Germany")
    qtbot.mouseClick(panel.editor.save_button, Qt.MouseButton.LeftButton)
    assert "two letters" in page._desk.messages.last.text
    assert editors["trusted_notifier"].text() == "agreement of 2025"  # nothing typed is lost
    editors["country"].setText("at")
    with qtbot.waitSignal(panel.editor.closed, timeout=10000):
        qtbot.mouseClick(panel.editor.save_button, Qt.MouseButton.LeftButton)
    assert not panel.editor.isVisible()
    with filled.case() as case:
        found = parties.party(case, "iana:9999")
        contact = directory.contact_for(case, "iana:9999", Role.REGISTRAR)
    assert (found.one_domain, found.union, found.country) == (None, False, "AT")
    assert found.trusted_notifier == "agreement of 2025"
    assert contact.origin is ContactOrigin.AUTOMATIC  # it was not touched


def test_a_contact_is_typed_and_has_to_be_confirmed(page, filled, qtbot):
    shown(qtbot, page, "iana:9998")
    panel = page.panel
    panel.edit_button.click()
    editors = panel.editor.editors
    editors["email"].setText("a@b.example, c@d.example")
    panel.editor.save_button.click()
    assert "no single mail address" in page._desk.messages.last.text
    editors["email"].setText("abuse@second.example")
    with qtbot.waitSignal(panel.editor.closed, timeout=10000):
        panel.editor.save_button.click()
    with filled.case() as case:
        contact = directory.contact_for(case, "iana:9998", Role.REGISTRAR)
    assert (contact.email, contact.form) == ("abuse@second.example", "https://s.example/f")
    assert (contact.origin, contact.confirmed_at) == (ContactOrigin.MANUAL, None)


def test_another_row_leaves_what_was_being_edited_as_it_was(page, filled, qtbot):
    shown(qtbot, page, "iana:9999")
    page.panel.edit_button.click()
    page.panel.editor.editors["country"].setText("AT")
    shown(qtbot, page, "iana:9998")
    assert not page.panel.editor.isVisible()
    with filled.case() as case:
        assert parties.party(case, "iana:9999").country == "DE"
