from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import textwrap
import threading

import pytest
import sqlcipher3

from abusetrack.casefile import (
    QueryStoppedError,
    check,
    is_encrypted,
    open_case_file,
    reports,
)
from abusetrack.casefile.connection import APPLICATION_ID
from abusetrack.casefile.keys import derive
from abusetrack.casefile.migrations import schema_version
from abusetrack.errors import (
    CaseFileError,
    NewerCaseFileError,
    StorageFullError,
    WrongPassphraseError,
)

SECRET = "correct horse battery staple"


@pytest.fixture
def open_case(path, clock):
    opened = []

    def opener(**fields):
        case = open_case_file(path, clock=clock, actor="Ann", **fields)
        opened.append(case)
        return case

    yield opener
    for case in opened:
        case.close()


def test_a_new_file_is_ours_and_safe(open_case, path):
    case = open_case()
    assert case.value("PRAGMA journal_mode") == "wal"
    assert case.value("PRAGMA synchronous") == 2
    assert case.value("PRAGMA foreign_keys") == 1
    assert case.value("PRAGMA secure_delete") == 1
    assert case.value("PRAGMA trusted_schema") == 0
    assert case.value("PRAGMA busy_timeout") > 0
    assert case.value("PRAGMA application_id") == APPLICATION_ID
    assert case.value("PRAGMA user_version") == schema_version()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for suffix in ("-wal", "-shm"):
        assert stat.S_IMODE(path.with_name(path.name + suffix).stat().st_mode) == 0o600


def test_every_table_is_strict(case):
    loose = case.query("SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict")
    assert {row["name"] for row in loose} == {"sqlite_schema", "sqlite_temp_schema",
                                              "_sqlite_migrations"}  # fmt: skip


def test_opening_again_keeps_the_identity(open_case):
    first = open_case()
    first.close()
    first.close()  # twice is harmless
    again = open_case()
    assert again.origin_id == first.origin_id
    assert again.digest("x") == first.digest("x")
    assert again.log_key == first.log_key
    assert again.log_key[:16] != again.digest("")


def test_two_files_digest_the_same_text_differently(open_case, tmp_path, clock):
    with open_case_file(tmp_path / "other", clock=clock, actor="Ann") as other:
        case = open_case()
        assert other.digest("https://a.example/x") != case.digest("https://a.example/x")
        assert other.log_key != case.log_key


def test_a_missing_folder_is_made(tmp_path, clock):
    deep = tmp_path / "a" / "b" / "case"
    with open_case_file(deep, clock=clock, actor="Ann"):
        assert deep.exists()


def test_no_file_and_none_wanted(open_case, path):
    with pytest.raises(CaseFileError, match=r"There is no case file .*check the path"):
        open_case(create=False)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"hello\n", b"x" * 8191])
def test_something_else_is_no_case_file(open_case, path, content):
    path.write_bytes(content)
    with pytest.raises(CaseFileError, match=r"is not a case file|no case file at all"):
        open_case(create=False)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_untouched(open_case, path):
    with sqlcipher3.connect(str(path)) as other:
        other.execute("CREATE TABLE t(a)")
    before = path.read_bytes()
    with pytest.raises(CaseFileError, match="is not a case file"):
        open_case()
    assert path.read_bytes() == before


def test_random_bytes_ask_for_a_passphrase_and_none_opens_them(open_case, path):
    path.write_bytes(os.urandom(8192))
    with pytest.raises(WrongPassphraseError, match="or no case file at all"):
        open_case()
    with pytest.raises(WrongPassphraseError, match="does not open"):
        open_case(passphrase=SECRET)


def test_a_damaged_plain_file_says_so(open_case, path):
    open_case().close()
    path.write_bytes(path.read_bytes()[:16] + os.urandom(path.stat().st_size - 16))
    with pytest.raises(CaseFileError, match="is damaged; restore it from a backup"):
        open_case()


def test_a_newer_file_is_refused(open_case):
    with open_case() as case:
        case.execute(f"PRAGMA user_version = {schema_version() + 1}")
    with pytest.raises(NewerCaseFileError, match="newer abusetrack; install that version"):
        open_case()


