"""NSD and Unbound as ordinary processes on loopback ports, with zones of our own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from dns.rdatatype import RdataType

from abusetrack.lookup.dns_records import DnsAnswer, Resolver

_SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
_PROGRAMS = ("nsd", "unbound", "ldns-keygen", "ldns-signzone")
_START_SECONDS = 20.0
_MANY = "\n".join(f"many A 192.0.2.{n}" for n in range(1, 201))
_SOME = "\n".join(f"some A 192.0.2.{n}" for n in range(1, 51))

_HEAD = """\
$ORIGIN {zone}.
$TTL 60
@ SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 60
@ NS ns.{zone}.
ns A 127.0.0.1
"""
# What each zone has besides its head; those of _SIGNED are signed, some then broken.
ZONES = {
    "shop.test": f"""\
@ NS ns.elsewhere.example.
@ MX 20 mx2.elsewhere.example.
@ MX 10 mx1.elsewhere.example.
@ A 192.0.2.1
@ AAAA 2001:db8::1
www CNAME edge
edge CNAME www.cdn.invalid.
dangling CNAME nothing.cdn.invalid.
mailless MX 0 .
loop1 CNAME loop2
loop2 CNAME loop1
{_MANY}
{_SOME}
""",
    "cdn.invalid": "www A 198.51.100.7\nwww A 198.51.100.6\n",
    "origin.invalid": '1.2.0.192 TXT "64500 | 192.0.2.0/24 | NL | ripencc | 2001-01-01"\n',
    "asn.invalid": 'as64500 TXT "64500 | NL | ripencc | 2001-01-01 | EXAMPLE-AS Example, NL"\n',
    "signed.test": "www A 192.0.2.11\n",
    "changed.test": "www A 192.0.2.12\n",
    "expired.test": "www A 192.0.2.13\n",
    "unsigned.test": "www A 192.0.2.14\n",
}
_SIGNED = {
    ".": ("-i", "20200101"),
    "signed.test": ("-i", "20200101"),
    "changed.test": ("-i", "20200101"),
    "expired.test": ("-i", "20200101", "-e", "20200201"),
    "unsigned.test": ("-i", "20200101"),
}
LAME = "lame.test"  # delegated to a server that refuses it
DEAD = "dead.test"  # delegated to a port where nobody listens
# A signed root of our own: nothing that is asked here can leave for the internet.
_ROOT = """\
. 60 SOA a.root.invalid. hostmaster.root.invalid. 1 3600 600 86400 60
. 60 NS a.root.invalid.
a.root.invalid. 60 A 127.0.0.1
"""
# What the second Unbound does to names by its own will.
_WILFUL = """\
  module-config: "respip iterator"
  local-zone: "blocked.test" always_nxdomain
  local-zone: "null.test" always_null
  local-zone: "refused.test" always_refuse
  local-zone: "resolver-check.invalid" redirect
  local-data: "resolver-check.invalid A 198.51.100.99"
rpz:
  name: "policy.invalid"
  zonefile: "{folder}/policy.zone"
"""
_POLICY = """\
$ORIGIN policy.invalid.
$TTL 60
@ SOA ns.policy.invalid. hostmaster.policy.invalid. 1 3600 600 86400 60
@ NS ns.policy.invalid.
barred.test CNAME .
"""


def _program(name: str) -> str | None:
    return shutil.which(name, path=_SBIN)


def _run(program: str, *arguments: str, folder: Path) -> str:
    path = _program(program)
    assert path is not None
    done = subprocess.run(
        [path, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def _file(zone: str, folder: Path) -> Path:
    return folder / f"{zone.strip('.') or 'root'}.zone"


def _zone_file(zone: str, folder: Path) -> None:
    path = _file(zone, folder)
    path.write_text(_ROOT if zone == "." else _HEAD.format(zone=zone) + ZONES[zone])
    if zone not in _SIGNED:
        return
    key = _run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone, folder=folder)
    if zone != "unsigned.test":  # its anchor promises signatures, and there are none
        signed = folder / "signed"
        _run("ldns-signzone", *_SIGNED[zone], "-f", str(signed), path.name, key, folder=folder)
        path.write_text(signed.read_text())
    if zone == "changed.test":
        path.write_text(path.read_text().replace("192.0.2.12", "192.0.2.66"))
    _anchor(zone, folder).write_text((folder / f"{key}.ds").read_text())


def _anchor(zone: str, folder: Path) -> Path:
    return folder / f"{zone.strip('.') or 'root'}.anchor"


def _free_port() -> int:
    """Return a port that is free for datagrams and streams."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            datagram.bind(("127.0.0.1", 0))
            port: int = datagram.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
                try:
                    stream.bind(("127.0.0.1", port))
                except OSError:
                    continue
        return port


