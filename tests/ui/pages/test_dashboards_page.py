from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDateEdit, QPushButton

from abusetrack.casefile import assessments, sightings
from abusetrack.casefile.sightings import Sighting
from abusetrack.metrics.filters import Period
from abusetrack.metrics.panels import PANELS
from abusetrack.records import HostingAgreement, State
from abusetrack.ui.desk import Changed
from abusetrack.ui.pages import dashboards_page

NAMES = ("amber.test", "birch.example", "cedar.test")


def until_fresh(qtbot, page):
    def fresh():
        seen = [card for card in page.cards.values() if card.isVisible()]
        assert seen
        assert all(card.panel is not None and card.stale.isHidden() for card in seen)

    qtbot.waitUntil(fresh)


def show_group(qtbot, page, group):
    page.tabs.setCurrentIndex(dashboards_page._GROUPS.index(group))
    until_fresh(qtbot, page)


@pytest.fixture
def window(filled, qtbot, clock, finding):
    """Three confirmed domains of two registrars, each looked up once, and the page open."""
    with filled.case() as case:
        assessments.add_many(case, [(name, finding) for name in NAMES])
        sightings.write(
            case,
            [
                Sighting(
                    domain=name, at=clock.now(), state=State.ACTIVE, registration_at=clock.now(),
                    registrar_key=f"iana:999{n % 2}", registrar=f"Registrar {n % 2}", expires=None,
                    hosting_at=clock.now(), hosting_country="NL",
                    hosting_verdict=HostingAgreement.UNANIMOUS, asn=64500, as_name="NET", cdn=None,
                )
                for n, name in enumerate(NAMES)
            ],
        )  # fmt: skip
    window = filled.window()
    window.pages.show_page(window.pages.dashboards)
    until_fresh(qtbot, window.pages.dashboards)
    return window


@pytest.fixture
def page(window):
    return window.pages.dashboards


def test_every_group_and_panel_has_its_place(page):
    assert {kind.group for kind in PANELS} == set(dashboards_page._GROUPS)
    assert set(page.cards) == {kind.key for kind in PANELS}


def test_a_figure_is_shown_as_chart_and_table(page):
    card = page.cards["registrars"]
    assert card.title.text() == "Confirmed domains by registrar"
    assert card.chart is not None
    rows = [card.model.text(row, 0) for row in range(card.model.rowCount())]
    assert rows[:2] == ["Registrar 0", "Registrar 1"]
    assert card.notes.text().startswith("Only 3 domains")
    assert "at most 7 days" in card.definition.text()


def test_an_empty_case_file_gets_sentences(bench, qtbot):
    window = bench.window()
    window.pages.show_page(window.pages.dashboards)
    page = window.pages.dashboards
    for group in dashboards_page._GROUPS:
        show_group(qtbot, page, group)
        for card in page.cards.values():
            if card.isVisible():
                assert card.chart is None
                assert card._empty.isVisible()
                assert card._empty.text().endswith(".")
                assert not card.buttons["csv"].isEnabled()


def test_a_filter_counts_anew_and_the_picture_before_stays_till_then(page, qtbot):
    card = page.cards["registrars"]
    before = card.chart
    page.filters.kind.setCurrentIndex(page.filters.kind.findText("forum"))
    assert card.chart is before
    assert card.stale.isVisible()
    until_fresh(qtbot, page)
    assert card.chart is None
    assert card.panel.table.rows == ()
    page.filters.clear()
    until_fresh(qtbot, page)
    assert card.panel.table.rows


def test_what_is_overtaken_is_never_shown(page, qtbot):
    shown = []
    card = page.cards["registrars"]
    show, card.show_panel = card.show_panel, lambda panel: (shown.append(panel), show(panel))
    for text in ("forum", "dedicated", "Any kind"):
        page.filters.kind.setCurrentIndex(page.filters.kind.findText(text))
    until_fresh(qtbot, page)
    assert len(shown) == 1
    assert dict(shown[0].figures)["Domains"] == "3"


