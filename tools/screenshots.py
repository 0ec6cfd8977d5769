"""Draw each page of the window into a folder, from the practice internet.

    python tools/screenshots.py FOLDER [--all]

Names are revealed: all of them are invented. ``--all`` adds empty pages, dialogs and
the dark scheme, for whoever works on the looks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QLocale, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from abusetrack import intake, practice
from abusetrack import settings as settings_module
from abusetrack.casefile import CaseFile, CaseFileThread, directory, open_case_file
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Clock, SiteKind, SystemClock
from abusetrack.triage import contact_tables, contacts, resolving, taking
from abusetrack.triage.context import Context, make_context
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.main_window import MainWindow
from abusetrack.ui.messages import Messages
from abusetrack.ui.planning import ToConfirm
from abusetrack.ui.taking_in import Source

SIZE = 1280, 800
_SEED = 1
_START = datetime(2026, 3, 2, tzinfo=UTC)  # always the same day, so that pictures stay
_SEEN, _SHARE = 8, 0.0003  # of 255, and of all pixels: a pale button, or half a word
_UNCONFIRMED = 5  # every so many contacts one is left for the analyst

NEW_LIST = """From our partner, this morning:
hxxps://morning-list[.]test/albums/17?page=2
hxxp://second-name[.]example/x
hxxps://third.pages[.]invalid/gallery
also seen: quiet-harbour.test and its copy quiet-harbour.example
hxxp://192.168.4.9/private
hxxps://not_a_host_name/
"""


class _Clock:
    """Stands still, so that pictures stay alike."""

    def __init__(self, now: datetime) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant


@dataclass(frozen=True)
class Work:
    """What the pictures are drawn from."""

    context: Context
    case_path: Path
    lists: Path


def main() -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="also empty pages, dialogs, dark")
    parser.add_argument("--case", type=Path, help="draw this case file instead")
    parser.add_argument("--config", type=Path, help="the settings that go with it")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale.c())
    app = QApplication(["abusetrack"])
    theme.apply(app, dark=False)
    with tempfile.TemporaryDirectory() as name:
        if options.case is not None:
            config = settings_module.load(options.config or settings_module.default_config_path())
            context = make_context(config, SystemClock())
            _draw(Work(context, options.case, Path(name)), options.folder, "", everything=False)
            return 0
        world = practice.build(_SEED, start=_START)
        with practice.PracticeThread(world, Path(name) / "practice") as servers:
            clock = _Clock(world.start + timedelta(days=1))
            work = _prepare(world, clock, servers.config_path, Path(name))
            asyncio.run(_look_up(work))
            _decide(work, world)
            clock.instant += timedelta(hours=3)
            for dark in (False, True) if options.all else (False,):
                theme.apply(app, dark=dark)
                _draw(work, options.folder, "-dark" if dark else "", everything=options.all)
    return 0


def _prepare(world: practice.World, clock: Clock, config: Path, folder: Path) -> Work:
    context = make_context(settings_module.load(config), clock)
    work = Work(context, folder / "practice.case", folder)
    reports = folder / "reports.txt"
    practice.write_reports(world, reports)
    with _open(work) as case:
        reading = taking.reading(context, source="public")
        taken = intake.read_path(reports, context=reading)
        taking.take(context, case, taken, label=reports.name)
    return work


async def _look_up(work: Work) -> None:
    with CaseFileThread(lambda: _open(work)) as db:
        await resolving.resolve(work.context, db, lambda: _open(work))


def _decide(work: Work, world: practice.World) -> None:
    findings, table = work.lists / "assessments.csv", work.lists / "contacts.csv"
    practice.write_assessments(world, findings)
    practice.write_contacts(world, table)
    with _open(work) as case:
        taking.assess_list(work.context, case, findings)
        contact_tables.import_contacts(work.context, case, table)
        for number, reach in enumerate(contacts.listed(work.context, case, used_only=True)):
            if number % _UNCONFIRMED:
                directory.confirm(case, reach.contact.party_key, reach.contact.role)


def _open(work: Work) -> CaseFile:
    return open_case_file(work.case_path, clock=work.context.clock, actor=work.context.actor)


def _draw(work: Work, folder: Path, suffix: str, *, everything: bool) -> None:
    with _window(work) as window:
        _draw_intake(window, folder / f"intake{suffix}.png")
        _draw_domains(window, folder, suffix, everything=everything)
        _draw_notices(window, folder, suffix, everything=everything)
        for name, page in (("activity", window.pages.activity), ("hops", window.pages.hops)):
            window.pages.show_page(page)
            _until(lambda shown=page: shown.tree.topLevelItemCount() > 0)
            _wait(200)
            _save(window, folder / f"{name}{suffix}.png")
        _draw_directory(window, folder, suffix, everything=everything)
        _draw_dashboards(window, folder, suffix)
    if everything:
        empty = Work(work.context, work.lists / f"empty{suffix}.case", work.lists)
        with _window(empty) as window:
            for name in ("intake", "domains", "notices"):
                window.pages.show_page(getattr(window, name))
                _wait(300)
                _save(window, folder / f"{name}-empty{suffix}.png")


def _draw_directory(window: MainWindow, folder: Path, suffix: str, *, everything: bool) -> None:
    page = window.pages.directory
    window.pages.show_page(page)
    page.used.setChecked(True)
    _until(lambda: page.model.rowCount() > 0)
    page.table.selectRow(0)
    _until(lambda: page.panel.party is not None)
    _wait(300)
    _save(window, folder / f"directory{suffix}.png")
    if everything:
        page.panel.edit()
        _wait(300)
        _save(window, folder / f"directory-edit{suffix}.png")
        page.panel.editor.closed.emit()


def _draw_dashboards(window: MainWindow, folder: Path, suffix: str) -> None:
    page = window.pages.dashboards
    window.pages.show_page(page)
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        cards = [card for card in page.cards.values() if card.isVisible()]
        _until(lambda shown=cards: all(card.panel and card.stale.isHidden() for card in shown))
        _wait(300)
        name = page.tabs.tabText(at).lower()
        if name in {"registration", "hosting"}:
            _save(window, folder / f"dashboard-{name}{suffix}.png")


class _window:  # noqa: N801  # reads as a verb
    """A shown window over a case file, closed at the end."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __enter__(self) -> MainWindow:
        with _open(self._work) as case:
            desk = Desk(self._work.context, case, Messages())
        self.window = MainWindow(desk)
        desk.setParent(self.window)
        self.window.resize(*SIZE)
        self.window.reveal_names(True)
        self.window.show()
        return self.window

    def __exit__(self, *_: object) -> None:
        self.window.close()
        self.window.deleteLater()


