from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import dns.message
import dns.query
import maxminddb
import pytest

from abusetrack import settings
from abusetrack.errors import ExternalError
from abusetrack.practice import PracticeServers, PracticeThread, World
from abusetrack.practice.model import RdapStyle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "practice"


def load(path: Path, text: str) -> settings.Settings:
    path.write_text(text, encoding="utf-8")
    return settings.load(path)


async def test_every_service_has_its_own_port(servers: PracticeServers) -> None:
    assert len(servers.endpoints) == len(servers.services)
    assert {host for host, _ in servers.endpoints} == {"127.0.0.1"}
    assert sum(name.startswith("rdap/") for name in servers.services) == 40 + 5 + 2
    assert sum(name.startswith("whois/") for name in servers.services) == 6


async def test_the_settings_are_complete_and_valid(
    servers: PracticeServers, world: World, folder: Path
) -> None:
    loaded = load(folder / "config.toml", servers.config_toml(folder))
    assert loaded.practice
    assert loaded.pace.per_host_per_second == 0
    assert loaded.resolver.nameservers == (servers.services["dns"].endpoint,)
    organisation = loaded.organisation
    for field in ("name", "analyst", "jurisdiction", "verification_url", "dispute_email", "phone"):
        assert getattr(organisation, field)
    assert organisation.email.endswith(".invalid")
    endings = {e for registry in world.tables.registries for e in registry.endings}
    assert set(loaded.whois.servers) == endings
    suffixes = loaded.names.extra_suffixes.read_text(encoding="utf-8").splitlines()
    assert endings <= set(suffixes)
    assert suffixes.index("// kind: platform") < suffixes.index("pages.invalid")
    for table in (*loaded.network.cdn_tables, *loaded.network.parking_tables):
        assert table.exists()


async def test_the_bootstrap_lists_who_answers_rdap(
    servers: PracticeServers, world: World, folder: Path
) -> None:
    servers.config_toml(folder)
    services = json.loads((folder / "bootstrap" / "dns.json").read_text())["services"]
    listed = {ending for endings, _ in services for ending in endings}
    without = {
        ending
        for registry in world.tables.registries
        if registry.rdap is RdapStyle.NONE
        for ending in registry.endings
    }
    assert without
    for ending in without:
        labels = ending.split(".")
        assert not listed & {".".join(labels[i:]) for i in range(len(labels))}
    for name in ("ipv4", "ipv6", "asn"):
        assert "services" in json.loads((folder / "bootstrap" / f"{name}.json").read_text())


async def test_the_country_tables_say_what_the_world_knows(
    servers: PracticeServers, world: World, folder: Path
) -> None:
    servers.config_toml(folder)
    for index, table in enumerate(world.tables.country_tables):
        with maxminddb.open_database(folder / f"{table.name}.mmdb") as reader:
            for network in world.tables.networks:
                for prefix in network.prefixes:
                    address = prefix.partition("/")[0]
                    if ":" in address and not table.ipv6:
                        continue
                    found = reader.get(address)
                    country = found["country"]["iso_code"] if found else None
                    assert country == network.tables[index]


async def test_an_unwritable_folder_is_said(servers: PracticeServers, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExternalError, match="cannot be written"):
        servers.config_toml(tmp_path / "file" / "below")


def test_a_thread_serves_and_stops(world: World, folder: Path) -> None:
    with PracticeThread(world, folder) as thread:
        service = thread.servers.services["dns"]
        query = dns.message.make_query(world.truths()[0].domain, "NS")
        assert dns.query.udp(query, service.host, port=service.port, timeout=5).question
        assert thread.config_path.exists()
    assert not any(t.name == "practice" for t in threading.enumerate())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((service.host, service.port))  # the port is free again


def test_a_thread_says_why_it_did_not_start(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExternalError), PracticeThread(world, tmp_path / "file"):
        pass


_FOREGROUND = """
import sys
from pathlib import Path
from abusetrack.practice import build, serve
serve(build(1), Path(sys.argv[1]), started=lambda servers, path: print(path, flush=True))
print("stopped", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to handle")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_in_the_foreground_until_a_signal(folder: Path, number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _FOREGROUND, str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        assert settings.load(path, must_exist=True).practice
        process.send_signal(number)
        assert process.stdout.read() == "stopped\n"
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def test_many_questions_at_once_are_all_answered(
    servers: PracticeServers, world: World
) -> None:
    """A burst larger than one round of the loop reads."""
    service = servers.services["dns"]
    names = [truth.domain for truth in world.truths()]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.setblocking(False)
    sock.connect((service.host, service.port))
    loop = asyncio.get_running_loop()
    try:
        for name in names[:300]:
            sock.send(dns.message.make_query(name, "NS").to_wire())
        answers = [await asyncio.wait_for(loop.sock_recv(sock, 4096), 5) for _ in range(300)]
    finally:
        sock.close()
    assert len({answer[:2] for answer in answers}) > 290
