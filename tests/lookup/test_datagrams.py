"""Several questions from one socket: who gets which answer, and what ends with what."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys

import dns.message
import pytest
from dns.rdatatype import RdataType

from abusetrack.lookup.datagrams import SHARED_BY, Datagrams
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.dns_wire import answers, make_query
from abusetrack.records import Outcome


@pytest.fixture
def server(internet):
    for number in range(1, 40):
        internet.dns.records[f"shop{number}.test", "A"] = [f"192.0.2.{number}"]
    return "127.0.0.1", internet.dns.port


def _question(number, *, id_=None):
    return make_query(f"shop{number}.test", RdataType.A, number if id_ is None else id_)


def _until(seconds=5.0):
    return asyncio.get_running_loop().time() + seconds


def _open_sockets(server):
    found = []
    for item in gc.get_objects():
        if isinstance(item, socket.socket) and item.type == socket.SOCK_DGRAM:
            try:
                if item.fileno() >= 0 and item.getpeername() == server:
                    found.append(item)
            except OSError:
                continue
    return found


async def test_each_gets_the_answer_to_its_own_question(internet, server):
    datagrams = Datagrams()
    queries = [_question(number) for number in range(1, 31)]
    wires = await asyncio.gather(*(datagrams.ask(server, q, _until()) for q in queries))
    assert all(map(answers, queries, wires))
    # A few share a port, and never more than that.
    assert len(internet.dns.clients) == -(-len(queries) // SHARED_BY)


async def test_no_port_outlives_its_questions(internet, server):
    datagrams = Datagrams()
    await asyncio.gather(*(datagrams.ask(server, _question(n), _until()) for n in range(1, 4)))
    assert _open_sockets(server) == []
    await datagrams.ask(server, _question(9), _until())
    assert _open_sockets(server) == []


async def test_two_questions_of_one_id_do_not_share_a_port(internet, server):
    datagrams = Datagrams()
    queries = [_question(1, id_=7), _question(2, id_=7)]
    wires = await asyncio.gather(*(datagrams.ask(server, q, _until()) for q in queries))
    assert all(map(answers, queries, wires))
    assert len(internet.dns.clients) == 2


async def test_an_answer_under_a_neighbours_id_counts_for_nobody(internet, server):
    def crossed(query, via):
        right = internet.dns.from_records(query, via)
        wrong = dns.message.from_wire(right.to_wire())
        wrong.id = {1: 2, 2: 1}[query.id]
        return [wrong, right]

    internet.dns.answer = crossed
    datagrams = Datagrams()
    queries = [_question(1), _question(2)]
    wires = await asyncio.gather(*(datagrams.ask(server, q, _until()) for q in queries))
    assert all(map(answers, queries, wires))
    assert len(internet.dns.clients) == 1


async def test_one_that_is_not_answered_holds_up_no_other(internet, server):
    def answer(query, via):
        return None if query.id == 1 else internet.dns.from_records(query, via)

    internet.dns.answer = answer
    datagrams = Datagrams()
    silent = asyncio.create_task(datagrams.ask(server, _question(1), _until(0.2)))
    await asyncio.gather(*(datagrams.ask(server, _question(n), _until()) for n in (2, 3)))
    assert not silent.done()
    with pytest.raises(TimeoutError):
        await silent
    assert _open_sockets(server) == []


async def test_who_is_cancelled_leaves_the_others_waiting(internet, server):
    came = asyncio.Event()
    held = []

    def hold(query, via):
        if len(internet.dns.asked) == 2:
            came.set()
            return internet.dns.from_records(query, via)
        held.append(query)
        return None

    internet.dns.answer = hold
    datagrams = Datagrams()
    first = asyncio.create_task(datagrams.ask(server, _question(1), _until()))
    second = asyncio.create_task(datagrams.ask(server, _question(2), _until()))
    await came.wait()
    first.cancel()
    assert answers(_question(2), await second)
    assert first.cancelled()
    assert _open_sockets(server) == []


async def test_that_nobody_is_there_is_told_to_all(internet):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        closed = sock.getsockname()
    internet.further.add(closed[1])
    resolver = Resolver([closed], seconds=5, sockets=4)
    replies = await asyncio.gather(
        *(resolver.ask(f"shop{n}.test", RdataType.A) for n in range(1, 4))
    )
    assert {reply.outcome for reply in replies} == {Outcome.UNREACHABLE}


async def test_the_time_for_a_name_ends_a_question_before_its_own(internet, server):
    internet.dns.answer = lambda _query, _via: None
    resolver = Resolver([server], seconds=30, sockets=1)
    replies = await asyncio.gather(
        # The second never gets the socket.
        *(resolver.ask(f"shop{n}.test", RdataType.A, deadline=_until(0.05)) for n in (1, 2))
    )
    assert [(r.outcome, r.detail) for r in replies] == [
        (Outcome.TIMED_OUT, "the time for this name is spent")
    ] * 2
    assert len(internet.dns.asked) == 1


@pytest.mark.parametrize("there", [True, False])
def test_failures_are_told_by_uvloop_too(there, monkeypatch):
    """Its loop hears of a refused datagram in a way of its own."""
    monkeypatch.delitem(sys.modules, "uvloop")
    uvloop = pytest.importorskip("uvloop")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        place = silent.getsockname()
        if not there:
            silent.close()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            resolver = Resolver([place], seconds=0.1, sockets=4)
            reply = runner.run(resolver.ask("shop.test", RdataType.A))
    assert reply.outcome is (Outcome.TIMED_OUT if there else Outcome.UNREACHABLE)
