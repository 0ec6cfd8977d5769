from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta

import pytest

OLD, NEW = "old correct horse", "new battery staple"


@pytest.fixture
def reported(abusetrack):
    (abusetrack.folder / "one.csv").write_text(
        "url,reference,note\nhttps://site.example.com/secret-path,R1,a private note\n",
        encoding="utf-8",
    )
    abusetrack.said("import", "one.csv")
    return abusetrack


def word_file(abusetrack, name, text):
    path = abusetrack.folder / name
    path.write_text(text + "\n", encoding="utf-8")
    return path


def everything_written(folder):
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".secret"
    }


def test_a_passphrase_is_set_changed_and_stands_nowhere(reported):
    old, new = (word_file(reported, f"{name}.secret", text) for name, text in
                (("old", OLD), ("new", NEW)))  # fmt: skip
    reported.run("--debug", "passphrase", "change", "--new-passphrase-file", old)
    reported.said("check", code=2)
    said = reported.run(
        "--debug", "--passphrase-file", old, "passphrase", "change",
        env={"ABUSETRACK_NEW_PASSPHRASE": NEW},
    )  # fmt: skip
    assert "Backups and copies made before" in said.stdout
    assert "passphrase" in reported.said("--passphrase-file", old, "check", code=3).stderr
    assert "sound" in reported.said("--passphrase-file", new, "check").stdout
    for path, data in everything_written(reported.folder).items():
        for secret in (OLD, NEW):
            assert secret.encode() not in data, path
    words = ("--passphrase-file", new, "passphrase", "change")
    empty = reported.said(*words, code=2, env={"ABUSETRACK_NEW_PASSPHRASE": ""})
    assert "ABUSETRACK_NEW_PASSPHRASE" in empty.stderr


def test_a_crash_gives_no_passphrase_away(reported, monkeypatch):
    """A bug while the passphrase is changed: neither report nor log holds it."""
    new = word_file(reported, "new.secret", NEW)
    program = (
        "import sys\n"
        "from abusetrack.casefile import files\n"
        "def boom(*_):\n    raise ValueError('a bug')\n"
        "files.export = boom\n"
        "from abusetrack.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *reported._options(), "--debug", "passphrase", "change",
         "--new-passphrase-file", str(new)],
        capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **reported.home}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "a bug in abusetrack stopped this command (ValueError)" in done.stderr
    assert NEW not in done.stdout + done.stderr
    for path, data in everything_written(reported.folder).items():
        assert NEW.encode() not in data, path


def test_a_backup_is_put_back_and_the_file_that_was_there_is_kept(reported):
    reported.said("backup", "copy")
    reported.said("assess", "example.com", "--outcome", "confirmed")
    assert "Nothing before" in reported.said("check", "--against", "copy.heads").stdout
    said = reported.said("restore", "copy").stdout
    assert "verified" in said
    assert "is kept as" in said
    assert reported.here("show", "example.com", "--json")["confirmed_reports"] == 0
    assert reported.here("check", "--json")["sound"]
    assert "There is no backup" in reported.said("restore", "none", code=2).stderr


def test_a_backup_with_an_older_passphrase(reported):
    old, new = (word_file(reported, f"{name}.secret", text) for name, text in
                (("old", OLD), ("new", NEW)))  # fmt: skip
    reported.said("passphrase", "change", "--new-passphrase-file", old)
    reported.said("--passphrase-file", old, "backup", "copy")
    reported.said("--passphrase-file", old, "passphrase", "change", "--new-passphrase-file", new)
    unlocked = ("--passphrase-file", new)
    assert "passphrase" in reported.said(*unlocked, "restore", "copy", code=3).stderr
    said = reported.said(*unlocked, "restore", "copy", "--backup-passphrase-file", old).stdout
    assert "opens with the passphrase that the backup has" in said
    reported.said("--passphrase-file", old, "check")


def test_backups_are_rotated_in_their_folder(reported):
    reported.config.write_text("[backup]\nfolder = 'safe'\nkeep = 2\n", encoding="utf-8")
    folder = reported.folder / "safe"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"case-2026030{day}T120000Z.abusetrack").touch()
    assert "Removed: 2 older backups" in reported.said("backup").stdout
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == "case-20260303T120000Z.abusetrack"
    assert len(left) == 3  # two backups, and the heads of the real one
    reported.config.write_text("", encoding="utf-8")
    assert "set backup.folder" in reported.said("backup", code=2).stderr