def _nsd_conf(folder: Path, name: str, port: int, zones: Iterable[str]) -> str:
    served = "".join(
        f'zone:\n  name: "{zone}"\n  zonefile: "{_file(zone, folder)}"\n' for zone in zones
    )
    return f"""\
server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  rrl-ratelimit: 0
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/{name}.pid"
  logfile: "{folder}/{name}.log"
  xfrdfile: "{folder}/{name}.xfrd"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/{name}.list"
remote-control:
  control-enable: no
{served}"""


def _unbound_conf(folder: Path, name: str, port: int, ports: dict[str, int], further: str) -> str:
    places = {**dict.fromkeys((*ZONES, LAME), ports["nsd"]), DEAD: ports["dead"]}
    places["."] = ports["root"]
    stubs = "".join(
        f'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{place}\n  stub-no-cache: yes\n'
        for zone, place in places.items()
    )
    anchors = "".join(f'  trust-anchor-file: "{_anchor(z, folder)}"\n' for z in _SIGNED)
    return f"""\
server:
  interface: 127.0.0.1@{port}
  port: {port}
  num-threads: 1
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/{name}.pid"
  logfile: "{folder}/{name}.log"
  use-syslog: no
  do-not-query-localhost: no
  do-ip6: no
  local-zone: "test." nodefault
  local-zone: "invalid." nodefault
  domain-insecure: "test."
  domain-insecure: "invalid."
  ede: yes
{anchors}{further}remote-control:
  control-enable: no
{stubs}"""


@dataclass
class Servers:
    """Where the servers listen."""

    nsd: tuple[str, int]  # serves the zones and refuses all others
    unbound: tuple[str, int]  # validates
    wilful: tuple[str, int]  # an Unbound that does not validate, and blocks and rewrites


def _start(stack: ExitStack, program: str, folder: Path, name: str, port: int) -> None:
    path = _program(program)
    assert path is not None
    said = folder / f"{name}.out"
    output = stack.enter_context(said.open("wb"))
    process = subprocess.Popen(
        [path, "-d", "-c", str(folder / f"{name}.conf")],
        stdin=subprocess.DEVNULL, stdout=output, stderr=output,
    )  # fmt: skip
    stack.callback(_stop, process)
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)  # until it listens or has ended
        else:
            return
    log = folder / f"{name}.log"
    raise AssertionError(
        f"{name} does not start:\n{said.read_text()}{log.read_text() if log.exists() else ''}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """NSD and two Unbounds, stopped afterwards."""
    missing = [name for name in _PROGRAMS if _program(name) is None]
    if missing:
        pytest.skip(
            f"not installed: {', '.join(missing)}; Debian's packages nsd, unbound and ldnsutils "
            "have them"
        )
    folder = tmp_path_factory.mktemp("interop")
    for zone in (".", *ZONES):
        _zone_file(zone, folder)
    (folder / "policy.zone").write_text(_POLICY)
    names = ("nsd", "root", "unbound", "wilful")
    ports = {name: _free_port() for name in (*names, "dead")}
    wilful = _WILFUL.format(folder=folder)
    configurations = {
        "nsd": _nsd_conf(folder, "nsd", ports["nsd"], ZONES),
        "root": _nsd_conf(folder, "root", ports["root"], ["."]),
        "unbound": _unbound_conf(folder, "unbound", ports["unbound"], ports, ""),
        "wilful": _unbound_conf(folder, "wilful", ports["wilful"], ports, wilful),
    }
    with ExitStack() as stack:
        for name, configuration in configurations.items():
            (folder / f"{name}.conf").write_text(configuration)
            program = "nsd" if name in {"nsd", "root"} else "unbound"
            _start(stack, program, folder, name, ports[name])
        yield Servers(*(("127.0.0.1", ports[name]) for name in ("nsd", "unbound", "wilful")))


class Asker:
    """Asks one server the way the lookups do."""

    def __init__(self, server: tuple[str, int], seconds: float = 10.0) -> None:
        self._resolver = Resolver([server], seconds=seconds, sockets=8)

    async def __call__(self, name: str, kind: str) -> DnsAnswer:
        async with asyncio.timeout(30):
            return await self._resolver.ask(name, RdataType.from_text(kind))


@pytest.fixture
def ask(servers: Servers) -> Asker:
    """Ask the validating Unbound."""
    return Asker(servers.unbound)


@pytest.fixture
def ask_briefly(servers: Servers) -> Asker:
    """Ask the validating Unbound with little patience."""
    return Asker(servers.unbound, seconds=0.3)


@pytest.fixture
def ask_nsd(servers: Servers) -> Asker:
    """Ask NSD itself."""
    return Asker(servers.nsd)


@pytest.fixture
def ask_wilful(servers: Servers) -> Asker:
    """Ask the Unbound that blocks and rewrites."""
    return Asker(servers.wilful)
