from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QLabel,
)

from abusetrack.casefile import directory
from abusetrack.casefile.check import check
from abusetrack.records import Contact, ContactOrigin, Role, Wait
from abusetrack.settings import Settings, WindowSettings
from abusetrack.triage.batch import Failure, Progress, ResolveResult
from abusetrack.triage.context import make_context
from abusetrack.ui import schemes, theme
from abusetrack.ui.dialogs.crash import CrashDialog
from abusetrack.ui.dialogs.unanswered import UnansweredDialog
from abusetrack.ui.main_window import MainWindow
from abusetrack.ui.messages import Weight
from abusetrack.ui.places import all_places
from abusetrack.ui.worker import Advance, Ended

CONTACT = Contact(
    party_key="registrar:1",
    party_name="Some Registrar",
    role=Role.REGISTRAR,
    origin=ContactOrigin.MANUAL,
    source="a test",
    email="abuse@registrar.test",
    form=None,
    phone=None,
    as_of=datetime(2026, 3, 1, tzinfo=UTC),
)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def queued(bench):
    return bench.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL")


def confirmed(bench):
    return bench.value("SELECT sum(confirmed_reports) FROM domain_now")


def queued_now(bench):
    return bench.value("SELECT count(*) FROM queue WHERE due_at < '2999'")


def looked_up(bench):
    return sum(row.findings.looked_up_at is not None for row in bench.rows())


def settled(bench, qtbot):
    """Return how many names are looked up, once many looks at it found the same."""
    seen = []
    qtbot.waitUntil(
        lambda: seen.append(looked_up(bench)) or seen[-1:] * 50 == seen[-50:], timeout=60000
    )
    return seen[-1]


def names_of(world, count):
    return [name for name, record in sorted(world.domains.items()) if record.registry][:count]


def test_closing_in_mid_batch_loses_nothing_and_the_rest_resumes(practice_bench, world, qtbot):
    bench = practice_bench(latency=0.1)
    bench.take("\n".join(f"https://{name}/x" for name in names_of(world, 150)))
    window = bench.window(start=True)
    qtbot.waitSignal(window._desk.worker.advanced, timeout=60000).wait()
    qtbot.waitUntil(lambda: looked_up(bench) > 0, timeout=60000)
    assert "queued: 150" in window._desk.messages.history[0].text
    assert window.lookups.looking_up
    with qtbot.waitSignal(window.closed, timeout=30000):
        window.close()
    first = looked_up(bench)
    assert 0 < first < 150
    assert queued(bench) >= 150 - first
    assert bench.value("SELECT count(*) FROM queue WHERE lease_owner IS NOT NULL") == 0
    with bench.case() as case:
        assert check(case).sound

    again = bench.window(start=True)
    with qtbot.waitSignal(again._desk.worker.ended, timeout=60000) as ended:
        pass
    assert looked_up(bench) == 150
    assert ended.args[0].result.done <= 150 - first + bench.value(
        "SELECT count(*) FROM queue WHERE attempts > 1"
    )
    with bench.case() as case:
        assert check(case).sound


def test_stopping_by_key_keeps_the_rest_queued(practice_bench, world, qtbot):
    bench = practice_bench(latency=0.1)
    bench.take("\n".join(f"https://{name}/x" for name in names_of(world, 150)))
    window = bench.window(start=True)
    qtbot.waitUntil(lambda: window.lookups.looking_up, timeout=10000)
    assert window.lookups.cancel_button.isVisible()
    with qtbot.waitSignal(window._desk.worker.ended, timeout=30000):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.lookups.look_up_button.isVisible())
    assert "stopped" in window._desk.messages.last.text
    assert not window.lookups.cancel_button.isVisible()
    assert queued(bench) > 0
    window.lookups.resume()  # the timer's: a person who stopped is not overruled
    assert not window.lookups.looking_up


def test_paused_lookups_begin_nothing_and_go_on_by_the_same_key(practice_bench, world, qtbot):
    bench = practice_bench(latency=0.05)
    bench.take("\n".join(f"https://{name}/x" for name in names_of(world, 150)))
    window = bench.window(start=True)
    qtbot.waitSignal(window._desk.worker.advanced, timeout=60000).wait()
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    assert window.lookups.queue.text().startswith("Paused")
    assert window.lookups.pause_button.text() == "Go on"
    before = settled(bench, qtbot)  # what was at work comes to its end
    assert 0 < before < 150
    assert window.lookups.looking_up
    window._desk.look_up()  # an import in the meantime: it waits with the others
    assert settled(bench, qtbot) == before
    with qtbot.waitSignal(window._desk.worker.ended, timeout=60000):
        qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    assert looked_up(bench) == 150
    assert not window.lookups.pause_button.isVisible()


