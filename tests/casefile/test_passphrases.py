from __future__ import annotations

import stat

import pytest
import sqlcipher3

from abusetrack.casefile import (
    check,
    folding,
    is_encrypted,
    open_case_file,
    passphrases,
    reports,
    search,
    transfer,
)
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import CaseFileError, InputError, WrongPassphraseError

OLD, NEW = "open sesame ä", "nobody guesses this"


@pytest.fixture
def made(path, clock, live):
    def make(passphrase: str | None):
        with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase) as case:
            live(case)
        return path

    return make


@pytest.fixture
def opened(clock):
    def open_it(path, passphrase: str | None = None):
        return open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase, create=False)

    return open_it


@pytest.mark.parametrize("old", [OLD, None])
def test_the_new_passphrase_opens_it_and_the_old_one_does_not(made, opened, clock, old):
    path = made(old)
    with opened(path, old) as case:
        before = case.rows("SELECT * FROM fact")
    passphrases.change(path, clock=clock, actor="Ann", old=old, new=NEW)
    with pytest.raises(WrongPassphraseError):
        opened(path, old)
    with opened(path, NEW) as case:
        assert case.rows("SELECT * FROM fact") == before
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []
        assert case.value("SELECT action FROM audit ORDER BY seq DESC") == "passphrase"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"a.example" not in path.read_bytes()
    raw = sqlcipher3.connect(str(path))
    raw.execute(f"PRAGMA key = '{NEW}'")  # as anybody with SQLCipher would open it
    assert raw.execute("SELECT count(*) FROM fact").fetchone()[0] == len(before)
    raw.close()


def test_what_is_wrong_is_said_and_nothing_is_changed(made, opened, clock):
    path = made(OLD)
    with pytest.raises(WrongPassphraseError):
        passphrases.change(path, clock=clock, actor="Ann", old="wrong", new=NEW)
    with pytest.raises(WrongPassphraseError):
        passphrases.change(path, clock=clock, actor="Ann", old=None, new=NEW)
    with pytest.raises(InputError, match="is empty"):
        passphrases.change(path, clock=clock, actor="Ann", old=OLD, new="")
    with opened(path, OLD) as case:
        assert check.check(case).sound


@pytest.mark.parametrize("old", [OLD, None])
def test_not_while_somebody_else_has_it_open(made, opened, clock, old, monkeypatch):
    monkeypatch.setattr("abusetrack.casefile.files._ALONE_SECONDS", 0.05)
    path = made(old)
    with opened(path, old) as other:
        with pytest.raises(CaseFileError, match="open in another window or program"):
            passphrases.change(path, clock=clock, actor="Ann", old=old, new=NEW)
        assert other.value("SELECT count(*) FROM fact") > 0
        assert check.check(other).sound
    passphrases.change(path, clock=clock, actor="Ann", old=old, new=NEW)


def test_what_a_stopped_attempt_left_is_cleared_away(made, opened, clock):
    path = made(None)
    plain = path.with_name(f"{path.name}.plain")
    plain.hardlink_to(path)  # stopped before the encrypted file took the place
    passphrases.change(path, clock=clock, actor="Ann", new=NEW)
    assert not plain.exists()
    plain.write_bytes(b"a.example")  # stopped after that
    passphrases.change(path, clock=clock, actor="Ann", old=NEW, new=OLD)
    assert not plain.exists()
    with opened(path, OLD) as case:
        assert check.check(case).sound


def test_an_old_backup_keeps_the_old_passphrase(made, opened, clock, tmp_path):
    path = made(OLD)
    with opened(path, OLD) as case:
        transfer.backup(case, tmp_path / "backup")
    passphrases.change(path, clock=clock, actor="Ann", old=OLD, new=NEW)
    with opened(tmp_path / "backup", OLD) as copy:
        assert check.check(copy).sound


def test_a_decrypted_copy(made, opened, tmp_path, report, discarded):
    path, target = made(OLD), tmp_path / "plain"
    with opened(path, OLD) as case:
        passphrases.decrypted_copy(case, target, actor="Ann")
        reports.add(case, [report("later.example")], [], discarded, label="z")
        with pytest.raises(InputError, match="exists already"):
            passphrases.decrypted_copy(case, target, actor="Ann")
        assert case.encrypted
    assert not is_encrypted(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with opened(target) as copy:
        assert check.check(copy).problems == ()
        assert folding.rebuild(copy) == []
        assert reports.of_domain(copy, "a.example")


def test_searches_go_on_after_encrypting(made, opened, clock):
    path, query = made(None), ListQuery(text="a.exam")
    with opened(path) as case:
        before = search.first(case, query, 10)
        assert before.hits
    passphrases.change(path, clock=clock, actor="Ann", new=NEW)
    with opened(path, NEW) as case:
        assert search.first(case, query, 10) == before
