from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import dns.rcode
import pytest

from abusetrack.casefile import observations, protected
from abusetrack.errors import InputError
from abusetrack.exchange import block_lists
from abusetrack.exchange.block_lists import BlockList, block_list
from abusetrack.exchange.giving import give_block_list
from abusetrack.exchange.leaving import LeftOut
from abusetrack.names import Names
from abusetrack.records import (
    AssessmentOutcome,
    Kind,
    LookupAnswer,
    Observation,
    Outcome,
    ProtectedCategory,
    ProtectedName,
    Question,
    RegistrationFacts,
    SiteKind,
)
from abusetrack.triage.refresh import refresh

_SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
BLOCKED = ("bad.test", "www.bad.test", "a.b.bad.test", "worse.test")
FREE = ("good.test", "notbad.test", "bad.good.test", "badd.test", "test")


def names(desk, case, partner="domain"):
    return block_list(desk, case, partner)[1].names


def test_confirmed_dedicated_names_are_blocked_and_a_forum_is_not(desk, case, sites):
    assert names(desk, case) == ("example.com", "example.net")


@pytest.mark.parametrize("kind", sorted(set(SiteKind) - {SiteKind.DEDICATED}))
def test_what_is_not_dedicated_is_never_blocked(desk, case, sites, revise, kind):
    revise("example.com", AssessmentOutcome.CONFIRMED, kind)
    assert names(desk, case) == ("example.net",)


def test_what_is_withdrawn_or_protected_leaves_by_itself(desk, case, sites, revise):
    protected.add(case, [ProtectedName("example.net", ProtectedCategory.PARTNER, "")])
    assert names(desk, case) == ("example.com",)
    revise("example.com")
    assert names(desk, case) == ()


@pytest.mark.parametrize("status", ["clientHold", "serverHold", "pendingDelete"])
def test_what_is_held_or_on_its_way_out_is_not_in_the_next_list(desk, case, sites, clock, status):
    clock.move(minutes=1)
    said = Observation(
        "example.com",
        Kind.REGISTRATION,
        Question.REGISTRY_RDAP,
        clock.now(),
        "source",
        Outcome.OK,
        "",
        RegistrationFacts(registrar_name="Example Registrar", statuses=(status,)),
    )
    host = Names().target("https://example.com/").host
    observations.store(case, LookupAnswer(host, (said,)))
    refresh(desk, case, ["example.com"])
    assert names(desk, case) == ("example.net",)


def test_no_list_says_why_a_name_is_on_it(desk, case, sites, clock):
    _, found = block_list(desk, case, "domain")
    until = f"{clock.now() + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    for form, write in block_lists.FORMATS.items():
        text = write(found)
        assert until in text, form
        assert not any(word in text.lower() for word in ("abuse", "child", "csam", "law", "categ"))
    rows = list(csv.reader(block_lists.table(found).splitlines()))
    assert rows[1:] == [["example.com", until], ["example.net", until]]
    assert "0.0.0.0 www.example.com" in block_lists.hosts(found).splitlines()


def test_without_a_key_a_list_is_not_written_in_the_clear(desk, case, sites, tmp_path):
    with pytest.raises(InputError, match="No OpenPGP key"):
        give_block_list(desk, case, "domain", "plain", tmp_path / "list", encrypt=True)
    assert list(tmp_path.glob("list*")) == []
    given = give_block_list(desk, case, "domain", "plain", tmp_path / "list", encrypt=False)
    assert given.path.stat().st_mode & 0o077 == 0
    assert [item.domain for item in given.found.domains] == ["example.com", "example.net"]


# --- real resolvers ----------------------------------------------------------------


