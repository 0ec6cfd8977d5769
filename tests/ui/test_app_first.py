from __future__ import annotations

import pytest

from abusetrack import settings
from abusetrack.app import Desktop
from abusetrack.casefile import is_encrypted
from abusetrack.settings import Settings
from abusetrack.ui.hooks import CrashHook


@pytest.fixture
def desktop(qapp, tmp_path):
    made = Desktop(tmp_path / "case.abusetrack", Settings(), CrashHook(), tmp_path / "config.toml")
    made.codes = []
    made.ended.connect(made.codes.append)
    yield made
    made.close()
    made.stop_practice()
    if made.window is not None:
        made.window.deleteLater()


def test_the_first_start_makes_the_case_file_that_was_asked_for(desktop, tmp_path):
    desktop.begin()
    wizard = desktop._waiting
    wizard.next.click()
    wizard.next.click()
    wizard.case.first.setText("right")
    wizard.case.second.setText("right")
    wizard.next.click()
    wizard.next.click()
    assert desktop.window.isVisible()
    assert is_encrypted(tmp_path / "case.abusetrack")
    assert (tmp_path / "config.toml").exists()


def test_giving_up_the_first_start_leaves_nothing_behind(desktop, tmp_path):
    desktop.begin()
    desktop.close()
    assert desktop.codes == [0]
    assert list(tmp_path.iterdir()) == []


def test_practice_needs_nothing_and_leaves_nothing(desktop, tmp_path, qtbot):
    desktop.begin()
    desktop._waiting.welcome.practice.setChecked(True)
    desktop._waiting.next.click()
    window = desktop.window
    assert window.desk.context.settings.practice
    assert window.desk.can_look_up
    qtbot.waitUntil(lambda: window.pages.intake.model.rowCount() > 0, timeout=30000)
    folder = desktop._case_path.parent
    assert folder.exists()
    window.close()
    desktop.stop_practice()
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_saved_settings_take_effect_at_once(desktop, tmp_path, qtbot):
    (tmp_path / "config.toml").write_text("[organisation]\nanalyst = 'a'\n", encoding="utf-8")
    desktop.start(None)
    before = desktop.window
    saved = settings.save(tmp_path / "config.toml", {"resolver.nameservers": ["127.0.0.1:9"]})
    with qtbot.waitSignal(before.closed):
        before.settings_saved.emit(saved)
    assert desktop.window is not before
    assert desktop.window.desk.can_look_up
    assert desktop.window.desk.context.actor == "a"
    assert desktop.codes == []


def test_calm_by_a_key_outlasts_other_settings_but_not_its_own(desktop, tmp_path):
    desktop.start(None)
    desktop.window.set_calm(True)

    def save(key, value):
        desktop.window.settings_saved.emit(settings.save(tmp_path / "config.toml", {key: value}))
        return desktop.window.calm

    assert save("organisation.analyst", "a")
    assert save("window.calm", True)
    assert not save("window.calm", False)


def test_settings_that_cannot_be_used_are_said_and_the_window_stays(desktop, tmp_path):
    desktop.start(None)
    before = desktop.window
    missing = settings.save(tmp_path / "config.toml", {"names.extra_suffixes": "none.dat"})
    before.settings_saved.emit(missing)
    assert desktop.window is before
    assert "none.dat" in before.desk.messages.last.text