def test_a_file_made_newer_meanwhile_is_not_written(open_case):
    case, other = open_case(), open_case()
    other.execute(f"PRAGMA user_version = {schema_version() + 1}")
    with pytest.raises(NewerCaseFileError), case.transaction():
        pass


def test_encrypted_and_back(open_case, path, capfd):
    with open_case(passphrase=SECRET) as case:
        assert case.encrypted
        origin = case.origin_id
    assert is_encrypted(path)
    with pytest.raises(WrongPassphraseError, match=r"does not open .*type it again"):
        open_case(passphrase="wrong")
    with pytest.raises(WrongPassphraseError, match=r"encrypted case file.*give its passphrase"):
        open_case()
    with open_case(passphrase=SECRET) as case:
        assert case.origin_id == origin
    assert capfd.readouterr() == ("", "")  # SQLCipher's own log is silent


def test_the_key_is_the_one_sqlcipher_derives(open_case, path):
    open_case(passphrase=SECRET).close()
    connection = sqlcipher3.connect(str(path))
    connection.execute(f"PRAGMA key = '{SECRET}'")
    assert connection.execute("SELECT count(*) FROM fact").fetchone() == (0,)
    connection.close()


def test_a_passphrase_for_a_plain_file(open_case, path):
    open_case().close()
    assert not is_encrypted(path)
    with pytest.raises(WrongPassphraseError, match="is not encrypted; open it without"):
        open_case(passphrase=SECRET)


def test_another_connection_gets_the_raw_key_only(open_case):
    case = open_case(passphrase=SECRET)
    again = case.opener()
    assert SECRET not in repr(again)
    assert "RawKey(...)" in repr(again)
    assert SECRET not in repr(vars(case))
    with again() as other:
        assert other.origin_id == case.origin_id


def test_a_key_shows_nothing_of_itself():
    key = derive(SECRET, bytes(16))
    assert repr(key) == "RawKey(...)"
    assert SECRET not in key.hexadecimal


def test_an_encrypted_file_holds_no_plain_text(open_case, path, report, discarded):
    case = open_case(passphrase=SECRET)
    marker = "xyzzy-marker"
    reports.add(case, [report(f"https://{marker}.example/{marker}", marker)], [], discarded,
                label=marker)  # fmt: skip
    wal = path.with_name(path.name + "-wal")
    assert wal.stat().st_size > 0
    assert marker.encode() not in wal.read_bytes()
    case.close()
    for file in path.parent.iterdir():
        assert marker.encode() not in file.read_bytes(), file.name
        assert SECRET.encode() not in file.read_bytes(), file.name


def test_queries_only_read(case):
    assert case.query("SELECT 1 AS a, :b AS b", {"b": "x"}) == [{"a": 1, "b": "x"}]
    with pytest.raises(ValueError, match="only reads"):
        case.query("DELETE FROM queue")
    with pytest.raises(ValueError, match="only reads"):
        case.query("INSERT INTO counter VALUES ('a', 1) RETURNING value")
    with case.transaction():  # and writing is allowed again afterwards
        case.execute("INSERT INTO counter VALUES ('a', 1)")
    with pytest.raises(sqlcipher3.OperationalError, match="no such table"):
        case.query("SELECT * FROM missing")  # a bug stays a bug


def test_a_reader_reads_and_cannot_write(case):
    with case.opener(read_only=True)() as reader:
        with case.transaction():
            case.execute("INSERT INTO counter VALUES ('a', 7)")
        assert reader.query("SELECT value FROM counter") == [{"value": 7}]
        with pytest.raises(StorageFullError), reader.transaction():
            reader.execute("DELETE FROM counter")
    assert case.value("SELECT value FROM counter") == 7


def test_a_reader_does_not_make_a_file(path, clock):
    with pytest.raises(CaseFileError, match="There is no case file"):
        open_case_file(path, clock=clock, actor="Ann", read_only=True)


