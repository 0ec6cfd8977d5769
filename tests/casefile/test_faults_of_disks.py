"""A disk that is full at every step, and bits that flip."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest
import sqlcipher3

from abusetrack.casefile import check, dump, folding, open_case_file, transfer
from abusetrack.errors import CaseFileError

resource = pytest.importorskip("resource")

# Raises the limit on the size of files a little each time, until the step comes through.
STEP = """
import json, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from abusetrack.casefile import check, folding, open_case_file, reports
from abusetrack.casefile import dump, heads, merge, passphrases, restore, retention, transfer
from abusetrack.errors import CaseFileError, StorageFullError
from abusetrack.records import *

folder, step = Path(sys.argv[1]), sys.argv[2]
path, clock = folder / "case", SystemClock()
now = datetime(2026, 3, 1, tzinfo=UTC)

def listed(number):
    name = f"d{number}.example"
    host = Host(name, name, HostKind.NAME, Domain(name, name, "example", SuffixKind.ICANN))
    urls = [f"https://{name}/{i}" for i in range(200)]
    return [Report(Target(url, url, host), now, "public", url[-3:]) for url in urls]

def opened():
    return open_case_file(path, clock=clock, actor="Ann", create=False)

def import_():
    with opened() as case:
        reports.add(case, listed(1), [], Discarded(), label="x")

def merge_():
    with opened() as case:
        merge.merge(case, folder / "dump")

def erase():
    with opened() as case:
        retention.erase(case, retention.due(case, clock.now()), reason="retention")

def rebuild():
    with opened() as case:
        with case.transaction():
            case.execute("DELETE FROM report")
            folding.rebuild(case)

def back_up():
    with opened() as case:
        transfer.backup(case, folder / "copy")

def dump_():
    with opened() as case:
        dump.write(case, folder / "written")

def encrypt():
    passphrases.change(path, clock=clock, actor="Ann", new="sesame")

def put_back():
    restore.restore(folder / "backup", path, clock=clock, actor="Ann")

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
failed, limit = 0, 0
while True:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        globals()[step]()
        break
    except StorageFullError:
        failed += 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with opened() as case:
        report = check.check(case)
        assert report.problems == (), (limit, report.problems)
        assert case.value("SELECT count(*) FROM fact") == int(sys.argv[3]), limit
    left = sorted(item.name for item in folder.iterdir())
    assert left == json.loads(sys.argv[4]), (limit, left)
    limit = limit * 3 // 2 + 4096
print(failed)
"""

STEPS = ("import_", "merge_", "erase", "rebuild", "back_up", "dump_", "encrypt", "put_back")


@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_changes_nothing_and_leaves_nothing(tmp_path, clock, live, step):
    with open_case_file(tmp_path / "case", clock=clock, actor="Ann") as case:
        live(case)
        transfer.backup(case, tmp_path / "backup")
        facts = case.value("SELECT count(*) FROM fact")
        with open_case_file(tmp_path / "other", clock=clock, actor="Bob") as other:
            live(other, "B")
            dump.write(other, tmp_path / "dump")
    (tmp_path / "other").unlink()
    names = sorted(item.name for item in tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", STEP, str(tmp_path), step, str(facts), json.dumps(names)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= 2
    passphrase = "sesame" if step == "encrypt" else None
    with open_case_file(tmp_path / "case", clock=clock, actor="Ann", passphrase=passphrase) as case:
        assert check.check(case).problems == ()


RECORD = ("fact", "erasable", "evidence", "audit", "origin", "meta")


def record_of(path):
    """Return what is stored, read without abusetrack."""
    raw = sqlcipher3.connect(str(path))
    try:
        return {table: raw.execute(f"SELECT * FROM {table}").fetchall() for table in RECORD}
    finally:
        raw.close()


def flipped(data, place, bit):
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def found_out(path, clock, passphrase=None):
    try:
        with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase,
                            create=False) as case:  # fmt: skip
            return bool(check.check(case).problems)
    except CaseFileError:
        return True


def test_a_flipped_bit_in_a_plain_file_is_found_whenever_it_matters(case, live, path, clock):
    live(case)
    case.close()
    data, record = path.read_bytes(), record_of(path)
    chance = random.Random(20260301)
    missed = harmless = 0
    for _ in range(120):
        path.write_bytes(flipped(data, chance.randrange(100, len(data)), chance.randrange(8)))
        try:
            same = record_of(path) == record
        except sqlcipher3.DatabaseError:
            same = False
        found = found_out(path, clock)
        harmless += same and not found
        missed += not same and not found
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
    assert missed == 0
    assert harmless < 120


def test_a_flipped_bit_in_an_encrypted_file_is_always_found(tmp_path, clock, live):
    path = tmp_path / "secret"
    with open_case_file(path, clock=clock, actor="Ann", passphrase="sesame") as case:
        live(case)
        key = case.key
    data = path.read_bytes()
    chance = random.Random(20260301)
    places = [0, 15, len(data) - 1, *(chance.randrange(len(data)) for _ in range(40))]
    for place in places:
        path.write_bytes(flipped(data, place, chance.randrange(8)))
        try:
            with open_case_file(path, clock=clock, actor="Ann", key=key, create=False) as case:
                assert check.check(case).problems, place
        except CaseFileError:
            pass
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(data)
    assert not found_out(path, clock, "sesame")


def test_flipped_bits_of_folded_tables_are_mended(case, live, path, clock):
    live(case)
    with case.transaction():
        case.execute("UPDATE report SET received_at = substr(received_at, 1, 3) || '7'")
    assert check.check(case).sound  # the record is whole
    assert {one.table for one in folding.rebuild(case)} >= {"report"}
