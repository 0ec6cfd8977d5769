from __future__ import annotations

import asyncio
import struct

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.reversename
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.practice import EventKind, Fault, Faults, PracticeServers, World, wire
from abusetrack.practice.dns import ASN_ZONE, ORIGIN6_ZONE, ORIGIN_ZONE
from abusetrack.records import State


def texts(answer: dns.message.Message, rtype: str) -> list[str]:
    return [
        item.to_text()
        for rrset in answer.answer
        if dns.rdatatype.to_text(rrset.rdtype) == rtype
        for item in rrset
    ]


async def test_addresses_and_aliases_of_every_host(ask, world: World) -> None:
    moment = world.at()
    for truth in world.truths():
        for host in truth.hosts:
            record = moment.hosts.get(host)
            a, aaaa = await ask(host, "A"), await ask(host, "AAAA")
            if record is None:
                assert a.rcode() == dns.rcode.NXDOMAIN
                continue
            assert {*texts(a, "A"), *texts(aaaa, "AAAA")} == set(record.addresses)
            aliases = [text.rstrip(".") for text in texts(a, "CNAME")]
            assert aliases == list(record.cname_chain)


async def test_name_servers_and_mail_of_every_domain(ask, world: World) -> None:
    for truth in world.truths():
        standing = world.at().standings[truth.domain]
        answer = await ask(truth.domain, "NS")
        if not standing.delegated:
            assert answer.rcode() == dns.rcode.NXDOMAIN
            assert answer.authority, "NXDOMAIN carries the SOA of the parent"
            continue
        found = {text.rstrip(".") for text in texts(answer, "NS")}
        assert found == set(standing.name_servers)
        mail = await ask(truth.domain, "MX")
        assert [t.split()[1].rstrip(".") for t in texts(mail, "MX")] == list(standing.mail)


async def test_the_resolver_says_it_recurses_and_echoes_edns(ask, world: World) -> None:
    answer = await ask(world.truths()[0].domain, "SOA")
    assert answer.flags & dns.flags.RA
    assert answer.edns == 0


async def test_a_large_answer_comes_over_tcp(servers: PracticeServers, world: World) -> None:
    many = max(world.at().hosts.values(), key=lambda host: len(host.addresses))
    service = servers.services["dns"]
    query = dns.message.make_query(many.name, "AAAA", use_edns=0, payload=4096)
    answer = await dns.asyncquery.udp(query, service.host, port=service.port, timeout=5)
    assert answer.flags & dns.flags.TC
    answer = await dns.asyncquery.tcp(query, service.host, port=service.port, timeout=5)
    assert len(texts(answer, "AAAA")) == len(many.addresses) > 40


async def test_the_origin_of_addresses(ask, world: World) -> None:
    for network in world.tables.networks:
        for prefix in network.prefixes:
            address = prefix.partition("/")[0]
            reversed_name = dns.reversename.from_address(address)
            zone = ORIGIN6_ZONE if ":" in prefix else ORIGIN_ZONE
            labels = reversed_name.labels[:-3]
            name = b".".join(labels).decode() + f".{zone}"
            (text,) = texts(await ask(name, "TXT"), "TXT")
            asns, announced, country, _, _ = (part.strip() for part in text.strip('"').split("|"))
            assert asns == " ".join(map(str, network.asns))
            assert announced == prefix
            assert country == network.as_country


async def test_the_names_of_autonomous_systems(ask, world: World) -> None:
    network = world.tables.networks[0]
    (text,) = texts(await ask(f"AS{network.asns[0]}.{ASN_ZONE}", "TXT"), "TXT")
    assert text.strip('"').split(" | ")[-1] == network.as_name


@pytest.mark.parametrize("name", [f"1.2.3.10.{ORIGIN_ZONE}", f"x.{ORIGIN_ZONE}", f"AS1.{ASN_ZONE}"])
async def test_unknown_origins_do_not_exist(ask, name: str) -> None:
    assert (await ask(name, "TXT")).rcode() == dns.rcode.NXDOMAIN


async def test_the_service_names_stand_on_loopback(ask, servers: PracticeServers) -> None:
    assert texts(await ask("rdap.meridian.practice.invalid", "A"), "A") == ["127.0.0.1"]


async def test_the_clock_changes_the_answers(ask, servers: PracticeServers, world: World) -> None:
    held = next(event for event in world.events if event.kind is EventKind.HOLD_SET)
    assert (await ask(held.domain, "NS")).rcode() == dns.rcode.NOERROR
    servers.set_time(held.at)
    assert (await ask(held.domain, "NS")).rcode() == dns.rcode.NXDOMAIN


async def ask_once(servers: PracticeServers, name: str, seconds: float = 5) -> dns.message.Message:
    service = servers.services["dns"]
    query = dns.message.make_query(name, "A", use_edns=0)
    return await dns.asyncquery.udp(query, service.host, port=service.port, timeout=seconds)