def test_days_of_ones_own_include_the_last(page, qtbot, clock):
    period = page.filters.period
    period.setCurrentIndex(period.findText("custom days"))
    assert page.filters.since.isVisible()
    found = page.filters.chosen().filters
    assert found.until.date() > clock.now().date()
    assert found.since.day == 1


def test_new_facts_are_counted(page, qtbot, filled, finding):
    with filled.case() as case:
        assessments.add_many(case, [("192.0.2.7", finding)])
    page._desk.changed.emit(Changed.FINDINGS)
    qtbot.waitUntil(
        lambda: dict(page.cards["registrars"].panel.figures)["Domains"] == "4", timeout=10_000
    )


def test_filters_are_saved_chosen_and_deleted(page, qtbot, filled):
    filters = page.filters
    filters.kind.setCurrentIndex(filters.kind.findText("forum"))
    filters.period.setCurrentIndex(filters.period.findText(Period.THIS_YEAR.value))
    filters.saved.setEditText("forums")
    filters.save_button.click()
    qtbot.waitUntil(lambda: filters.saved.findText("forums") >= 0)
    filters.clear()
    page.load_filters("forums")
    qtbot.waitUntil(lambda: filters.kind.currentText() == "forum")
    assert filters.chosen().named is Period.THIS_YEAR
    filters.saved.setEditText("forums")
    filters.remove_button.click()
    qtbot.waitUntil(lambda: filters.saved.findText("forums") < 0)
    assert filled.value("SELECT count(*) FROM saved_figures") == 0


def test_a_row_leads_to_its_domains_by_the_keyboard(window, page, qtbot):
    card = page.cards["registries"]
    row = next(n for n in range(card.model.rowCount()) if card.model.key(n) == "test")
    card.table.setCurrentIndex(card.model.index(row, 0))
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.pages.domains)
    model = window.pages.domains.model
    qtbot.waitUntil(lambda: model.query.among is not None and model.rowCount() == 2)
    chips = [chip.text() for chip in window.pages.domains.bar.chips.findChildren(QPushButton)]
    assert any(text.startswith("Behind the figure: 2") for text in chips)


def test_open_cases_are_listed_masked_and_lead_on(window, page, qtbot, clock):
    show_group(qtbot, page, "Takedown")
    card = page.cards["domains-from-report"]
    card.open_button.click()
    qtbot.waitUntil(lambda: card.model.table is not card.panel.table)
    assert card.model.rowCount() == 3
    assert not {card.model.text(row, 0) for row in range(3)} & set(NAMES)
    window.reveal_names(True)
    assert {card.model.text(row, 0) for row in range(3)} == set(NAMES)
    card.table.setCurrentIndex(card.model.index(0, 0))
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    assert window.pages.domains.model.query.text in NAMES
    card.open_button.click()
    assert card.model.table is card.panel.table


@pytest.mark.parametrize("what", ["png", "svg", "csv"])
def test_a_figure_is_saved(page, tmp_path, what):
    path = tmp_path / f"figure.{what}"
    page.save_figure("registrars", what, path)
    start = {"png": b"\x89PNG", "svg": b"<?xml", "csv": b"\xef\xbb\xbfRegistrars,domains"}[what]
    assert path.read_bytes().startswith(start)


def test_where_it_cannot_be_saved_a_sentence_says_so(window, page, tmp_path):
    said = []
    page._desk.messages.said.connect(lambda message: said.append(message.text))
    page.save_figure("registrars", "csv", tmp_path / "none" / "figure.csv")
    assert "cannot be written" in said[-1]


def test_a_picture_is_copied(page):
    page.cards["registrars"].buttons["copy"].click()
    assert not QApplication.clipboard().image().isNull()


def test_every_control_has_a_name(page):
    for item in page.filters.findChildren(QComboBox) + page.filters.findChildren(QDateEdit):
        assert item.accessibleName()
    for card in page.cards.values():
        assert card.table.accessibleName()
        assert all(made.accessibleName() for made in card.buttons.values())