@pytest.fixture(scope="module")
def zone(tmp_path_factory):
    """A folder with the zone of a list, and one that has every name under test."""
    if shutil.which("named", path=_SBIN) is None or shutil.which("unbound", path=_SBIN) is None:
        pytest.skip("bind9 and unbound are not installed")
    folder = tmp_path_factory.mktemp("rpz")
    now = datetime(2026, 3, 1, tzinfo=UTC)
    found = BlockList(("bad.test", "worse.test"), now, now + timedelta(days=7))
    (folder / "rpz.zone").write_text(block_lists.rpz(found))
    (folder / "test.zone").write_text(
        "$TTL 60\n@ SOA ns.test. root.test. 1 60 60 60 60\n@ NS ns.test.\n@ A 192.0.2.1\n"
        "ns A 127.0.0.1\n* A 192.0.2.80\n"
    )
    folder.chmod(0o755)
    return folder


def test_named_checkzone_accepts_it(zone):
    program = shutil.which("named-checkzone", path=_SBIN)
    if program is None:
        pytest.skip("bind9-utils is not installed")
    done = subprocess.run(
        [program, "-i", "none", "rpz.invalid", str(zone / "rpz.zone")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "OK" in done.stdout


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def started(zone):
    """Start a server with a configuration; returns when it answers."""
    running = []

    def start(program, text, *arguments):
        port = free_port()
        conf = zone / f"{program}-{port}.conf"
        conf.write_text(text.replace("PORT", str(port)).replace("FOLDER", str(zone)))
        output = (zone / f"{program}-{port}.out").open("wb")
        path = shutil.which(program, path=_SBIN)
        process = subprocess.Popen(
            [path, *arguments, "-c", str(conf)], stdout=output, stderr=output
        )
        running.append((process, output))
        end = time.monotonic() + 20
        while time.monotonic() < end and process.poll() is None:
            try:
                ask(port, "good.test", timeout=0.3)
            except (dns.exception.Timeout, OSError):
                continue
            return port
        raise AssertionError((zone / f"{program}-{port}.out").read_text())

    yield start
    for process, output in running:
        process.terminate()
        process.wait(20)
        output.close()


def ask(port, name, timeout=5.0):
    return dns.query.udp(dns.message.make_query(name, "A"), "127.0.0.1", timeout, port)


NAMED = """
options { directory "FOLDER"; pid-file none; session-keyfile none;
  listen-on port PORT { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; empty-zones-enable no; notify no;
  POLICY };
controls { };
zone "test" { type primary; file "test.zone"; };
zone "rpz.invalid" { type primary; file "rpz.zone"; allow-query { none; }; };
"""
UNBOUND = """
server:
  interface: 127.0.0.1@PORT
  port: PORT
  username: ""
  chroot: ""
  directory: "FOLDER"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  do-ip6: no
  module-config: "respip iterator"
  local-zone: "test." nodefault
remote-control:
  control-enable: no
rpz:
  name: "rpz.invalid"
  zonefile: "FOLDER/rpz.zone"
stub-zone:
  name: "test"
  stub-addr: 127.0.0.1@BEHIND
"""


def policy_holds(port):
    for name in BLOCKED:
        assert ask(port, name).rcode() == dns.rcode.NXDOMAIN, name
    for name in FREE:
        answer = ask(port, name)
        assert answer.rcode() == dns.rcode.NOERROR, name
        assert answer.answer, name


def test_a_real_bind_blocks_the_names_and_no_others(started):
    policy = 'response-policy { zone "rpz.invalid"; } qname-wait-recurse no;'
    policy_holds(started("named", NAMED.replace("POLICY", policy), "-f"))


def test_a_real_unbound_blocks_the_names_and_no_others(started):
    behind = started("named", NAMED.replace("POLICY", ""), "-f")
    policy_holds(started("unbound", UNBOUND.replace("BEHIND", str(behind)), "-d"))


def test_why_a_confirmed_name_is_not_on_a_list_is_said(desk, case, sites, revise):
    protected.add(case, [ProtectedName("example.net", ProtectedCategory.PARTNER, "")])
    found, _ = block_list(desk, case, "domain")
    assert found.left_out == {LeftOut.KIND: 1, LeftOut.PROTECTED: 1}