def test_stopping_while_paused_lets_the_next_batch_run(practice_bench, world, qtbot):
    bench = practice_bench(latency=0.05)
    bench.take("\n".join(f"https://{name}/x" for name in names_of(world, 60)))
    window = bench.window(start=True)
    qtbot.waitSignal(window._desk.worker.advanced, timeout=60000).wait()
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    with qtbot.waitSignal(window._desk.worker.ended, timeout=60000):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    with qtbot.waitSignal(window._desk.worker.ended, timeout=60000):
        qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    assert looked_up(bench) == 60


def test_what_had_no_answer_is_listed_masked_and_retried(filled, qtbot):
    window = filled.window(start=True)
    failures = (Failure("amber.test", "registry RDAP: timed out (no answer of amber.test)"),)
    window._desk.worker.ended.emit(Ended(ResolveResult(done=3, failures=list(failures)), None))
    assert window._desk.messages.last.text == "Names looked up: 3; not fully answered: 1."
    with filled.case() as case, case.transaction():
        case.execute("UPDATE queue SET due_at = '2999-01-01T00:00:00.000000Z'")
    qtbot.mouseClick(window.lookups.unanswered_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(UnansweredDialog)
    assert "amber" not in str(dialog.tree.texts())
    assert "timed out" in str(dialog.tree.texts())
    with qtbot.waitSignal(window._desk.changed):
        dialog.retry.click()
    assert queued_now(filled) == 1


def test_waits_say_for_whom_for_how_long_and_why(bench, qtbot):
    window = bench.window()
    window._desk.began.emit()
    waits = (Wait("rdap.example:443", 39.4, True), Wait("whois.example:43", 2, False))
    window._desk.worker.advanced.emit(Advance(Progress(3, 9, 0, waits), ()))
    assert window.lookups.waits.text() == "waiting 40 s for rdap.example:443: rate limited"
    assert "waiting 2 s for whois.example:43: its turn" in window.lookups.waits.toolTip()
    window._desk.worker.advanced.emit(Advance(Progress(4, 9, 0), ()))
    assert window.lookups.waits.text() == ""


def test_an_import_in_the_window_is_looked_up_by_itself(practice_bench, world, qtbot):
    bench = practice_bench()
    window = bench.window(start=True)
    QApplication.clipboard().setText("\n".join(f"https://{name}/x" for name in names_of(world, 5)))
    qtbot.keyClick(window.pages.intake, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: window.pages.intake.import_button.isEnabled())
    with qtbot.waitSignal(window._desk.worker.ended, timeout=60000):
        qtbot.keyClick(window, Qt.Key.Key_I, CTRL)
    assert looked_up(bench) == 5
    window.pages.show_page(window.pages.domains)
    qtbot.waitUntil(
        lambda: (
            window.pages.domains.model.rowCount() == 5
            and window.pages.domains.model.row(0).findings.looked_up_at is not None
        )
    )


def test_without_a_resolver_the_queue_is_shown_and_nothing_runs(filled, qtbot):
    window = filled.window(start=True)
    qtbot.waitUntil(lambda: window.lookups.queue.text() == "Names queued: 4")
    assert not window.lookups.looking_up
    assert not window.lookups.look_up_button.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    assert window._desk.messages.last.weight is Weight.CARE
    assert queued(filled) == 4


def test_every_page_is_reached_by_its_key(bench, qtbot):
    window = bench.window()
    for number, place in enumerate(all_places()):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        assert window.pages.currentWidget() is getattr(window.pages, place.key)
        assert window._rail[place.key].isChecked()
        assert window._rail[place.key].text() == place.title


def test_filter_and_reveal_are_reached_by_key(filled, qtbot):
    window = filled.window()
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert window.pages.currentWidget() is window.pages.domains
    assert (
        window.pages.domains.filter.hasFocus()
        or window.focusWidget() is window.pages.domains.filter
    )
    qtbot.keyClick(window, Qt.Key.Key_M, CTRL | SHIFT)
    assert window._reveal_button.isChecked()
    assert window._reveal_button.text() == "Mask names"
    qtbot.keyClick(window, Qt.Key.Key_M, CTRL | SHIFT)
    assert not window._reveal_button.isChecked()


def test_calm_mode_hides_numbers_and_colours_and_gives_them_back(filled, qtbot):
    window = filled.window(start=True)
    window.pages.show_page(window.pages.domains)
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    window.pages.domains.table.selectRow(0)
    qtbot.waitUntil(lambda: window.pages.domains.detail.tabs.tabText(1) != "Reports")
    window.pages.show_page(window.pages.activity)
    qtbot.waitUntil(lambda: bool(window.pages.activity.tree.titles()))
    qtbot.keyClick(window, Qt.Key.Key_H, CTRL | SHIFT)
    shown = [column.key for column in window.pages.domains.model.offered()]
    assert not {"reports", "confirmed_reports", "urls"} & set(
        window.pages.domains.column_menu.shown()
    )
    assert {"unicode", "state"} <= set(window.pages.domains.column_menu.shown()) < set(shown)
    texts = [label.text() for label in window.findChildren(QLabel) if label.isVisibleTo(window)]
    texts += [cell for row in window.pages.activity.tree.texts() for cell in row[1:2]]
    texts += [*window.pages.activity.tree.titles(), window.pages.domains.detail.tabs.tabText(1)]
    assert not [text for text in texts if any(map(str.isdigit, text))]
    assert window.lookups.queue.text() == "Names are queued"
    assert theme.worn() is schemes.CALM_LIGHT
    window.pages.show_page(window.pages.dashboards)
    assert not window.pages.dashboards.tabs.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_H, CTRL | SHIFT)
    assert window.pages.dashboards.tabs.isVisible()
    assert "reports" in window.pages.domains.column_menu.shown()
    assert window.lookups.queue.text() == "Names queued: 4"
    assert theme.worn() is theme.LIGHT


