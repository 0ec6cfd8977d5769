from __future__ import annotations

import stat
from datetime import timedelta

import pytest
import sqlcipher3

from abusetrack.casefile import audit, check, heads, is_encrypted, open_case_file, reports, transfer
from abusetrack.errors import CaseFileError, InputError, StorageFullError, WrongPassphraseError


@pytest.mark.parametrize("passphrase", [None, "sesame"])
def test_a_backup_is_a_whole_case_file(tmp_path, clock, report, discarded, passphrase):
    path, target = tmp_path / "case", tmp_path / "backup"
    with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase) as case:
        reports.add(case, [report("a.example")], [], discarded, label="x")
        done = transfer.backup(case, target)
        assert done.head == audit.head(case)
        assert done.size == target.stat().st_size
        reports.add(case, [report("b.example")], [], discarded, label="y")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert is_encrypted(target) == (passphrase is not None)
    if passphrase:
        with pytest.raises(WrongPassphraseError):
            open_case_file(target, clock=clock, actor="Ann")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "backup",
        "backup.heads",
        "case",
    ]  # in one piece
    with open_case_file(target, clock=clock, actor="Ann", passphrase=passphrase) as copy:
        assert len(reports.of_domain(copy, "a.example")) == 1
        assert reports.of_domain(copy, "b.example") == ()
        assert check.check(copy).head == done.head


def test_nothing_is_overwritten(case, tmp_path):
    target = tmp_path / "precious"
    target.write_bytes(b"precious")
    with pytest.raises(InputError, match="exists already; choose another name"):
        transfer.backup(case, target)
    with pytest.raises(InputError):
        transfer.backup(case, case.path)
    assert target.read_bytes() == b"precious"


def test_a_place_that_cannot_be_written(case, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageFullError, match="cannot be made"):
        transfer.backup(case, tmp_path / "file" / "backup")


def test_a_backup_of_an_unsound_file_is_not_kept(case, path, tmp_path, clock, report, discarded):
    reports.add(case, [report("a.example")], [], discarded, label="x")
    with sqlcipher3.connect(str(path)) as raw:
        raw.execute("UPDATE erasable SET text = 'other'")
    raw.close()
    target = tmp_path / "backup"
    with pytest.raises(CaseFileError, match="not kept, because the case file is not sound"):
        transfer.backup(case, target)
    assert not target.exists()


def test_others_may_write_meanwhile(case, tmp_path, report, discarded):
    reports.add(case, [report("a.example")], [], discarded, label="x")
    with case.opener()() as other, other.transaction():
        other.execute("INSERT INTO counter VALUES ('a', 1)")
        made = transfer.backup(case, tmp_path / "backup")
    with case.opener(path=made.path, read_only=True)() as copy:
        assert reports.of_domain(copy, "a.example")
        assert copy.value("SELECT count(*) FROM counter WHERE name = 'a'") == 0  # not committed


def test_the_heads_beside_a_backup_are_those_of_the_case_file(case, live, tmp_path):
    live(case)
    done = transfer.backup(case, tmp_path / "backup")
    noted = heads.decode(done.heads.read_text())
    assert heads.compare(case, noted) == ()
    live(case, "later ")
    assert heads.compare(case, noted) == ()


def test_old_backups_are_rotated_and_expire(case, clock, tmp_path):
    folder = tmp_path / "backups"
    made = []
    for _ in range(4):
        made.append(transfer.backup(case, transfer.next_in(folder, case.path, clock.now())).path)
        clock.move(days=30)
    other = folder / "another-20260301T120000Z.abusetrack"
    other.touch()
    assert transfer.rotate(folder, case.path, 3) == made[:1]
    beside = case.path.with_name(f"{case.path.name}.replaced-20260301T120000Z")
    beside.touch()
    gone = transfer.expire(folder, case.path, clock.now() - timedelta(days=70))
    assert sorted(gone) == sorted([beside, made[1]])
    left = {file.name for file in folder.iterdir()}
    assert left == {
        other.name,
        *(f"{path.name}{end}" for path in made[2:] for end in ("", ".heads")),
    }
    assert transfer.expire(None, case.path, clock.now()) == []
