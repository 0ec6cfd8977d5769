from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from abusetrack.casefile import gates, partners
from abusetrack.casefile.check import check
from abusetrack.exchange import block_lists, giving
from abusetrack.records import Level, PartnerKind
from abusetrack.settings import PartnerSettings
from abusetrack.triage import taking
from abusetrack.ui.dialogs.file_view import FileViewDialog
from abusetrack.ui.exchanging import forms
from abusetrack.ui.messages import Weight
from tests.notices.test_openpgp import recipient, ring  # noqa: F401  (fixtures)

NAMES = ("amber.test", "birch.example")
KEY = "0123456789ABCDEF0123456789ABCDEF01234567"
STIX = {
    "type": "bundle",
    "objects": [
        {
            "type": "indicator",
            "id": f"indicator--{number}",
            "pattern": f"[domain-name:value = '{name}']",
            "modified": "2026-02-01T00:00:00Z",
            "revoked": name == "amber.test",
        }
        for number, name in enumerate(("amber.test", "elm.test", "no name"))
    ],
}


@pytest.fixture
def page_of(bench_of, context, finding):
    """Make the page for these partners, over four domains of which two are confirmed."""

    def make(**known):
        settings = context.settings.but({"partners": known})
        bench = bench_of(replace(context, settings=settings))
        bench.take()
        with bench.case() as case:
            taking.assess(bench.context, case, list(NAMES), finding)
        window = bench.window()
        window.pages.go("partners")
        return bench, window, window.pages.partners

    return make


def choose(qtbot, page, name, form="stix"):
    """Choose a partner and a format, and wait for the preview."""
    page.partner_box.setCurrentText(name)
    page.give.form_box.setCurrentIndex(page.give.form_box.findData(form))
    refreshed(qtbot, page)


def refreshed(qtbot, page):
    with qtbot.waitSignal(page.give.offered, timeout=10000):
        page.give.refresh()


def saved(qtbot, page, path):
    """Save, and wait until the preview is there anew."""
    with qtbot.waitSignal(page.give.offered, timeout=10000):
        page.give.save(path)


def rows(model):
    return {
        model.name_at(n): [model.index(n, c).data() for c in range(model.columnCount())]
        for n in range(model.rowCount())
    }


def facts(view):
    tops = [view.topLevelItem(n) for n in range(view.topLevelItemCount())]
    return "\n".join(top.child(n).text(1) for top in tops for n in range(top.childCount()))


def labels(page):
    return " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def file_of(folder):
    path = folder / "first.json"
    path.write_text(json.dumps(STIX), encoding="utf-8")
    return path


def opened(qtbot, page, path):
    page.tabs.setCurrentWidget(page.receive)
    with qtbot.waitSignal(page.receive.opened, timeout=10000):
        page.receive.open(path)


def test_every_format_of_the_command_line_is_offered_here():
    assert {form.key for form in forms() if not form.online} == set(giving.FORMATS) | set(
        block_lists.FORMATS
    )
    assert {form.key for form in forms() if form.names_only} == set(block_lists.FORMATS)


def test_without_a_partner_the_page_leads_to_the_settings(page_of, qtbot):
    _, window, page = page_of()
    assert "No partner is set" in labels(page)
    with qtbot.waitSignal(window.pages.settings_wanted):
        page.settings_button.click()


def test_the_preview_shows_what_the_receiver_sees_and_names_only_when_revealed(page_of, qtbot):
    _, window, page = page_of(all=PartnerSettings(level=Level.URL), some=PartnerSettings())
    assert page.partner_box.currentText() == ""  # nothing is guessed
    choose(qtbot, page, "all")
    assert set(rows(page.give.model)) == set(NAMES)
    assert "amber" not in str(rows(page.give.model)["amber.test"])
    assert "amber" not in facts(page.give.facts)
    assert "id=1" not in facts(page.give.facts)
    window.reveal_names(True)
    assert rows(page.give.model)["amber.test"][1] == "amber.test"
    assert "https://amber.test/a?id=1" in facts(page.give.facts)
    choose(qtbot, page, "some")
    assert "https://" not in facts(page.give.facts)
    choose(qtbot, page, "some", "plain")
    assert facts(page.give.facts) == "amber.test"


def test_how_many_are_left_out_and_why_is_said(page_of, qtbot):
    bench, _, page = page_of(one=PartnerSettings())
    with bench.case() as case:
        gates.open_again(case, ["amber.test"])
    choose(qtbot, page, "one")
    assert set(rows(page.give.model)) == {"birch.example"}
    assert "a gate is open, has run out, or was never cleared: 1" in labels(page)