def test_a_decrypted_copy_is_said_to_be_one(reported):
    old = word_file(reported, "old.secret", OLD)
    reported.said("passphrase", "change", "--new-passphrase-file", old)
    said = reported.said("--passphrase-file", old, "backup", "plain", "--decrypted").stdout
    assert "NOT encrypted" in said
    assert (reported.folder / "plain").read_bytes().startswith(b"SQLite format 3\0")


@pytest.mark.parametrize("form", ["copy", "copy.heads", "dump.jsonl"])
def test_what_is_missing_since_a_backup_is_told(reported, form):
    reported.said("backup", "first")
    reported.said("assess", "example.com", "--outcome", "confirmed")
    reported.said("backup", "copy")
    reported.said("dump", "dump.jsonl")
    reported.said("check", "--against", form)
    shutil.copy(reported.folder / "first", reported.case)  # by hand, not by restore
    for suffix in ("-wal", "-shm"):
        reported.case.with_name(reported.case.name + suffix).unlink(missing_ok=True)
    done = reported.said("check", "--against", form, "--json", code=3)
    assert "facts are missing" in done.stdout
    assert "does not lead over the head" in done.stdout


def test_against_a_file_of_another_kind(reported):
    word_file(reported, "letter", "Dear Sirs")
    for name, code in (("letter", 3), ("none", 2), ("one.csv", 3)):
        assert reported.said("check", "--against", name, code=code).stderr.count("\n") == 1


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
def test_heads_are_signed_where_a_fingerprint_is_set(reported):
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as home:
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
        subprocess.run(
            [*gpg, "--passphrase", "", "--quick-gen-key", "Desk <desk@hotline.example>", "ed25519",
             "sign", "never"], check=True, capture_output=True,
        )  # fmt: skip
        listed = subprocess.run(
            [*gpg, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True
        ).stdout
        key = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
        settings = "[organisation]\nopenpgp_fingerprint = '{}'\n[notices]\ngnupg_home = '{}'\n"
        reported.config.write_text(settings.format(key, home), encoding="utf-8")
        assert "Heads signed" in reported.said("backup", "copy").stdout
        assert f"signed by {key}" in reported.said("check", "--against", "copy").stdout
        reported.config.write_text(settings.format("AB" * 20, home), encoding="utf-8")
        done = reported.said("check", "--against", "copy", code=3)
        assert "signed by another key" in done.stdout
        assert "are not signed" in reported.said("backup", "second").stderr
        heads = reported.folder / "copy.heads"
        heads.write_text(heads.read_text().replace('"facts":2', '"facts":1'), encoding="ascii")
        done = reported.said("check", "--against", "copy", code=3)
        assert "signature of the heads is bad" in done.stdout
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def test_retention_erases_what_is_old_and_nothing_else(reported):
    assert "nothing" in reported.said("retention").stdout
    long_ago = (datetime.now(UTC) - timedelta(days=1_000)).strftime("%Y%m%dT%H%M%SZ")
    old = reported.folder / f"{reported.case.name}.replaced-{long_ago}"
    old.touch()
    dry = reported.here("retention", "--dry-run", "--json")
    assert (dry["erased"], dry["copies_removed"], old.exists()) == (False, 0, True)
    assert reported.here("retention", "--json")["copies_removed"] == 1
    assert not old.exists()
    assert b"secret-path" in b"".join(everything_written(reported.folder).values())


def test_on_demand_a_domain_is_erased(reported):
    (reported.folder / "one.csv").unlink()
    assert "--yes" in reported.said("erase", "example.com", code=2).stderr
    said = reported.said("erase", "example.com", "--yes").stdout
    assert "erased: path 1" in said
    assert "Backups and dumps made before still hold it" in said
    assert "Nothing of these" in reported.said("erase", "example.com", "--yes").stdout
    data = b"".join(everything_written(reported.folder).values())
    assert b"secret-path" not in data
    assert b"a private note" not in data
    assert reported.here("show", "example.com", "--json")["reports"] == 1
    assert reported.here("check", "--rebuild", "--json")["rebuilt_tables"] == {}
    reported.said("erase", "site.example.com", "--yes", code=2)
