"""The main job, end to end, against the practice internet in another process."""

from __future__ import annotations

import csv
import email
import email.policy
import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from abusetrack import practice, settings
from abusetrack.casefile import notices, observations, open_case_file
from abusetrack.records import SystemClock
from abusetrack.triage import dossier
from abusetrack.triage.context import make_context


@contextmanager
def served(folder, *options):
    """Serve the practice internet in a process of its own; yield the settings file."""
    words = [sys.executable, "-m", "abusetrack", "practice", "--serve"]
    process = subprocess.Popen(
        [*words, "--folder", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )
    try:
        line = process.stdout.readline().strip()
        assert line, process.communicate()[1]
        yield Path(line)
    finally:
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors


@pytest.fixture(scope="module")
def start():
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def world(start):
    return practice.build(start=start)


@pytest.fixture(scope="module")
def walked(tmp_path_factory, start):
    """The whole walk, once; yields (folder of everything, runner)."""
    folder = tmp_path_factory.mktemp("walk")
    day = start.date().isoformat()
    with served(folder / "practice", "--start", day) as config:
        desk = _Desk(folder, config)
        for what in ("reports.txt", "assessments.csv", "contacts.csv"):
            desk("practice", "--start", day, f"--{what.partition('.')[0]}", what)
        desk("import", "reports.txt", "--source", "public")
        desk("assess", "--from", "assessments.csv")
        desk.resolved = desk("resolve", "--all", "--json", codes={0, 1})
        desk("contacts", "import", "contacts.csv")
        parties = json.loads(desk("contacts", "list", "--used", "--json"))
        desk("contacts", "confirm", *[contact["party"] for contact in parties])
        desk.stats = json.loads(desk("stats", "registrars", "--json"))
        desk.drafted = json.loads(desk("draft", "--to", "registrar", "--out", "drafts", "--json"))
        yield desk


class _Desk:
    def __init__(self, folder, config):
        self.folder, self.config = folder, config
        self.environment = {"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}

    def __call__(self, *words, codes=frozenset({0})):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "abusetrack", "--debug", "--case", "case.db"]
            + ["--config", str(self.config), *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=110,
        )
        assert done.returncode in codes, (words, done.stdout[-1500:], done.stderr[-1500:])
        return done.stdout


@pytest.fixture(scope="module")
def shown(walked, world):
    """What ``show --json`` says of every domain, by the function behind it."""
    clock = SystemClock()
    context = make_context(settings.load(walked.config), clock)
    path = walked.folder / "case.db"
    with open_case_file(path, clock=clock, actor="test", create=False) as case:
        return {
            truth.domain: dossier.as_json(dossier.stored(context, case, truth.domain))
            for truth in world.truths()
        }


def test_the_command_prints_what_is_compared(walked, shown):
    for domain in sorted(shown)[::200]:
        assert json.loads(walked("show", domain, "--json")) == shown[domain]


def test_every_domain_equals_the_truth(world, shown):
    """Registrar, IANA ID, hosting country, ASN and state of every domain: no difference."""
    truths = world.truths()
    assert len(truths) >= 400
    differences = []
    for truth in truths:
        differences += _difference(shown[truth.domain], truth)
    assert differences == [], f"{len(differences)}: {differences[:3]}"


def _difference(shown, truth):
    registrar = shown["registrar"] or {}
    seen = (
        registrar.get("name"),
        registrar.get("iana_id"),
        registrar.get("abuse_email"),
        shown["state"],
        tuple(shown["states"]),
        shown["hosting_country"],
        shown["hosting_verdict"],
        shown["cdn"],
        _first_asn(shown),
        shown["created"],
        shown["persistent"],
    )
    true = (
        truth.registrar,
        truth.iana_id,
        truth.abuse_email,
        truth.state.value,
        tuple(state.value for state in truth.states),
        truth.hosting_country,
        truth.hosting_agreement.value,
        truth.cdn,
        truth.asn,
        truth.created and truth.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        truth.persistent,
    )
    return [] if seen == true else [(truth.domain, seen, true)]


def _first_asn(shown):
    return next((a["asn"] for host in shown["hosts"] for a in host["addresses"]), None)


def test_statistics_count_confirmed_domains_only(walked, world):
    confirmed = [t for t in world.truths() if t.outcome.value == "confirmed"]
    by_registrar = {}
    for truth in confirmed:
        by_registrar[truth.registrar] = by_registrar.get(truth.registrar, 0) + 1
    stats = walked.stats
    assert stats["domains"] == len(confirmed)
    shown = {row["name"]: row["domains"] for row in stats["rows"] if row["domains"]}
    assert shown.pop("not known at the time", 0) == by_registrar.pop(None, 0)
    assert shown == by_registrar


def test_drafts_are_written_for_exactly_the_right_domains(walked, world):
    drafted = {domain for notice in walked.drafted["notices"] for domain in notice["domains"]}
    left_out = {item["domain"]: item["reason"] for item in walked.drafted["not_drafted"]}
    truths = {truth.domain: truth for truth in world.truths()}
    assert drafted
    assert drafted.isdisjoint(left_out)
    assert set(truths) <= drafted | set(left_out)
    for domain in drafted:
        truth = truths[domain]
        assert truth.kind.value == "dedicated"
        assert truth.outcome.value == "confirmed"
        assert truth.registrar is not None
        assert truth.suffix_kind.value == "icann"
    for domain, truth in truths.items():
        if truth.outcome.value != "confirmed":
            assert left_out[domain] == "not assessed" or "suffix" in left_out[domain], domain
    assert all(left_out.values())


def test_every_mail_opens_strictly_and_gives_no_path_away(walked, world):
    urls = [url for record in world.domains.values() for url in record.finding.urls]
    paths = {match[1] for url in urls if (match := re.search(r"//[^/]+(/[^?#]{3,})", url))}
    assert paths
    mails = sorted((walked.folder / "drafts").glob("*.eml"))
    assert mails
    policy = email.policy.strict.clone(raise_on_defect=True)
    for path in mails:
        raw = path.read_bytes()
        message = email.message_from_bytes(raw, policy=policy)
        assert message["X-Unsent"] == "1"
        assert message["Date"] is None
        assert message["Message-ID"] is None
        assert message["To"].endswith(".invalid")
        assert "PRACTICE - NOT A NOTICE" in message["Subject"]
        body = message.get_body(("plain",)).get_content()
        (table,) = message.iter_attachments()
        assert table.get_content_type() == "text/csv"
        rows = list(csv.DictReader(table.get_content().splitlines()))
        assert rows
        for row in rows:
            assert row["domain"].replace(".", "[.]") in body
        text = body + table.get_content()
        assert not [word for word in paths if word in text]
        assert not re.search(r"hxxps?://\S+\[\.\]\S+/\w", text)


def test_exported_bytes_are_kept_and_the_case_file_is_sound(walked):
    report = json.loads(walked("check", "--rebuild", "--json"))
    assert report["sound"], report
    assert report["rebuilt_differences"] == 0
    with open_case_file(
        walked.folder / "case.db", clock=SystemClock(), actor="test", create=False
    ) as case:
        stored = notices.list_all(case)
        assert len(stored) == len(walked.drafted["notices"])
        for notice in stored:
            for file in notice.files:
                on_disk = (walked.folder / "drafts" / file.name).read_bytes()
                evidence = observations.evidence(case, file.sha256)
                assert evidence is not None
                assert evidence.body == on_disk


def test_drafting_again_drafts_nothing_twice(walked):
    again = json.loads(walked("draft", "--to", "registrar", "--out", "again", "--json"))
    assert again["notices"] == []
    assert any("the same registrar was told" in item["reason"] for item in again["not_drafted"])


def test_what_is_too_old_is_asked_for_again_before_it_is_drafted(walked, tmp_path):
    """With a policy by which everything is too old at once, nothing is drafted, but it is asked."""
    domain = walked.drafted["notices"][0]["domains"][0]
    config = tmp_path / "config.toml"
    config.write_text(walked.config.read_text() + "\n[policy]\nfreshness_hours = 1e-6\n")
    strict = _Desk(walked.folder, config)
    asked = []
    for how in (["--offline"], []):
        words = ["draft", "--to", "registrar", "--domain", domain, "--again", "--json"]
        found = json.loads(strict(*words, "--out", "old", *how))
        assert found["notices"] == []
        shown = json.loads(walked("show", domain, "--json"))
        asked.append(max(item["asked_at"] for item in shown["observations"]))
    assert asked[1] > asked[0]


def test_importing_again_adds_nothing(walked):
    (total,) = json.loads(walked("import", "reports.txt", "--source", "public", "--json"))
    assert total["new"] == 0
    assert total["repeated"] == 0


def test_a_backup_is_a_sound_case_file(walked):
    walked("backup", "copy.db")
    done = subprocess.run(
        [sys.executable, "-m", "abusetrack", "--case", "copy.db", "check"],
        cwd=walked.folder,
        capture_output=True,
        text=True,
        env=walked.environment,
    )
    assert done.returncode == 0, done.stderr


def test_nothing_reported_stands_outside_the_case_file(walked, world):
    """At --debug, no name of the world is in any file but case file, exports and inputs."""
    names = [record.name.encode() for record in world.domains.values()]
    ours = ("case.db", "copy.db", "drafts", "again", "practice", "reports.txt")
    ours = (*ours, "assessments.csv", "contacts.csv")
    looked = 0
    for path in walked.folder.rglob("*"):
        place = path.relative_to(walked.folder).parts[0]
        if not path.is_file() or place.startswith(ours):
            continue
        looked += 1
        data = path.read_bytes()
        assert not [name for name in names if name in data], path
    assert looked, "the log at least must be there"