def test_calm_mode_can_be_the_start(bench_of, clock, qtbot):
    context = make_context(Settings(window=WindowSettings(calm=True)), clock)
    window = bench_of(context).window(start=True)
    assert theme.worn() is schemes.CALM_LIGHT
    assert "reports" not in window.pages.domains.column_menu.shown()


def test_ctrl_z_takes_a_finding_back_and_says_what_cannot_be(filled, qtbot, finding):
    window = filled.window(start=True)
    messages = window.desk.messages
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert "Nothing was recorded" in messages.last.text
    window.desk.write(
        lambda case: directory.upsert(case, [CONTACT]), lambda _none: messages.news("stored")
    )
    qtbot.waitUntil(lambda: messages.last.text == "stored")
    window.pages.domains.assess(["amber.test"], finding)
    qtbot.waitUntil(lambda: "Finding recorded" in messages.last.text)
    assert confirmed(filled) == 2
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: messages.last.text.startswith("Undone: the finding."))
    assert confirmed(filled) == 0
    assert filled.value("SELECT count(*) FROM finding") == 4
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert messages.last.text == "This cannot be undone: contacts."
    assert messages.last.weight is Weight.CARE
    with filled.case() as case:
        assert check(case).sound


def _is_inner(widget):
    """Parts that Qt makes inside its own widgets: popups, headers, corner buttons."""
    parent = widget.parent()
    while parent is not None:
        if isinstance(parent, (QComboBox, QDateTimeEdit, QAbstractItemView)):
            return True
        parent = parent.parent()
    return False


def test_no_label_shows_rich_text_or_links(filled, qtbot):
    window = filled.window()
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText and not label.openExternalLinks()
        for label in window.findChildren(QLabel)
        if not _is_inner(label)
    )


def test_the_title_never_holds_a_name(filled, qtbot):
    window = filled.window()
    window.pages.show_page(window.pages.domains)
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    window.reveal_names(True)
    window.pages.domains.table.selectRow(0)
    qtbot.waitUntil(lambda: window.pages.domains.detail.facts.topLevelItemCount() > 0)
    assert window.windowTitle() == "abusetrack"


def test_a_crash_is_shown_in_a_dialog_that_does_not_block(bench, qtbot):
    window = bench.window()
    window.show_crash("builtins.ValueError\n  a.py:1 in f")
    dialog = window.findChild(CrashDialog)
    assert dialog.isVisible()
    assert "builtins.ValueError" in dialog.report
    dialog.reject()


def test_closing_twice_is_harmless(bench, qtbot):
    window = bench.window(start=True)
    window.close()
    window.close()
    assert isinstance(window, MainWindow)


def badges(window):
    bar = window.statusBar()
    return [one.text() for one in bar.findChildren(QLabel) if one.isVisible() and one.text()]


def test_the_status_bar_says_that_nothing_is_looked_up_and_nothing_can_be_locked(bench):
    window = bench.window()
    assert "Offline: no resolver set" in badges(window)
    assert "Not encrypted" in badges(window)
    assert not window.lock_badge.isVisible()


def test_the_status_bar_says_that_this_is_practice(practice_bench):
    window = practice_bench().window()
    assert "Practice: nothing is real" in badges(window)
    assert not [text for text in badges(window) if text.startswith("Offline")]