def test_a_file_is_saved_and_recorded_as_on_the_command_line(page_of, qtbot, tmp_path):
    bench, window, page = page_of(one=PartnerSettings())
    choose(qtbot, page, "one")
    assert page.give.encrypt_box.isChecked()
    assert not page.give.save_button.isEnabled()
    assert "No key of one is known" in labels(page)
    page.give.encrypt_box.setChecked(False)
    saved(qtbot, page, tmp_path / "first.json")
    assert "amber.test" in (tmp_path / "first.json").read_text()
    assert "NOT encrypted" in window.desk.messages.last.text
    detail = json.loads(bench.value("SELECT detail FROM audit WHERE action = 'share'"))
    assert detail["form"] == "stix"
    with bench.case() as case:
        assert set(partners.given(case, "one")) == set(NAMES)
        assert check(case).sound
    saved(qtbot, page, tmp_path / "first.json")
    assert "exists already" in window.desk.messages.last.text


def test_what_changed_since_it_was_shown_is_not_saved_but_shown_anew(page_of, qtbot, tmp_path):
    bench, window, page = page_of(one=PartnerSettings())
    choose(qtbot, page, "one", "plain")
    page.give.encrypt_box.setChecked(False)
    with bench.case() as case:
        gates.open_again(case, ["amber.test"])
    saved(qtbot, page, tmp_path / "list")
    assert not (tmp_path / "list").exists()
    assert window.desk.messages.last.weight is Weight.CARE
    assert set(rows(page.give.model)) == {"birch.example"}


def test_another_format_or_partner_is_encrypted_again_by_default(page_of, qtbot):
    isp = PartnerSettings(kind=PartnerKind.INDUSTRY, openpgp_fingerprint=KEY)
    _, _, page = page_of(isp=isp, one=PartnerSettings())
    choose(qtbot, page, "isp", "rpz")
    assert page.give.save_button.isEnabled()
    for name, form in (("isp", "hosts"), ("one", "hosts")):
        page.give.encrypt_box.setChecked(False)
        choose(qtbot, page, name, form)
        assert page.give.encrypt_box.isChecked()


def test_with_nothing_to_share_nothing_is_saved(page_of, qtbot):
    bench, _, page = page_of(one=PartnerSettings(), numbers=PartnerSettings(level=Level.COUNTS))
    choose(qtbot, page, "numbers")
    assert "domains: 2" in labels(page)
    choose(qtbot, page, "numbers", "plain")
    page.give.encrypt_box.setChecked(False)
    assert not page.give.save_button.isEnabled()
    with bench.case() as case:
        gates.open_again(case, list(NAMES))
    choose(qtbot, page, "one")
    page.give.encrypt_box.setChecked(False)
    assert "Nothing to share" in labels(page)
    assert not page.give.save_button.isEnabled()


@pytest.mark.parametrize(
    ("trusted", "changes"),
    [
        ((), "nothing"),
        (("reports",), "becomes a report to assess"),
        (("assessments",), "counts as confirmed, in the partner's name"),
    ],
)
def test_a_file_is_looked_at_then_taken_in(page_of, qtbot, tmp_path, trusted, changes):
    bench, window, page = page_of(one=PartnerSettings(trusted=trusted))
    window.reveal_names(True)
    opened(qtbot, page, file_of(tmp_path))
    shown = rows(page.receive.model)
    assert shown["amber.test"] == [
        "in conflict", "amber.test", "taken back on 2026-02-01", "confirmed, dedicated", "nothing",
    ]  # fmt: skip
    assert (shown["elm.test"][0], shown["elm.test"][4]) == ("new", changes)
    assert "a name that is none: 1" in labels(page)
    assert bench.value("SELECT count(*) FROM partner_record") == 0
    with qtbot.waitSignal(window.desk.changed, timeout=10000):
        page.receive.take_button.click()
    assert bench.value("SELECT count(*) FROM partner_record") == 2
    found = {row.domain: row.confirmed_reports for row in bench.rows()}
    assert ("elm.test" in found) is bool(trusted)
    assert found.get("elm.test", 0) == (trusted == ("assessments",))
    assert page.receive.model.rowCount() == 0


def test_a_file_that_is_left_is_not_kept(page_of, qtbot, tmp_path):
    bench, _, page = page_of(one=PartnerSettings())
    opened(qtbot, page, file_of(tmp_path))
    assert "elm" not in str(rows(page.receive.model)["elm.test"])
    page.receive.leave_button.click()
    assert page.receive.model.rowCount() == 0
    assert bench.value("SELECT count(*) FROM partner_record") == 0


