from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from abusetrack.errors import ExternalError
from abusetrack.practice import (
    EventKind,
    World,
    write_assessments,
    write_contacts,
    write_reports,
)
from abusetrack.records import AssessmentOutcome


def refang(line: str) -> str:
    for mark in ("[.]", "(.)", "[dot]"):
        line = line.replace(mark, ".")
    return re.sub("hxxp", "http", line.replace("[:]", ":"), flags=re.IGNORECASE)


@pytest.fixture
def reports(world: World, tmp_path: Path) -> str:
    path = tmp_path / "reports.txt"
    write_reports(world, path)
    return path.read_text(encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_reported_host_is_in_the_list(world: World, reports: str) -> None:
    plain = refang(reports).lower()
    for record in world.domains.values():
        for host in record.finding.hosts:
            shown = host.replace(record.name, record.unicode)
            wanted = record.finding.reported_at <= world.start
            assert (host in plain or shown in plain) is wanted, host


def test_no_other_domain_of_the_world_is_in_the_list(world: World, reports: str) -> None:
    """The truth counts all addresses of all reported hosts: a host more would change it."""
    reported = {h for d in world.domains.values() for h in d.finding.hosts}
    for line in reports.splitlines():
        if match := re.search(r"https?://[^\s<>,]+", refang(line), re.IGNORECASE):
            try:
                host = (urlsplit(match[0]).hostname or "").lower()
            except ValueError:
                continue
            domain = next((d for d in world.domains if f".{host}".endswith(f".{d}")), None)
            assert domain is None or host in reported


def test_the_list_is_as_messy_as_real_ones(reports: str) -> None:
    lines = reports.splitlines()
    plain = [refang(line.strip(" >-<,")).rstrip(">") for line in lines]
    assert len(plain) - len(set(plain)) > 20
    for mark in ("hxxp", "[.]", "(.)", "[dot]", "[:]", "HTTP", "> ", "<http", ":443/"):
        assert mark in reports
    for mistake in ("192.168.", "data:image", "mailto:", ".onion", "localhost", "[2001:db8:"):
        assert mistake in reports


def test_a_list_of_known_facts_gets_no_hosts_of_ours(csv_path: Path, tmp_path: Path) -> None:
    write_reports(World.from_csv(csv_path), tmp_path / "r.txt")
    text = (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert "agree" in refang(text).lower()
    assert ".onion" not in text
    assert "198.51.100.20" not in text


def test_the_same_world_gives_the_same_files(world: World, tmp_path: Path) -> None:
    for write in (write_reports, write_assessments, write_contacts):
        write(world, tmp_path / "one")
        write(world, tmp_path / "two")
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_later_reports_hold_what_appeared(world: World, tmp_path: Path) -> None:
    hop = next(event for event in world.events if event.kind is EventKind.HOPPED)
    write_assessments(world, tmp_path / "a.csv", instant=hop.at + timedelta(days=2))
    write_reports(world, tmp_path / "r.txt", instant=hop.at + timedelta(days=2))
    assert hop.domain in {row["domain"] for row in rows(tmp_path / "a.csv")}
    assert hop.domain in refang((tmp_path / "r.txt").read_text(encoding="utf-8")).lower()


def test_assessments_are_what_the_truth_says(world: World, tmp_path: Path) -> None:
    write_assessments(world, tmp_path / "a.csv")
    found = {row["domain"]: row for row in rows(tmp_path / "a.csv")}
    for truth in world.truths():
        if truth.outcome is AssessmentOutcome.NOT_ASSESSED:
            assert truth.domain not in found
            continue
        row = found[truth.domain]
        assert (row["outcome"], row["kind"]) == (truth.outcome.value, truth.kind.value)
        assert row["assessed at"].endswith("Z")
        assert bool(row["law"]) is (truth.outcome is AssessmentOutcome.CONFIRMED)


def test_contacts_have_the_columns_of_the_public_tables(world: World, tmp_path: Path) -> None:
    write_contacts(world, tmp_path / "c.csv")
    found = rows(tmp_path / "c.csv")
    columns = ["iana_id", "name", "link", "email", "form", "api", "notes", "found", "as_of"]
    assert list(found[0])[:9] == columns
    assert sum(bool(row["iana_id"]) for row in found) == 40
    assert all(bool(row["iana_id"]) != bool(row["tld"]) for row in found)
    assert any(row["form"] and not row["email"] for row in found)
    assert any(not row["form"] and not row["email"] for row in found)
    assert all(row["email"].endswith(".invalid") for row in found if row["email"])


def test_every_registrar_of_a_domain_is_among_the_contacts(world: World, tmp_path: Path) -> None:
    write_contacts(world, tmp_path / "c.csv")
    keys = {(row["iana_id"] or row["tld"], row["name"]) for row in rows(tmp_path / "c.csv")}
    for truth in world.truths():
        if truth.registrar:
            place = str(truth.iana_id) if truth.iana_id else truth.domain.rpartition(".")[2]
            assert (place, truth.registrar) in keys


@pytest.mark.parametrize("write", [write_reports, write_assessments, write_contacts])
def test_an_unwritable_file_is_said(world: World, tmp_path: Path, write) -> None:
    with pytest.raises(ExternalError, match="cannot be written"):
        write(world, tmp_path / "none" / "file")
