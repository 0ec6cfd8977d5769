"""Against a real TAXII 2.1 server: OASIS's medallion, in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from abusetrack.casefile import check, open_case_file, partners
from abusetrack.errors import ExternalError, InputError
from abusetrack.exchange import taxii
from abusetrack.records import Level, PartnerSaid
from abusetrack.settings import PartnerSettings
from tests.conftest import FakeClock

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
DATA = {
    "/discovery": {
        "title": "A partner", "default": "http://localhost/api/",
        "api_roots": ["http://localhost/api/"],
    },
    "api": {
        "information": {
            "title": "A partner", "versions": ["application/taxii+json;version=2.1"],
            "max_content_length": 10_000_000,
        },
        "status": [],
        "collections": [
            {
                "id": COLLECTION, "title": "Exchange", "can_read": True, "can_write": True,
                "media_types": ["application/stix+json;version=2.1"], "objects": [],
                "manifest": [],
            }
        ],
    },
}  # fmt: skip


@pytest.fixture
def clock():
    """The time of the server, which has no other."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def server(tmp_path, own_keyring):
    """Start the server; returns the address of its collection."""
    (tmp_path / "data.json").write_text(json.dumps(DATA))
    config = {
        "backend": {
            "module": "medallion.backends.memory_backend", "module_class": "MemoryBackend",
            "filename": str(tmp_path / "data.json"),
        },
        "users": {"desk": "secret"},
        "taxii": {"max_page_size": 50},
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("medallion")
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [program, "--host", "127.0.0.1", "--port", str(port), str(tmp_path / "config.json")],
            stdout=said, stderr=said, cwd=tmp_path,
        )  # fmt: skip
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 0.3).close()
                break
            except OSError:
                continue
        else:
            raise AssertionError((tmp_path / "said").read_text())
        own_keyring.set_password("abusetrack", "taxii there", "secret")
        yield f"http://127.0.0.1:{port}/api/collections/{COLLECTION}/"
        process.terminate()
        process.wait(20)


@pytest.fixture
def at(desk, server):
    """The desk, with the server's owner as a partner that may see hosts."""

    def make(**fields):
        given = {"level": Level.HOST, "taxii_url": server, "taxii_user": "desk", **fields}
        settings = desk.settings.but({"partners": {"there": PartnerSettings(**given)}})
        return replace(desk, settings=settings)

    return make


@pytest.fixture
def second(at):
    """Another house that reads the same collection."""
    made = at()
    own = made.settings.organisation.but({"website": "https://second.example/"})
    return replace(made, settings=made.settings.but({"organisation": own}))


def test_what_one_house_adds_another_one_takes(at, second, case, told, tmp_path, clock, revise):
    added = taxii.push(at(), case, "there")
    assert [item.domain for item in added.domains] == ["example.com", "example.net", "example.org"]
    assert set(partners.given(case, "there")) == {item.domain for item in added.domains}
    clock.move(minutes=5)
    with open_case_file(tmp_path / "other", clock=clock, actor="Bo") as other:
        seen, kept = taxii.pull(second, other, "there")
        assert set(seen.new) == {"example.com", "example.net", "example.org"}
        assert kept.records >= 3
        again, nothing = taxii.pull(second, other, "there")
        assert (again.incoming.said, nothing.records) == ([], 0)

        revise("example.net")
        clock.move(minutes=5)
        later = taxii.push(at(), case, "there")
        assert [gone.domain for gone in later.withdrawn] == ["example.net"]
        assert [item.domain for item in later.domains] == []
        seen, _ = taxii.pull(second, other, "there")
        said = partners.of_domains(other, ["example.net"])
        assert said[-1].what is PartnerSaid.WITHDRAWN
        assert check.check(other).sound


def test_what_we_added_ourselves_is_not_taken_for_the_partners_word(at, case, told, clock):
    taxii.push(at(), case, "there")
    clock.move(minutes=5)
    seen, kept = taxii.pull(at(), case, "there")
    assert (seen.incoming.said, kept.records) == ([], 0)


def test_with_nothing_new_nothing_is_added(at, case, told, clock):
    taxii.push(at(), case, "there")
    clock.move(minutes=5)
    before = case.value("SELECT count(*) FROM fact")
    assert taxii.push(at(), case, "there").domains == ()
    assert case.value("SELECT count(*) FROM fact") == before


def test_a_wrong_password_is_said_and_nothing_is_recorded(at, case, told, own_keyring):
    own_keyring.set_password("abusetrack", "taxii there", "wrong")
    with pytest.raises(ExternalError, match="does not take our user name and password") as caught:
        taxii.push(at(), case, "there")
    assert "wrong" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    assert partners.given(case, "there") == {}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"taxii_url": ""}, "No collection"),
        ({"taxii_url": "http://partner.example/api/collections/1/"}, "https://"),
        ({"taxii_user": "nobody"}, "No password"),
    ],
)
def test_what_is_not_set_is_said(at, case, told, own_keyring, fields, why):
    if "taxii_user" in fields:
        own_keyring.kept.clear()
    with pytest.raises(InputError, match=why):
        taxii.pull(at(**fields), case, "there")


def test_a_server_that_is_away_is_said(at, case, told):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api/collections/{COLLECTION}/"
    with pytest.raises(ExternalError, match="try again later"):
        taxii.pull(at(taxii_url=url), case, "there")