def test_a_file_that_is_no_stix_is_said_in_a_sentence(page_of, qtbot, tmp_path):
    _, window, page = page_of(one=PartnerSettings())
    path = tmp_path / "list.json"
    path.write_text("{}", encoding="utf-8")
    page.receive.open(path)
    qtbot.waitUntil(lambda: window.desk.messages.last is not None)
    assert "neither a STIX 2.1 bundle nor a MISP event" in window.desk.messages.last.text
    assert not page.receive.leave_button.isEnabled()


def test_the_file_is_shown_as_the_receiver_gets_it_once_names_are_revealed(
    page_of, qtbot, tmp_path
):
    _, window, page = page_of(one=PartnerSettings(level=Level.URL))
    for form in forms():
        if form.online:
            continue
        window.reveal_names(False)
        choose(qtbot, page, "one", form.key)
        assert not page.give.view_button.isEnabled()
        window.reveal_names(True)
        page.give.view_button.click()
        qtbot.waitUntil(lambda: page.give.findChild(FileViewDialog) is not None)
        dialog = page.give.findChild(FileViewDialog)
        shown = dialog.text.toPlainText()
        dialog.close()
        qtbot.waitUntil(lambda: page.give.findChild(FileViewDialog) is None)
        page.give.encrypt_box.setChecked(False)
        path = tmp_path / form.key
        saved(qtbot, page, path)
        if form.key not in {"stix", "misp"}:  # these have the hour in which they were made
            assert path.read_bytes().decode().replace("\r\n", "\n") == shown
        assert "amber.test" in shown


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
@pytest.mark.parametrize("form", ["stix", "rpz"])
def test_what_is_saved_can_be_read_with_the_receivers_key_alone(
    page_of,
    qtbot,
    tmp_path,
    ring,  # noqa: F811
    recipient,  # noqa: F811
    monkeypatch,
    form,
):
    monkeypatch.setenv("GNUPGHOME", str(ring.home))
    bench, window, page = page_of(one=PartnerSettings(openpgp_fingerprint=recipient))
    choose(qtbot, page, "one", form)
    saved(qtbot, page, tmp_path / "first")
    written = (tmp_path / "first.asc").read_bytes()
    assert b"amber" not in written
    assert b"amber.test" in ring.run("--decrypt", given=written)
    assert not (tmp_path / "first").exists()
    assert "encrypted. Nothing was sent." in window.desk.messages.last.text
    with bench.case() as case:
        assert set(partners.given(case, "one")) == set(NAMES)


def test_a_file_that_is_dropped_is_looked_at(page_of, qtbot, tmp_path):
    bench, _, page = page_of(one=PartnerSettings())
    page.tabs.setCurrentWidget(page.receive)
    data = QMimeData()
    data.setUrls([QUrl("https://elsewhere.example/x"), QUrl.fromLocalFile(str(file_of(tmp_path)))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    entering = QDragEnterEvent(QPoint(1, 1), *how, Qt.KeyboardModifier.NoModifier)
    page.receive.dragEnterEvent(entering)
    assert entering.isAccepted()
    with qtbot.waitSignal(page.receive.opened, timeout=10000):
        page.receive.dropEvent(QDropEvent(QPoint(1, 1), *how, Qt.KeyboardModifier.NoModifier))
    assert set(rows(page.receive.model)) == {"amber.test", "elm.test"}
    assert bench.value("SELECT count(*) FROM partner_record") == 0


def test_keys_save_what_is_shared_and_take_in_what_came(page_of, qtbot, tmp_path):
    bench, window, page = page_of(one=PartnerSettings())
    choose(qtbot, page, "one", "plain")
    page.give.encrypt_box.setChecked(False)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(page.give.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    dialog = page.give.findChild(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name.startswith("one-")
    dialog.reject()
    opened(qtbot, page, file_of(tmp_path))
    with qtbot.waitSignal(window.desk.changed, timeout=10000):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(page.receive.table, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert bench.value("SELECT count(*) FROM partner_record") == 2


@pytest.mark.parametrize("wanted", ["share", "open"])
def test_the_menu_leads_to_the_page(page_of, wanted):
    _, window, page = page_of(one=PartnerSettings())
    window.pages.go("domains")
    texts = {
        action.text().replace("&", ""): action
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
    }
    found = [a for text, a in texts.items() if "partner" in text.lower() and wanted in text.lower()]
    found[0].trigger()
    assert page.isVisible()
    assert page.tabs.currentWidget() is (page.give if wanted == "share" else page.receive)
    if wanted == "open":
        page.receive.findChild(QFileDialog).reject()
