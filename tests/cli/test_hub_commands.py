"""A hub from its beginning: two workstations, as their users type it."""

from __future__ import annotations

import contextlib
import json
import os
import stat

import pytest

from abusetrack.hub.team_key import TeamKey

LIST = "https://a.example/1\nhttps://b.example/2\n"


@pytest.fixture
def database(engine):
    name = f"team_{os.urandom(4).hex()}"
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield f"postgresql://postgres@127.0.0.1:{engine.port}/{name}"
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def two(abusetrack, tmp_path):
    """Two workstations with the key in a file, since a test has no keyring."""

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        config = folder / "config.toml"
        (folder / "suffixes").write_text("// ===BEGIN ICANN DOMAINS===\nexample\n")
        config.write_text(
            f'[organisation]\nanalyst = "{name}"\n[names]\nextra_suffixes = "suffixes"\n'
            f'[hub]\nkey_file = "{tmp_path / "team.key"}"\n'
        )
        return type(abusetrack)(folder, config)

    return make("Ann"), make("Bob")


def test_a_team_and_its_first_hub(two, database, tmp_path):
    ann, bob = two
    key = tmp_path / "team.key"
    said = ann.said("hub", "init", key, "--server", database).output
    assert "Give it to colleagues by hand" in " ".join(said.split())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert database in ann.config.read_text()

    (ann.folder / "list.txt").write_text(LIST)
    ann.said("import", "list.txt")
    assert "left: 3 facts" in ann.said("hub", "join", key).output
    assert "Taken in: 3 facts on 2 domains" in (
        bob.said("hub", "join", key, "--server", database).output
    )
    assert bob.here("show", "a.example", "--json")["reports"] == 1

    bob.said("note", "a.example", "mine")
    assert bob.here("sync", "--json")["sent"]["facts"] == 1
    assert ann.here("sync", "--json")["arrived"]["domains"] >= 0
    status = ann.here("hub", "status", "--json")
    assert [one["own"] for one in status["workstations"]].count(True) == 1
    assert status["facts_to_come"] == status["facts_to_send"] == 0
    assert any(one["name"].startswith("Bob at ") for one in status["workstations"])


def test_claims_are_seen_and_kept(two, database, tmp_path):
    ann, bob = two
    key = tmp_path / "team.key"
    ann.said("hub", "init", key, "--server", database)
    for one in (ann, bob):
        one.said("hub", "join", key, "--server", database)
    assert "Claimed: 2 domains" in ann.said("hub", "claim", "a.example", "b.example").output
    refused = bob.said("hub", "claim", "a.example", code=1)
    assert "a.example is claimed by Ann at " in refused.output
    claims = json.loads(bob.said("hub", "status", "--json").stdout)["claims"]
    assert {one["domain"] for one in claims} == {"a.example", "b.example"}
    assert "Given back: 1 domain" in ann.said("hub", "release", "a.example").output
    assert "Claimed: 1 domain" in bob.said("hub", "claim", "a.example").output


def test_without_a_hub_the_next_step_is_said(abusetrack, tmp_path):
    for words in (("sync",), ("hub", "status")):
        done = abusetrack.said(*words, code=2)
        assert "abusetrack:" in done.output
    key = tmp_path / "team.key"
    TeamKey.make().write(key)
    done = abusetrack.said("hub", "join", key, code=2)
    assert "set hub.server" in done.output


def test_a_key_that_is_there_is_used_and_not_overwritten(two, database, tmp_path):
    ann, _ = two
    key = tmp_path / "team.key"
    ann.said("hub", "init", key, "--server", database)
    before = key.read_bytes()
    assert "is up to date" in ann.said("hub", "init", key).output
    assert key.read_bytes() == before
    other = tmp_path / "other.key"
    assert "team key does not fit" in ann.said("hub", "init", other, code=2).output
