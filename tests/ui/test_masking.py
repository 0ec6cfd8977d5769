"""What an analyst is spared: names, links, words of severity; on every page, until wanted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QTextBrowser,
    QWidget,
)

from abusetrack import practice
from abusetrack.settings import Settings, WindowSettings
from abusetrack.triage import contact_tables, taking
from abusetrack.triage.context import make_context

ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
         Qt.ItemDataRole.AccessibleTextRole)  # fmt: skip


@pytest.fixture
def names(world):
    """Dedicated domains with a registrar, and one that hops."""
    found = [
        truth.domain
        for truth in world.truths()
        if str(truth.state) == "active"
        and truth.iana_id
        and world.domains[truth.domain].finding.kind == "dedicated"
    ]
    return sorted(found, key=lambda name: (name.partition(".")[0], name))[:12]


@pytest.fixture
def window(practice_bench, world, names, qtbot, tmp_path, finding):
    """The window over looked-up, assessed domains, with everything on its pages."""
    bench = practice_bench()
    bench.take("\n".join(f"https://{name}/path/of/it?x=1" for name in names))
    practice.write_contacts(world, tmp_path / "contacts.csv")
    with bench.case() as case:
        contact_tables.import_contacts(bench.context, case, tmp_path / "contacts.csv")
        taking.assess(bench.context, case, names, finding)
    window = bench.window()
    with qtbot.waitSignal(window.desk.worker.ended, timeout=60000):
        window.desk.look_up()
    return window


def cells(view: QAbstractItemView, parent: QModelIndex) -> list[str]:
    model = view.model()
    found = []
    for row in range(model.rowCount(parent)):
        for column in range(model.columnCount(parent)):
            index = model.index(row, column, parent)
            found += [str(index.data(role) or "") for role in ROLES]
        found += cells(view, model.index(row, 0, parent))
    return found


def told(widget: QWidget) -> str:
    """Return everything that a page shows, tells in tips, or says to a screen reader."""
    found = []
    for one in (widget, *widget.findChildren(QWidget)):
        found += [one.toolTip(), one.accessibleName(), one.accessibleDescription()]
        if isinstance(one, QLabel):
            found.append(one.text())
        elif isinstance(one, QPlainTextEdit):
            found.append(one.toPlainText())
        elif isinstance(one, QAbstractItemView) and one.model() is not None:
            found += cells(one, QModelIndex())
    return "\n".join(found).casefold()


def visit(window, qtbot):
    """Show every page with its first row chosen; yield each once it is full."""
    for page in window.pages.every():
        window.pages.show_page(page)
        if page is window.pages.domains:
            qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 12, timeout=20000)
            window.pages.domains.table.selectRow(0)
            qtbot.waitUntil(lambda: window.pages.domains.detail.facts.topLevelItemCount() > 0)
            tabs = window.pages.domains.detail.findChild(QTabWidget)
            for at in range(tabs.count()):
                tabs.setCurrentIndex(at)
                qtbot.wait(50)
        elif page is window.pages.notices:
            qtbot.waitUntil(lambda: not window.pages.notices.list.is_empty(), timeout=20000)
        elif page in (window.pages.activity, window.pages.hops):
            with qtbot.waitSignal(page.listed, timeout=20000):
                page.refresh()
        elif page is window.pages.directory:
            qtbot.waitUntil(lambda: window.pages.directory.model.rowCount() > 0, timeout=20000)
        yield page


def test_no_page_shows_or_tells_a_name_until_it_is_wanted(window, names, qtbot):
    labels = {name.partition(".")[0] for name in names}
    for page in visit(window, qtbot):
        text = told(page)
        lines = [one for one in text.splitlines() for label in labels if label in one]
        assert lines == [], type(page).__name__
        assert "path/of/it" not in text
    window.reveal_names(True)
    shown = "".join(told(page) for page in visit(window, qtbot))
    assert all(label in shown for label in labels)


def test_no_list_has_words_of_severity_and_nothing_is_a_link(window, qtbot):
    for page in visit(window, qtbot):
        heads = [
            str(view.model().headerData(at, Qt.Orientation.Horizontal))
            for view in page.findChildren(QAbstractItemView)
            if view.model() is not None
            for at in range(view.model().columnCount())
        ]
        assert not [head for head in heads if "sever" in head.casefold()]
        assert not page.findChildren(QTextBrowser)
        plain = Qt.TextFormat.PlainText
        assert all(label.textFormat() is plain for label in page.findChildren(QLabel))


def test_names_can_be_shown_from_the_start_by_a_setting(bench_of, clock):
    context = make_context(Settings(window=WindowSettings(reveal_names=True)), clock)
    window = bench_of(context).window()
    assert window.names_revealed