@pytest.fixture
def active(world: World) -> str:
    return next(
        t.domain
        for t in world.truths()
        if t.state is State.ACTIVE and t.asn and t.hosts == (t.domain,)
    )


@pytest.mark.parametrize(
    ("fault", "rcode", "extended"),
    [
        (Fault.SERVER_ERROR, dns.rcode.SERVFAIL, None),
        (Fault.REFUSED, dns.rcode.REFUSED, None),
        (Fault.RATE_LIMITED, dns.rcode.REFUSED, None),
        (Fault.BLOCKED, dns.rcode.NXDOMAIN, 15),
        (Fault.LAME, dns.rcode.SERVFAIL, 22),
        (Fault.BOGUS, dns.rcode.SERVFAIL, 6),
    ],
)
async def test_faults_by_code(
    servers: PracticeServers, active: str, fault: Fault, rcode: int, extended: int | None
) -> None:
    servers.services["dns"].faults = Faults(fault)
    answer = await ask_once(servers, active)
    assert answer.rcode() == rcode
    codes = [option.code for option in answer.options if isinstance(option, dns.edns.EDEOption)]
    assert codes == ([extended] if extended else [])


async def test_a_blocking_resolver_may_leave_out_the_soa(
    servers: PracticeServers, active: str
) -> None:
    servers.services["dns"].faults = Faults(Fault.BLOCKED_BARE)
    answer = await ask_once(servers, active)
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert not answer.authority


async def test_the_loop_of_aliases_comes_back(servers: PracticeServers, active: str) -> None:
    servers.services["dns"].faults = Faults(Fault.CNAME_LOOP)
    first, second = texts(await ask_once(servers, active), "CNAME")
    assert second == f"{active}."
    assert first != second


async def test_truncation_spares_tcp(servers: PracticeServers, active: str, ask) -> None:
    servers.services["dns"].faults = Faults(Fault.TRUNCATED)
    assert (await ask_once(servers, active)).flags & dns.flags.TC
    assert texts(await ask(active, "A"), "A") or texts(await ask(active, "AAAA"), "AAAA")


async def test_malformed_answers_do_not_parse(servers: PracticeServers, active: str) -> None:
    servers.services["dns"].faults = Faults(Fault.MALFORMED)
    with pytest.raises(dns.exception.FormError):
        await ask_once(servers, active)


async def test_a_wrong_id_is_no_answer(servers: PracticeServers, active: str) -> None:
    servers.services["dns"].faults = Faults(Fault.WRONG_ID)
    with pytest.raises(dns.query.BadResponse):
        await ask_once(servers, active)


async def test_silence(servers: PracticeServers, active: str) -> None:
    servers.services["dns"].faults = Faults(Fault.TIMEOUT)
    with pytest.raises(dns.exception.Timeout):
        await ask_once(servers, active, seconds=0.2)
    assert servers.services["dns"].questions == 1


async def test_only_a_share_of_names_meets_a_fault(servers: PracticeServers, world: World) -> None:
    servers.services["dns"].faults = Faults(Fault.SERVER_ERROR, share=0.3)
    names = [truth.domain for truth in world.truths()[:200]]
    failed = [n for n in names if (await ask_once(servers, n)).rcode() == dns.rcode.SERVFAIL]
    again = [n for n in names if (await ask_once(servers, n)).rcode() == dns.rcode.SERVFAIL]
    assert 30 < len(failed) < 90
    assert failed == again


async def test_latency_is_kept(world: World, active: str) -> None:
    async with PracticeServers(world, latency=0.15) as servers:
        with pytest.raises(dns.exception.Timeout):
            await ask_once(servers, active, seconds=0.05)
        assert (await ask_once(servers, active)).rcode() == dns.rcode.NOERROR


async def test_garbage_is_ignored_and_the_next_question_answered(
    servers: PracticeServers, active: str
) -> None:
    service = servers.services["dns"]
    reader, writer = await asyncio.open_connection(service.host, service.port)
    query = dns.message.make_query(active, "A").to_wire()
    writer.write(struct.pack("!H", 5) + b"abcde" + struct.pack("!H", len(query)) + query)
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    answer = dns.message.from_wire(await reader.readexactly(length))
    assert answer.rcode() == dns.rcode.NOERROR
    writer.close()
    await writer.wait_closed()


@given(st.binary(max_size=600))
def test_no_message_raises(message: bytes) -> None:
    query = wire.parse(message)
    if query is not None:
        assert wire.build(query, wire.Answer(wire.NXDOMAIN), tcp=False)


@given(st.binary(max_size=80), st.integers(0, 65535))
def test_no_question_raises(question: bytes, ident: int) -> None:
    query = wire.parse(struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + question)
    assert query is None or query.ident == ident
