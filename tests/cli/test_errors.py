"""Each thing that goes wrong gives one sentence that says what to do, and its exit code."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys

import pytest

ONE = "https://site.example.com/page\n"


@pytest.fixture
def reported(abusetrack):
    """A case file with one report."""
    (abusetrack.folder / "one.txt").write_text(ONE, encoding="utf-8")
    abusetrack.run("import", "one.txt")
    return abusetrack


def fails(done, code, *words):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    message = done.stderr.strip().splitlines()[-1]
    for word in words:
        assert word in message, message


def test_no_resolver_set(reported):
    fails(reported.run("resolve", check=False), 2, "resolver.nameservers")


def test_no_network(reported):
    reported.config.write_text(
        "[resolver]\nnameservers = ['127.0.0.1:9']\n[rdap]\nbootstrap = 'nowhere'\n"
        "[lookup]\nquestion_seconds = 0.2\nname_seconds = 2\n[whois]\nenabled = false\n",
        encoding="utf-8",
    )
    done = reported.run("resolve", check=False)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert reported.json("check")["sound"]


def test_an_unreadable_list(abusetrack):
    fails(abusetrack.run("import", "none.csv", check=False), 2, "none.csv")


def test_a_list_that_is_no_text(abusetrack):
    (abusetrack.folder / "noise.txt").write_bytes(bytes(range(256)) * 50)
    fails(abusetrack.run("import", "noise.txt", check=False), 2)


def test_no_case_file_yet(abusetrack):
    fails(abusetrack.run("stats", check=False), 2, "import a list first")


def test_a_wrong_and_a_missing_passphrase(abusetrack):
    (abusetrack.folder / "one.txt").write_text(ONE, encoding="utf-8")
    right = {"ABUSETRACK_PASSPHRASE": "correct horse"}
    abusetrack.run("import", "one.txt", env=right)
    fails(
        abusetrack.run("check", check=False, env={"ABUSETRACK_PASSPHRASE": "wrong"}),
        3,
        "passphrase",
    )
    fails(abusetrack.run("check", check=False, stdin=""), 2, "--passphrase-file")
    secret = abusetrack.folder / "secret"
    secret.write_text("correct horse\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "abusetrack", "--passphrase-file", str(secret)]
        + ["--case", str(abusetrack.case), "--config", str(abusetrack.config), "check"],
        capture_output=True,
        text=True,
        env={**os.environ, **abusetrack.home},
        check=True,
    )
    assert "sound" in done.stdout


def test_a_file_that_is_no_case_file(abusetrack):
    abusetrack.case.write_text("a letter", encoding="utf-8")
    fails(abusetrack.run("check", check=False), 3, "not a case file")


def test_a_newer_case_file(reported):
    data = bytearray(reported.case.read_bytes())
    data[60:64] = (999).to_bytes(4, "big")  # user_version, by the file format
    reported.case.write_bytes(data)
    for left in reported.folder.glob("case.abusetrack-*"):
        left.unlink()
    fails(reported.run("check", check=False), 3, "newer abusetrack")


def test_a_wrong_setting(abusetrack):
    abusetrack.config.write_text("[pace]\nconcurrency = 0\n", encoding="utf-8")
    fails(abusetrack.run("import", "-", check=False, stdin=ONE), 2, "pace.concurrency")


def test_a_full_disk_keeps_the_case_file_sound(reported):
    rows = "".join(f"https://host{n}.example.com/{n}\n" for n in range(20_000))
    (reported.folder / "many.txt").write_text(rows, encoding="utf-8")
    limit = reported.case.stat().st_size + 200_000

    def no_more_than_that():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "abusetrack", "--case", str(reported.case)]
        + ["--config", str(reported.config), "import", "many.txt"],
        cwd=reported.folder,
        capture_output=True,
        text=True,
        preexec_fn=no_more_than_that,  # nothing else runs in this process
        env={**os.environ, **reported.home},
    )
    fails(done, 3)
    report = reported.json("check")
    assert report["sound"], report
    assert reported.json("stats")["other_domains"] == 1


def test_a_read_only_folder(reported, tmp_path):
    without_privileges = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and there is no setpriv to forbid it")
        without_privileges = ["setpriv", "--bounding-set=-all"]
    paths = [path for path in tmp_path.glob("case.abusetrack*") if path.is_file()]
    for path in paths:
        path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        done = subprocess.run(
            [*without_privileges, sys.executable, "-m", "abusetrack"]
            + ["--case", str(reported.case), "--config", str(reported.config), "import", "-"],
            input="https://b.example.com/\n",
            capture_output=True,
            text=True,
            env={**os.environ, **reported.home},
        )
    finally:
        tmp_path.chmod(0o700)
        for path in paths:
            path.chmod(0o600)
    fails(done, 3, "cannot be written")
    assert reported.json("check")["sound"]


def test_drafts_are_refused_while_the_organisation_is_not_named(reported):
    done = reported.run("draft", "--out", "drafts", check=False)
    fails(done, 2, "organisation.name", "organisation.dispute_email")
    assert not (reported.folder / "drafts").exists()


def test_a_missing_setting_is_said_with_its_file(reported):
    done = reported.run("draft", "--out", "drafts", check=False)
    fails(done, 2, f"The settings file is {reported.config}.")


def test_without_a_display_the_window_says_so(reported):
    done = reported.run(
        check=False, env={"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    )
    fails(done, 2, "no display", "commands work without it")


def test_findings_of_duplicates_are_not_lost_unsaid(reported):
    table = reported.folder / "again.csv"
    table.write_text("url,outcome\nhttp://again.example.com/,confirmed\n", encoding="utf-8")
    assert reported.json("import", table)[0]["findings_not_recorded"] == 0
    assert reported.json("import", table)[0]["findings_not_recorded"] == 1
    assert "assess --from" in reported.run("import", table).stderr


def test_bare_names_are_said_with_what_to_do(reported):
    done = reported.run("import", "-", stdin="see also bare.example.com today\n")
    assert "--bare" in done.stderr
    done = reported.run("import", "-", "--dry-run", stdin="http://dry.example.com/\n")
    assert "Nothing was stored" in done.stdout


def test_what_is_no_name_is_said(reported):
    fails(reported.run("show", "???", check=False), 2, "not a name")
    fails(reported.run("show", "other.example.com.example.net", check=False), 2, "reported")


def test_qt_is_not_loaded_by_the_command_line(reported):
    code = (
        "import sys; from abusetrack.cli import main\n"
        f"main(['--case', {str(reported.case)!r}, '--config', {str(reported.config)!r}, 'check'],"
        " standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        env={**os.environ, **reported.home},
    )


def test_what_there_is_nothing_of_is_said_with_the_next_step(reported):
    assert "contacts import" in reported.run("contacts", "list").stdout
    assert "not encrypted" in reported.run("backup", reported.folder / "copy").stdout


def test_a_setting_of_another_kind_is_said_in_the_words_of_toml(abusetrack):
    abusetrack.config.write_text('[resolver]\nnameservers = "192.0.2.53"\n', encoding="utf-8")
    done = abusetrack.run("lookup", "example.com", check=False)
    fails(done, 2, "resolver.nameservers", "a list is needed here, in brackets")


def test_columns_that_are_not_read_are_named(reported):
    done = reported.run("import", "-", stdin="url,mood\nhttp://columns.example.com/,calm\n")
    assert "columns not read: mood" in done.stderr


def test_what_was_only_reported_is_no_difference(reported):
    reported.run("import", "-", stdin="http://one.example.com/\nhttp://two.example.org/\n")
    found = reported.json("check", "--rebuild")
    assert (found["sound"], found["rebuilt_differences"]) == (True, 0)