def test_a_case_file_belongs_to_its_thread(case):
    errors = []

    def work():
        try:
            case.query("SELECT 1")
        except sqlcipher3.ProgrammingError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_a_query_can_be_stopped_from_another_thread(case):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    done = threading.Event()

    def stop():
        while not done.wait(0.01):
            case.interrupt()

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        with pytest.raises(QueryStoppedError):
            case.query(endless)
    finally:
        done.set()
        thread.join()
    assert case.query("SELECT 1 AS a") == [{"a": 1}]


def test_transactions_nest_and_roll_back(case):
    with case.transaction():
        case.execute("INSERT INTO counter VALUES ('outer', 1)")
        with pytest.raises(sqlcipher3.IntegrityError), case.transaction():
            case.executemany("INSERT INTO counter VALUES (?, 1)", [["inner"], ["inner"]])
    assert case.query("SELECT name FROM counter") == [{"name": "outer"}]
    with pytest.raises(sqlcipher3.IntegrityError), case.transaction():
        case.executemany("INSERT INTO counter VALUES (?, 1)", [["gone"], ["gone"]])
    assert case.query("SELECT name FROM counter") == [{"name": "outer"}]


def test_a_locked_file_says_so(case):
    with case.opener()() as other:
        other.execute("PRAGMA busy_timeout = 50")
        with (
            case.transaction(),
            pytest.raises(CaseFileError, match=r"being changed by another program.*try again"),
            other.transaction(),
        ):
            pass


FULL_DISK = """
import resource, sys
from datetime import UTC, datetime
from abusetrack.casefile import check, open_case_file, reports
from abusetrack.errors import StorageFullError
from abusetrack.records import *

class Clock:
    def now(self): return datetime(2026, 3, 1, tzinfo=UTC)

def listed(start, number):
    domain = Domain("a.example", "a.example", "example", SuffixKind.ICANN)
    host = Host("a.example", "a.example", HostKind.NAME, domain)
    return [Report(Target(f"https://a.example/{i}", f"https://a.example/{i}", host),
                   Clock().now(), "public", "x" * 200) for i in range(start, start + number)]

case = open_case_file(sys.argv[1], clock=Clock(), actor="Ann")
reports.add(case, listed(0, 20), [], Discarded(), label="first")
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
try:
    reports.add(case, listed(20, 20_000), [], Discarded(), label="second")
except StorageFullError as error:
    print(error)
else:
    sys.exit("the disk was not full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
report = check.check(case)
assert report.sound, report.problems
assert case.value("SELECT count(*) FROM report") == 20
reports.add(case, listed(20, 5), [], Discarded(), label="third")
assert check.check(case).sound
"""


def run(code: str, *args: object, before=(), **kwargs) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-c", textwrap.dedent(code), *map(str, args)],
        capture_output=True, text=True, timeout=100, check=False, **kwargs,
    )  # fmt: skip


def test_a_full_disk_is_said_and_nothing_is_half_written(path):
    done = run(FULL_DISK, path)
    assert done.returncode == 0, done.stderr
    assert "disk is full" in done.stdout
    assert "Nothing was half-written" in done.stdout


NEW_ON_FULL_DISK = """
import resource, sys
from abusetrack.casefile import open_case_file
from abusetrack.errors import StorageFullError
from abusetrack.records import SystemClock
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
try:
    open_case_file(sys.argv[1], clock=SystemClock(), actor="Ann", passphrase=sys.argv[2] or None)
except StorageFullError as error:
    print(error)
"""


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_a_new_file_that_does_not_fit_leaves_nothing_behind(path, passphrase):
    done = run(NEW_ON_FULL_DISK, path, passphrase)
    assert done.returncode == 0, done.stderr
    assert "Nothing was half-written" in done.stdout
    assert list(path.parent.iterdir()) == []


READ_ONLY = """
import sys
from abusetrack.casefile import open_case_file
from abusetrack.errors import CaseFileError, StorageFullError
from abusetrack.records import SystemClock
def attempt(path):
    try:
        with open_case_file(path, clock=SystemClock(), actor="Ann") as case, case.transaction():
            case.execute("INSERT INTO counter VALUES ('a', 1)")
    except CaseFileError as error:
        print(type(error).__name__, error)
attempt(sys.argv[1])
attempt(sys.argv[1] + ".new")
"""


