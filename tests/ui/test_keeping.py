from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox

from abusetrack.app import Desktop
from abusetrack.casefile import is_encrypted, notes, open_case_file
from abusetrack.casefile.check import check
from abusetrack.errors import WrongPassphraseError
from abusetrack.settings import BackupSettings, Settings
from abusetrack.ui.dialogs.passphrase import ChangePassphrase, RestoreDialog
from abusetrack.ui.hooks import CrashHook
from abusetrack.ui.messages import Weight


@pytest.fixture
def opened(filled, qtbot, tmp_path):
    """The app over a case file with reports and no passphrase."""
    settings = Settings(
        names=filled.context.settings.names,
        backup=BackupSettings(folder=tmp_path / "backups", keep=2),
    )
    (tmp_path / "backups").mkdir()
    desktop = Desktop(filled.path, settings, CrashHook())
    desktop.start(None)
    desktop.window.pages.show_page(desktop.window.pages.domains)
    yield desktop
    desktop.close()
    desktop.window.deleteLater()


def said(desktop, qtbot, words):
    messages = desktop.window.desk.messages
    qtbot.waitUntil(lambda: messages.last is not None and words in messages.last.text)
    return messages.last


def passphrase(desktop, qtbot, old, new, again=None):
    desktop.window.keeping.ask_passphrase()
    dialog = desktop.window.findChild(ChangePassphrase)
    if old is not None:
        qtbot.keyClicks(dialog.old, old)
    qtbot.keyClicks(dialog.new, new)
    qtbot.keyClicks(dialog.again, again or new)
    dialog.button.click()
    return dialog


def opens(path, clock, passphrase):
    with open_case_file(path, clock=clock, actor="t", passphrase=passphrase, create=False) as case:
        return check(case).sound


def test_a_backup_is_made_and_the_oldest_go(opened, qtbot, tmp_path, clock):
    folder = tmp_path / "backups"
    for number in range(3):
        name = f"{opened._case_path.stem}-2026030{number + 1}T000000Z{opened._case_path.suffix}"
        opened.window.keeping.back_up(folder / name)
        said(opened, qtbot, name)
    assert "Older backups removed: 1." in opened.window.desk.messages.last.text
    made = sorted(folder.glob(f"*{opened._case_path.suffix}"))
    assert [path.name.rpartition("-")[2][:8] for path in made] == ["20260302", "20260303"]
    assert opens(made[0], clock, None)


def test_a_backup_replaces_no_other_file(opened, qtbot, tmp_path):
    place = tmp_path / "there.abusetrack"
    place.write_text("mine")
    opened.window.keeping.back_up(place)
    assert said(opened, qtbot, "exists already").weight is Weight.CARE
    assert place.read_text() == "mine"


def test_a_plain_file_gets_a_passphrase_then_another_and_can_be_locked(opened, qtbot, clock):
    path = opened._case_path
    passphrase(opened, qtbot, None, "first words")
    said(opened, qtbot, "new passphrase only")
    assert is_encrypted(path)
    assert opened.window.lock_badge.isVisible()
    assert opened.window.pages.here == "domains"
    passphrase(opened, qtbot, "wrong", "second words")
    assert said(opened, qtbot, "passphrase").weight is Weight.CARE
    passphrase(opened, qtbot, "first words", "second words")
    said(opened, qtbot, "new passphrase only")
    assert opens(path, clock, "second words")
    with pytest.raises(WrongPassphraseError):
        opens(path, clock, "first words")
    qtbot.waitUntil(lambda: opened.window.pages.domains.model.rowCount() == 4)


def test_a_new_passphrase_has_to_be_typed_twice(opened, qtbot):
    dialog = passphrase(opened, qtbot, None, "first words", again="fist words")
    assert dialog.isVisible()
    assert "not the same" in dialog.wrong.text()
    assert not is_encrypted(opened._case_path)
    dialog.reject()


def test_a_copy_without_a_passphrase_is_made_after_a_warning(opened, qtbot, tmp_path, clock):
    passphrase(opened, qtbot, None, "first words")
    said(opened, qtbot, "new passphrase only")
    opened.window.keeping.ask_decrypted()
    box = opened.window.findChild(QMessageBox)
    assert "read everything" in box.text()
    box.reject()
    opened.window.keeping.copy_decrypted(tmp_path / "plain.abusetrack")
    said(opened, qtbot, "NOT encrypted")
    assert opens(tmp_path / "plain.abusetrack", clock, None)


def test_a_backup_is_restored_and_what_was_there_is_kept(opened, qtbot, tmp_path, clock):
    backup = tmp_path / "backup.abusetrack"
    passphrase(opened, qtbot, None, "first words")
    said(opened, qtbot, "new passphrase only")
    opened.window.keeping.back_up(backup)
    said(opened, qtbot, "Copied")
    opened.window.desk.write(
        lambda case: notes.add(case, "amber.test", "later"),
        lambda _id: opened.window.desk.messages.news("noted"),
    )
    said(opened, qtbot, "noted")
    opened.window.keeping.confirm_restore(backup)
    dialog = opened.window.findChild(RestoreDialog)
    qtbot.keyClicks(dialog.field, "not it")
    dialog.button.click()
    assert said(opened, qtbot, "passphrase").weight is Weight.CARE
    opened.window.keeping.confirm_restore(backup)
    dialog = opened.window.findChild(RestoreDialog)
    qtbot.keyClicks(dialog.field, "first words")
    dialog.button.click()
    said(opened, qtbot, "Restored from backup.abusetrack")
    path = opened._case_path
    with open_case_file(path, clock=clock, actor="t", passphrase="first words") as case:
        assert notes.of_domain(case, "amber.test") == ()
        assert check(case).sound
    (kept,) = path.parent.glob(f"{path.name}.replaced-*")
    with open_case_file(kept, clock=clock, actor="t", passphrase="first words") as case:
        assert [note.text for note in notes.of_domain(case, "amber.test")] == ["later"]
