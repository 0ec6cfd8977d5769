from __future__ import annotations

import pytest

from abusetrack.casefile import (
    check,
    dump,
    folding,
    is_encrypted,
    merge,
    notices,
    open_case_file,
    reports,
    restore,
    retention,
    transfer,
)
from abusetrack.errors import CaseFileError, InputError, WrongPassphraseError


@pytest.fixture
def opened(clock):
    def open_it(path, passphrase=None):
        return open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase, create=False)

    return open_it


@pytest.fixture
def backed_up(path, clock, live, tmp_path):
    """Return the paths of a case file and of a backup, after which more was written."""

    def make(passphrase=None):
        with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase) as case:
            live(case)
            transfer.backup(case, tmp_path / "backup")
            clock.move(days=1)
            live(case, "later ")
        return path, tmp_path / "backup"

    return make


@pytest.fixture
def put_back(clock):
    def run(source, target, **options):
        return restore.restore(source, target, clock=clock, actor="Ann", **options)

    return run


@pytest.mark.parametrize("passphrase", [None, "sesame"])
def test_a_backup_takes_the_place_and_what_was_there_is_kept(
    backed_up, put_back, opened, passphrase
):
    path, backup = backed_up(passphrase)
    with opened(path, passphrase) as case:
        facts = case.value("SELECT count(*) FROM fact")
    done = put_back(backup, path, passphrase=passphrase, current_passphrase=passphrase)
    assert (done.erased, done.unread) == (0, "")
    with opened(path, passphrase) as case, opened(done.kept, passphrase) as kept:
        assert kept.value("SELECT count(*) FROM fact") == facts
        assert case.value("SELECT count(*) FROM fact") < facts
        assert check.check(case).problems == ()
        assert check.check(kept).sound
        assert folding.rebuild(case) == []
        assert case.value("SELECT action FROM audit WHERE origin = ?", [case.origin]) == "restore"
    assert is_encrypted(path) == (passphrase is not None)
    names = sorted(file.name for file in path.parent.iterdir())
    assert names == ["backup", "backup.heads", path.name, done.kept.name]


def test_what_was_written_since_can_be_merged_back(backed_up, put_back, opened, report, discarded,
                                                   tmp_path):  # fmt: skip
    path, backup = backed_up()
    done = put_back(backup, path)
    with opened(path) as case, opened(done.kept) as kept:
        reports.add(case, [report("new.example")], [], discarded, label="z")
        dump.write(kept, tmp_path / "since")
        assert merge.merge(case, tmp_path / "since").facts > 0
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []
        assert case.value("SELECT count(DISTINCT origin) FROM fact") == 2


def test_what_was_erased_is_not_brought_back(backed_up, put_back, opened, clock):
    path, backup = backed_up()
    with opened(path) as case:
        clock.move(hours=1)
        retention.erase(case, retention.due(case, clock.now()), reason="retention")
    done = put_back(backup, path)
    assert done.erased > 10
    with opened(path) as case:
        assert all(one.erased for one in reports.of_domain(case, "a.example"))
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []
    assert b"a way in" not in path.read_bytes()


def test_references_go_on_being_unique(backed_up, put_back, opened):
    path, backup = backed_up()
    put_back(backup, path)
    with opened(path) as case:
        assert notices.next_reference(case, "AT") == "AT-2026-000003"


def test_a_damaged_case_file_is_replaced_and_kept(backed_up, put_back, opened):
    path, backup = backed_up()
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
    done = put_back(backup, path)
    assert "damaged" in done.unread or "not a case file" in done.unread
    assert done.kept.read_bytes().startswith(b"SQLite format 3\0xxx")
    with opened(path) as case:
        assert check.check(case).sound


def test_where_there_is_none_yet(backed_up, put_back, opened, tmp_path):
    _, backup = backed_up()
    target = tmp_path / "elsewhere"
    assert put_back(backup, target).kept is None
    with opened(target) as case:
        assert check.check(case).sound


def unchanged(path, opened, passphrase=None):
    with opened(path, passphrase) as case:
        assert check.check(case).sound
        assert reports.of_domain(case, "a.example")
    assert not list(path.parent.glob("*.restoring*"))
    assert not list(path.parent.glob("*.replaced*"))


def test_what_is_no_sound_backup_is_refused(backed_up, put_back, opened):
    path, backup = backed_up()
    data = bytearray(backup.read_bytes())
    data[data.index(b'"received_at"')] ^= 1
    backup.write_bytes(data)
    with pytest.raises(CaseFileError, match="not sound, so nothing was replaced: The content of"):
        put_back(backup, path)
    backup.write_text("nothing")
    with pytest.raises(CaseFileError, match="not a case file"):
        put_back(backup, path)
    with pytest.raises(InputError, match="There is no backup"):
        put_back(backup.with_name("none"), path)
    with pytest.raises(InputError, match="are the same file"):
        put_back(path, path)
    unchanged(path, opened)


def test_a_wrong_passphrase_is_said(backed_up, put_back, opened):
    path, backup = backed_up("sesame")
    with pytest.raises(WrongPassphraseError):
        put_back(backup, path, passphrase="other", current_passphrase="sesame")
    unchanged(path, opened, "sesame")


def test_not_while_somebody_has_it_open(backed_up, put_back, opened, monkeypatch):
    monkeypatch.setattr("abusetrack.casefile.files._ALONE_SECONDS", 0.05)
    path, backup = backed_up()
    with opened(path) as other:
        with pytest.raises(CaseFileError, match="open in another window or program"):
            put_back(backup, path)
        assert check.check(other).sound
    unchanged(path, opened)