def test_a_read_only_folder_is_said(tmp_path, clock):
    unprivileged = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write anywhere, and there is no setpriv to forbid it")
        unprivileged = ["setpriv", "--bounding-set=-all"]
    folder = tmp_path / "read-only"
    folder.mkdir()
    path = folder / "case"
    with open_case_file(path, clock=clock, actor="Ann"):
        pass
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        done = run(READ_ONLY, path, before=unprivileged)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    existing, new = done.stdout.splitlines()
    assert existing.startswith("StorageFullError")
    assert "read-only" in existing
    assert new.startswith("StorageFullError")
    assert "cannot be made" in new


MIGRATE = """
import sys
from abusetrack.casefile import migrations
from abusetrack.records import SystemClock

def statements():
    yield "CREATE TABLE extra(a TEXT) STRICT"
    if sys.argv[2] == "fail":
        raise RuntimeError("in the middle")

class m9999_next:
    STATEMENTS = statements()

migrations.STEPS.append(m9999_next)

from abusetrack.casefile import open_case_file
path, passphrase = sys.argv[1], sys.argv[3] or None
with open_case_file(path, clock=SystemClock(), actor="Ann", passphrase=passphrase) as case:
    print(case.value("PRAGMA user_version"), case.value("SELECT count(*) FROM extra"))
"""


@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_an_older_file_is_copied_and_brought_up_to_date(
    open_case, path, passphrase, report, discarded, clock
):
    with open_case(passphrase=passphrase) as case:
        reports.add(case, [report("a.example")], [], discarded, label="x")
    failed = run(MIGRATE, path, "fail", passphrase or "")
    assert "in the middle" in failed.stderr
    with open_case(passphrase=passphrase) as case:  # as it was, and usable
        assert case.value("PRAGMA user_version") == schema_version()
        assert reports.of_domain(case, "a.example")
    done = run(MIGRATE, path, "work", passphrase or "")
    assert done.stdout.split() == [str(schema_version() + 1), "0"], done.stderr
    with pytest.raises(NewerCaseFileError):
        open_case(passphrase=passphrase)
    copies = [file for file in path.parent.iterdir() if ".version-" in file.name]
    assert copies
    for copy in copies:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with open_case_file(copy, clock=clock, actor="Ann", passphrase=passphrase) as case:
            assert reports.of_domain(case, "a.example")


def test_who_comes_while_the_file_is_being_made_waits(path, clock):
    path.touch()
    other = sqlcipher3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # as one that is making it
    opened = []

    def come():
        with open_case_file(path, clock=clock, actor="Ann") as case:
            opened.append(case.value("PRAGMA journal_mode"))

    thread = threading.Thread(target=come)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    other.execute("ROLLBACK")
    other.close()
    thread.join()
    assert opened == ["wal"]


TWO = """
import sys
from datetime import UTC, datetime
from abusetrack.casefile import open_case_file, reports
from abusetrack.records import *
case = open_case_file(sys.argv[1], clock=SystemClock(), actor=sys.argv[2])
for i in range(40):
    name = f"{sys.argv[2]}{i}.example"
    host = Host(name, name, HostKind.NAME, Domain(name, name, "example", SuffixKind.ICANN))
    report = Report(Target(name, f"//{name}/", host), datetime(2026, 3, 1, tzinfo=UTC), "public")
    reports.add(case, [report], [], Discarded(), label="x")
"""


def test_two_processes_create_and_write_one_file(path, clock):
    processes = [
        subprocess.Popen([sys.executable, "-c", TWO, str(path), name], stderr=subprocess.PIPE)
        for name in ("ann", "bob")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors.decode()
    with open_case_file(path, clock=clock, actor="Ann") as case:
        assert case.value("SELECT count(*) FROM report") == 80
        assert check.check(case).problems == ()
