"""Every server of the practice internet through every fault, one at a time and all at once.

The servers run in a process of their own; the socket guard lets nothing else be reached.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from abusetrack import settings
from abusetrack.lookup import Lookup, NothingKnown
from abusetrack.names import Names
from abusetrack.practice import Fault
from abusetrack.records import FACTS, Outcome, Question

SLOW = {Fault.TIMEOUT, Fault.SLOW_DRIP, Fault.EMPTY, Fault.WRONG_ID, Fault.RATE_LIMITED}
TRIES = 3  # of one question to one server, at most
# What is not answered by the struck server, and does not depend on its answer.
ASKED_ELSEWHERE = {
    Question.REGISTRY_RDAP,
    Question.REGISTRAR_RDAP,
    Question.WHOIS,
    Question.ORIGIN,
    Question.NETWORK_RDAP,
}
SELF_EXPLAINING = {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA}

DNS = {
    Fault.TIMEOUT: Outcome.TIMED_OUT,
    Fault.RATE_LIMITED: Outcome.REFUSED,
    Fault.SERVER_ERROR: Outcome.SERVER_ERROR,
    Fault.REFUSED: Outcome.REFUSED,
    Fault.MALFORMED: Outcome.MALFORMED,
    Fault.EMPTY: Outcome.TIMED_OUT,
    Fault.TRUNCATED: Outcome.OK,
    Fault.WRONG_ID: Outcome.TIMED_OUT,
    Fault.CNAME_LOOP: Outcome.CNAME_LOOP,
    Fault.BLOCKED: Outcome.BLOCKED_BY_RESOLVER,
    Fault.BLOCKED_BARE: Outcome.BLOCKED_BY_RESOLVER,
    Fault.LAME: Outcome.LAME,
    Fault.BOGUS: Outcome.BOGUS,
}
_STREAM = {
    Fault.TIMEOUT: Outcome.TIMED_OUT,
    Fault.RATE_LIMITED: Outcome.RATE_LIMITED,
    Fault.SERVER_ERROR: Outcome.SERVER_ERROR,
    Fault.REFUSED: Outcome.REFUSED,
    Fault.MALFORMED: Outcome.MALFORMED,
    Fault.EMPTY: Outcome.MALFORMED,
    Fault.RESET: Outcome.UNREACHABLE,
    Fault.HUGE: Outcome.TOO_LARGE,
    Fault.ENDLESS: Outcome.TOO_LARGE,
    Fault.SLOW_DRIP: Outcome.TIMED_OUT,
}
EXPECTED = {
    "dns": DNS,
    "whois": _STREAM,
    "rdap": {
        **_STREAM,
        Fault.DEEP_JSON: Outcome.MALFORMED,
        Fault.WRONG_TYPE: Outcome.OK,
        Fault.ERROR_BODY: Outcome.SERVER_ERROR,
        Fault.BOMB: Outcome.TOO_LARGE,
        Fault.REDIRECT_LOOP: Outcome.UNSAFE,
        Fault.REDIRECT_LOOPBACK: Outcome.UNSAFE,
        Fault.REDIRECT_FILE: Outcome.UNSAFE,
    },
}


class Served:
    """The practice internet, and the settings that lead to it."""

    def __init__(self, folder):
        script = Path(__file__).with_name("served_world.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = json.loads(self.process.stdout.readline())
        self.services = told["services"]
        self.faults = told["faults"]
        self.endpoints = {_place(endpoint) for endpoint in self.services.values()}
        read = settings.load(Path(told["config"]))
        self._settings = read
        names = Names(read.path(read.names.extra_suffixes))
        self.hosts = [names.host(name) for name in told["names"]]

    def patient(self, is_patient):
        """Return the settings with much or little time for a question."""
        limits = {"question_seconds": 20.0 if is_patient else 1.0, "name_seconds": 60.0}
        lookup = self._settings.lookup.but(limits)
        return self._settings.but({"lookup": lookup})

    def set(self, **faults):
        """Let these services misbehave, and no others; return the questions since last time."""
        changes = {name: [None, 1.0] for name in self.services} | faults
        self.process.stdin.write(json.dumps(changes) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def _place(endpoint):
    host, _, port = endpoint.rpartition(":")
    return host, int(port)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    world = Served(tmp_path_factory.mktemp("practice"))
    yield world
    world.stop()


@pytest.fixture
def only_servers(served, socket_guard):
    """Nothing but the servers may be reached for, least of all a reported host."""
    socket_guard.only = served.endpoints
    yield
    assert set(socket_guard.touched) <= served.endpoints
    served.set()


async def _ask(lookup, host):
    answer = await lookup.ask(host, NothingKnown())
    assert answer.host == host
    for observation in answer.observations:
        assert (observation.facts is not None) == (observation.outcome is Outcome.OK)
        if observation.facts is not None:
            assert type(observation.facts) is FACTS[observation.question]
    return answer.observations + answer.known


def _of(served, service, observations):
    return [o for o in observations if served.services[service] in o.source]


class _Clock:
    """Stands still."""

    def now(self):
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def users(served):
    """One host for each service that is asked when all is well, and answers it well."""

    async def look():
        found = {}
        async with Lookup(served.patient(True), _Clock()) as lookup:
            for host in served.hosts:
                observations = await _ask(lookup, host)
                for name in served.services:
                    used = _of(served, name, observations)
                    if used and all(o.outcome is Outcome.OK for o in used):
                        found.setdefault(name, host)
        return found

    users = asyncio.run(look())
    # WHOIS steps in where RDAP fails: whoever asks a registry's RDAP will ask its WHOIS.
    for name in served.services:
        kind, _, key = name.partition("/")
        if kind == "whois" and f"rdap/{key}" in users:
            users.setdefault(name, users[f"rdap/{key}"])
    return users


def test_every_server_takes_part_and_every_fault_has_its_outcome(served, users):
    assert set(users) == set(served.services)
    for name, faults in served.faults.items():
        assert {fault.value for fault in EXPECTED[name.partition("/")[0]]} == set(faults)


def _groups(served, kind, fault):
    """Return which servers are struck together: those that no name has two of.

    Only for faults that take their time; the others come strictly one by one.
    """
    names = [name for name in served.services if name.partition("/")[0] == kind]
    if fault not in SLOW:
        return [[name] for name in names]
    registries = {f"rdap/{name.partition('/')[2]}" for name in served.services if "whois" in name}
    registrars = [name for name in names if name.removeprefix("rdap/r").isdigit()]
    rest = [name for name in names if name not in registrars and name not in registries]
    if kind == "whois":
        return [names]
    together = [registrars, [name for name in names if name in registries]]
    return [*filter(None, together), *([name] for name in rest)]


@pytest.mark.parametrize(
    ("kind", "fault"), [(kind, fault) for kind, faults in EXPECTED.items() for fault in faults]
)
async def test_one_server_through_one_fault(served, users, only_servers, kind, fault):
    for group in _groups(served, kind, fault):
        faults = {name: [fault.value, 1.0] for name in group}
        if kind == "whois":
            beside = {f"rdap/{name.partition('/')[2]}" for name in group}
            faults |= {name: [Fault.REFUSED.value, 1.0] for name in beside & set(served.services)}
        served.set(**faults)
        async with Lookup(served.patient(fault not in SLOW), _Clock()) as lookup:
            answers = await asyncio.gather(*(_ask(lookup, users[name]) for name in group))
        counts = served.set()
        for name, observations in zip(group, answers, strict=True):
            struck = _of(served, name, observations)
            assert struck
            assert {o.outcome for o in struck} == {EXPECTED[kind][fault]}, name
            assert counts[name] <= TRIES * len(struck)
            others = [o for o in observations if o not in struck and o.question in ASKED_ELSEWHERE]
            good = {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_SERVICE}
            if kind == "whois":
                good.add(Outcome.REFUSED)
            assert {o.outcome for o in others} <= good, name


@pytest.mark.parametrize("seed", range(3))
async def test_all_servers_at_once(served, only_servers, seed):
    dice = random.Random(seed)
    # Some names meet the resolver's fault, so that the others come to the rest.
    faults = {
        name: [dice.choice(known), 0.3 if name == "dns" else dice.choice((0.5, 1.0))]
        for name, known in served.faults.items()
    }
    served.set(**faults)
    async with Lookup(served.patient(False), _Clock()) as lookup:
        hosts = served.hosts[seed::3]
        answers = await asyncio.gather(*(_ask(lookup, host) for host in hosts))
    counts = served.set()
    assert len(answers) == len(hosts)
    for observations in answers:
        asked = {o.question for o in observations}
        assert asked >= {Question.A, Question.AAAA, Question.NS, Question.SOA, Question.MX}
        assert asked & {Question.REGISTRY_RDAP, Question.WHOIS}
        for observation in observations:
            assert observation.detail or observation.outcome in SELF_EXPLAINING
    told = sum(len(observations) for observations in answers)
    assert sum(counts.values()) <= TRIES * 2 * told
