"""Port 43 over real sockets: servers that never end, and where we do not go."""

from __future__ import annotations

import asyncio

import pytest

from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.pacing import Pacer
from abusetrack.lookup.whois_fallback import MAX_ANSWER, Whois, WhoisServer
from abusetrack.records import Outcome

RECORD = b"Domain Name: SHOP.TEST\r\nRegistrar: Alpha Names\r\nWhois Server: 127.0.0.1\r\n"


@pytest.fixture
def whois(internet):
    """Make a client with servers by suffix, the test's own for ``test``."""

    def make(servers=None, seconds=2.0):
        return Whois(
            resolver=Resolver([("127.0.0.1", internet.dns.port)], seconds=1, sockets=10),
            pacer=Pacer(0),
            servers={"test": ("127.0.0.1", internet.whois.port), **(servers or {})},
            seconds=seconds,
        )

    return make


async def _ask(client, domain="shop.test", server=None, seconds=10.0):
    deadline = asyncio.get_running_loop().time() + seconds
    server = server or client.server(domain)
    assert server is not None
    return await client.ask(server, domain, deadline)


async def test_a_record_and_its_evidence(internet, whois):
    internet.whois.answers["shop.test"] = RECORD
    answer = await _ask(whois())
    assert (answer.outcome, answer.facts.registrar_name) == (Outcome.OK, "Alpha Names")
    assert answer.evidence.body == RECORD
    assert internet.whois.asked == [b"shop.test\r\n"]


def _talk(*chunks, endless=b"", pause=0.0):
    async def talk(reader, writer):
        await reader.readline()
        for chunk in chunks:
            writer.write(chunk)
        while endless:
            writer.write(endless)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


async def test_an_answer_that_never_ends_is_cut(internet, whois):
    internet.whois.talk = _talk(endless=b"x" * 1000 + b"\r\n")
    answer = await _ask(whois())
    assert (answer.outcome, answer.facts) == (Outcome.TOO_LARGE, None)
    assert len(answer.evidence.body) == MAX_ANSWER


async def test_an_answer_that_drips_is_timed_out(internet, whois):
    internet.whois.talk = _talk(b"Registrar: Al", endless=b".", pause=0.01)
    answer = await _ask(whois(seconds=0.2))
    assert (answer.outcome, answer.facts) == (Outcome.TIMED_OUT, None)
    assert answer.evidence.body.startswith(b"Registrar: Al")


async def test_the_time_of_the_name_counts_too(internet, whois):
    internet.whois.talk = _talk(endless=b".", pause=0.01)
    answer = await _ask(whois(seconds=30), seconds=0.2)
    assert (answer.outcome, answer.detail) == (
        Outcome.TIMED_OUT,
        "the time for this name is spent",
    )


async def test_nothing_and_nobody(internet, whois):
    internet.whois.talk = _talk()
    assert (await _ask(whois())).outcome is Outcome.MALFORMED

    async def slam(reader, writer):
        await reader.readline()
        writer.transport.abort()

    internet.whois.talk = slam
    assert (await _ask(whois())).outcome in {Outcome.UNREACHABLE, Outcome.MALFORMED}
    internet.further.add(1)
    nobody = WhoisServer("127.0.0.1", 1, "{name}", listed=True)
    assert (await _ask(whois(), server=nobody)).outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    "domain", ["shop.test\r\nevil", "shop.test\nx", "shop .test", "-x\t", "é.test", "", "x" * 300]
)
async def test_a_query_cannot_carry_anything_but_a_name(internet, whois, domain):
    client = whois()
    answer = await _ask(client, domain, server=client.server("shop.test"))
    assert answer.outcome is Outcome.NOT_ASKED
    assert internet.whois.asked == []


async def test_referrals_are_remembered_and_not_followed(internet, whois, stream_server):
    referral = f"Domain Name: SHOP.TEST\r\nWhois Server: localhost:{stream_server.port}\r\n"
    internet.whois.answers["shop.test"] = referral.encode() + b"Registrar: Alpha\r\n"
    answer = await _ask(whois())
    assert answer.outcome is Outcome.OK
    assert stream_server.asked == []


async def test_a_rate_limit_is_retried_once_and_never_called_free(internet, whois, monkeypatch):
    monkeypatch.setattr("abusetrack.lookup.pacing.FIRST_BACK_OFF", 0.01)
    internet.whois.answers["shop.test"] = b"% Query rate limit exceeded\r\n% NOT FOUND\r\n"
    answer = await _ask(whois())
    assert answer.outcome is Outcome.RATE_LIMITED
    assert len(internet.whois.asked) == 2


async def test_servers_by_the_longest_suffix(whois):
    client = whois({"co.test": ("192.0.2.1", 4343), ".Pages.Test.": ("192.0.2.2", 43)})
    assert client.server("shop.co.test").host == "192.0.2.1"
    assert client.server("shop.pages.test").host == "192.0.2.2"
    assert client.server("shop.test").host == "127.0.0.1"
    assert client.server("shop.invalid") is None
    assert client.server("shop.co.test", suffix="co.test").host == "192.0.2.1"
    assert client.server("shop.other.test", suffix="other.test") is None
    assert client.server("shop.de").query == "-T dn,ace {name}"
    assert not client.server("shop.de").listed


async def test_an_unlisted_server_must_be_public(internet, whois):
    internet.dns.records["whois.test", "A"] = ["127.0.0.1"]
    internet.dns.records["whois.test", "AAAA"] = ["::1"]
    port = internet.whois.port
    unlisted = WhoisServer("whois.test", port, "{name}", listed=False)
    answer = await _ask(whois(), server=unlisted)
    assert answer.outcome is Outcome.UNSAFE
    listed = WhoisServer("whois.test", port, "{name}", listed=True)
    internet.further.add(port)
    assert (await _ask(whois(), server=listed)).outcome is Outcome.NOT_FOUND


async def test_a_server_without_an_address(whois):
    absent = WhoisServer("absent.test", 43, "{name}", listed=False)
    answer = await _ask(whois(), server=absent)
    assert (answer.outcome, "not found" in answer.detail) == (Outcome.UNREACHABLE, True)