def _draw_intake(window: MainWindow, path: Path) -> None:
    window.pages.show_page(window.pages.intake)
    page = window.pages.intake
    page.origin.source.setCurrentText("partner")
    page.add([Source("pasted", NEW_LIST)])
    _until(lambda: page.model.rowCount() > 0)
    page.model.tick_all(True)
    _save(window, path)
    page.clear()


def _draw_domains(window: MainWindow, folder: Path, suffix: str, *, everything: bool) -> None:
    window.pages.show_page(window.pages.domains)
    page = window.pages.domains
    _until(lambda: page.model.rowCount() > 0)
    column = page.model.column_of("confirmed_reports")
    page.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    _wait(200)
    wanted = next((n for n in range(page.model.rowCount()) if _is_telling(page.model.row(n))), 0)
    page.table.selectRow(wanted)
    _until(lambda: page.detail.facts.topLevelItemCount() > 0)
    _wait(200)
    _save(window, folder / f"domains{suffix}.png")
    if not everything:
        return
    for tab, name in ((1, "reports"), (2, "answers")):
        page.detail.tabs.setCurrentIndex(tab)
        _wait(200)
        _save(window, folder / f"domains-{name}{suffix}.png")
    page.detail.tabs.setCurrentIndex(0)
    window.reveal_names(False)
    _wait(200)
    _save(window, folder / f"domains-masked{suffix}.png")
    window.reveal_names(True)
    page.assess_selected()
    _wait(200)
    dialog = window.findChild(QDialog)
    if dialog is not None:
        _save(dialog, folder / f"assess{suffix}.png")
        dialog.reject()


def _is_telling(row: object) -> bool:
    findings = getattr(row, "findings", None)
    return (
        findings is not None
        and findings.hosting_country is not None
        and findings.registrar is not None
        and getattr(row, "kind", None) is SiteKind.DEDICATED
    )


def _draw_notices(window: MainWindow, folder: Path, suffix: str, *, everything: bool) -> None:
    window.pages.show_page(window.pages.notices)
    page = window.pages.notices
    _until(lambda: not page.list.is_empty())
    _wait(300)
    _save(window, folder / f"notices{suffix}.png")
    waiting = page.list.rows_of(ToConfirm)
    if everything and waiting:
        page.list.setCurrentItem(waiting[0])
        _wait(200)
        _save(window, folder / f"notices-confirm{suffix}.png")
    if everything:
        with tempfile.TemporaryDirectory() as out:
            page.export_to(Path(out), page.drafts()[:1])
            _until(lambda: len(page.list.rows_of(StoredNotice)) > 0)
        page.list.setCurrentItem(page.list.rows_of(StoredNotice)[-1])
        page.card.tabs.setCurrentIndex(1)
        _until(lambda: page.card.history.toPlainText() != "")
        _save(window, folder / f"notices-exported{suffix}.png")
        page.card.tabs.setCurrentIndex(0)
    left_out = page.list.rows_of(str)
    if everything and left_out:
        page.list.setCurrentItem(left_out[0].child(0))
        _wait(200)
        _save(window, folder / f"notices-left-out{suffix}.png")


def _save(widget: QWidget, path: Path) -> None:
    """Write the picture, unless the one that is there looks the same."""
    drawn = widget.grab()
    if path.exists() and not differ(QImage(str(path)), drawn.toImage()):
        print(f"{path} stays")
        return
    if not drawn.save(str(path)):
        raise SystemExit(f"{path} cannot be written")
    print(path)


def differ(one: QImage, other: QImage) -> bool:
    """Say whether a person would see that two pictures are not the same."""
    if one.size() != other.size():
        return True
    pixels = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
        for image in (one, other)
    ]
    apart = np.abs(pixels[0].astype(np.int16) - pixels[1]).reshape(-1, 4).max(axis=1)
    return bool((apart > _SEEN).mean() > _SHARE)


def _until(condition: Callable[[], bool], seconds: float = 60) -> None:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        _wait(20)
    raise SystemExit("the window did not show what it should")


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
