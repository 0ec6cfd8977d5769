"""The whole fan-out for one name, against real servers on loopback."""

from __future__ import annotations

import asyncio

import pytest

from abusetrack import __version__
from abusetrack.errors import SettingsError
from abusetrack.lookup import Lookup, NothingKnown
from abusetrack.lookup.tables import shipped
from abusetrack.records import (
    AddressFacts,
    Domain,
    Host,
    HostKind,
    Kind,
    NameFacts,
    Outcome,
    Question,
    SuffixKind,
)

HOST = "www.shop.test"
ADDRESS = "192.0.2.10"


def _by_question(observations):
    found = {}
    for observation in observations:
        found.setdefault(observation.question, []).append(observation)
    return found


def _one(answer, question):
    found = _by_question(answer.observations).get(question, [])
    assert len(found) == 1, (question, found)
    return found[0]


@pytest.fixture
def furnished(internet, rdap_domain, rdap_network):
    """One host in one network, registered with one registrar, everything answering."""
    internet.add_host(HOST, ADDRESS, "2001:db8::10", domain="shop.test")
    internet.add_network("192.0.2.0/24", "10.2.0.192")
    reverse6 = ".".join(reversed("20010db8000000000000000000000010"))
    internet.add_network("2001:db8::/32", reverse6, asn=64501, country="DE")
    related = {
        "rel": "related",
        "type": "application/rdap+json",
        "href": f"{internet.rdap.base}registrar/domain/SHOP.TEST",
    }
    internet.rdap.answers = {
        "/registry/domain/shop.test": rdap_domain("shop.test", links=[related]),
        "/registrar/domain/SHOP.TEST": rdap_domain("shop.test"),
        "/net/ip/192.0.2.10": rdap_network("192.0.2.0", "192.0.2.255"),
        "/net/ip/2001:db8::10": rdap_network("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff"),
    }
    return internet


async def test_everything_about_a_host(furnished, clock, host_of):
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert all(o.asked_at == clock.now() for o in answer.observations)
    assert answer.known == ()
    assert _one(answer, Question.A).facts == AddressFacts((ADDRESS,))
    assert _one(answer, Question.AAAA).facts == AddressFacts(("2001:db8::10",))
    assert _one(answer, Question.A).source == f"resolver 127.0.0.1:{furnished.dns.port}"
    assert b"192.0.2.10" in _one(answer, Question.A).evidence.body
    assert _one(answer, Question.NS).facts == NameFacts(("ns1.shop.test", "ns2.elsewhere.example"))
    assert _one(answer, Question.SOA).facts == NameFacts(("ns.registry.test",))
    assert _one(answer, Question.MX).facts.names == (
        "mx1.elsewhere.example",
        "mx2.elsewhere.example",
    )
    registry = _one(answer, Question.REGISTRY_RDAP)
    assert (registry.subject, registry.kind) == ("shop.test", Kind.REGISTRATION)
    assert registry.source == f"{furnished.rdap.base}registry/"
    assert registry.facts.registrar_name == "Alpha Names"
    assert registry.facts.registrar_iana_id == 9101
    assert registry.facts.abuse_email == "abuse@alpha.example"
    assert registry.evidence.media_type == "application/rdap+json"
    registrar = _one(answer, Question.REGISTRAR_RDAP)
    assert registrar.source == f"{furnished.rdap.base}registrar/"
    assert registrar.outcome is Outcome.OK
    assert Question.WHOIS not in _by_question(answer.observations)
    origins = {o.subject: o.facts for o in _by_question(answer.observations)[Question.ORIGIN]}
    assert origins[ADDRESS].asns == (64500,)
    assert origins[ADDRESS].as_name == "EXAMPLE-AS Example Hosting, NL"
    assert (origins["2001:db8::10"].country, origins["2001:db8::10"].registry) == ("DE", "ripencc")
    networks = {
        o.subject: o.facts for o in _by_question(answer.observations)[Question.NETWORK_RDAP]
    }
    assert networks[ADDRESS].prefix == "192.0.2.0/24"
    assert networks[ADDRESS].holder == "Example Hosting"
    assert networks[ADDRESS].abuse_email == "abuse@hosting.example"


async def test_the_full_host_is_asked_for_addresses_only(furnished, clock, host_of):
    async with furnished.lookup(clock) as lookup:
        await lookup.ask(host_of(HOST), NothingKnown())
    assert {kind for name, kind, _ in furnished.dns.asked if name == HOST} == {"A", "AAAA"}
    assert not any(HOST in path for path in furnished.rdap.asked)


async def test_a_registered_name_needs_no_whois_and_a_free_one_neither(furnished, clock, host_of):
    del furnished.rdap.answers["/registry/domain/shop.test"]
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert _one(answer, Question.REGISTRY_RDAP).outcome is Outcome.NOT_FOUND
    assert Question.REGISTRAR_RDAP not in _by_question(answer.observations)
    assert furnished.whois.asked == []


async def test_onion_services_are_asked_of_nobody(internet, clock, socket_guard):
    socket_guard.only = set()
    name = "a" * 56 + ".onion"
    async with internet.lookup(clock) as lookup:
        answer = await lookup.ask(Host(name, name, HostKind.ONION, None), NothingKnown())
    assert (answer.observations, answer.known) == ((), ())
    assert socket_guard.touched == []


async def test_an_address_has_network_answers_only(furnished, clock):
    async with furnished.lookup(clock) as lookup:
        host = Host(ADDRESS, ADDRESS, HostKind.IPV4, None)
        answer = await lookup.ask(host, NothingKnown())
    assert set(_by_question(answer.observations)) == {
        Question.ORIGIN,
        Question.NETWORK_RDAP,
        Question.CDN,
    }


@pytest.mark.parametrize("kind", [SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS])
async def test_registration_of_platform_names_is_asked_of_nobody(furnished, clock, host_of, kind):
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST, kind), NothingKnown())
    observation = _one(answer, Question.REGISTRY_RDAP)
    assert observation.outcome is Outcome.NOT_ASKED
    assert observation.detail
    assert not any("domain" in path for path in furnished.rdap.asked)


async def test_a_private_registry_is_asked_only_where_it_has_a_server(
    furnished, clock, rdap_domain
):
    domain = Domain("cat.shop.test", "cat.shop.test", "shop.test", SuffixKind.PRIVATE_REGISTRY)
    host = Host("cat.shop.test", "cat.shop.test", HostKind.NAME, domain)
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host, NothingKnown())
    assert _one(answer, Question.REGISTRY_RDAP).outcome is Outcome.NO_SERVICE
    assert _one(answer, Question.WHOIS).outcome is Outcome.NO_SERVICE
    furnished.endings["shop.test"] = "private/"
    furnished.rdap.answers["/private/domain/cat.shop.test"] = rdap_domain("cat.shop.test")
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host, NothingKnown())
    assert _one(answer, Question.REGISTRY_RDAP).outcome is Outcome.OK


@pytest.mark.parametrize("setting", ["never", "after_gate"])
async def test_the_registrar_is_not_asked_against_the_setting(furnished, clock, host_of, setting):
    async with furnished.lookup(clock, lookup={"ask_registrar": setting}) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    observation = _one(answer, Question.REGISTRAR_RDAP)
    assert observation.outcome is Outcome.NOT_ASKED
    assert setting in observation.detail
    assert not any(path.startswith("/registrar/") for path in furnished.rdap.asked)


async def test_whois_steps_in_where_rdap_does_not_answer(furnished, clock, host_of):
    furnished.endings = {}
    furnished.whois.answers["shop.test"] = (
        b"Domain Name: SHOP.TEST\r\nRegistrar: Alpha Names\r\nRegistrar IANA ID: 9101\r\n"
        b"Creation Date: 2025-01-02T03:04:05Z\r\n"
        b"Domain Status: clientHold https://icann.org/epp#clientHold\r\n"
    )
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert _one(answer, Question.REGISTRY_RDAP).outcome is Outcome.NO_SERVICE
    whois = _one(answer, Question.WHOIS)
    assert whois.source == f"whois 127.0.0.1:{furnished.whois.port}"
    assert whois.facts.registrar_iana_id == 9101
    assert whois.facts.statuses == ("clientHold",)
    assert furnished.whois.asked == [b"shop.test\r\n"]


async def test_whois_can_be_switched_off(furnished, clock, host_of):
    furnished.endings = {}
    async with furnished.lookup(clock, whois={"enabled": False}) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert _one(answer, Question.WHOIS).outcome is Outcome.NOT_ASKED
    assert furnished.whois.asked == []


async def test_what_is_known_is_not_asked_again(furnished, clock, host_of):
    async with furnished.lookup(clock) as lookup:
        first = await lookup.ask(host_of(HOST), NothingKnown())

    class AllKnown:
        def registration(self, domain):
            return tuple(o for o in first.observations if o.kind is Kind.REGISTRATION)

        def network(self, address):
            questions = (Question.ORIGIN, Question.NETWORK_RDAP)
            return tuple(
                o for o in first.observations if o.subject == address and o.question in questions
            )

    furnished.rdap.asked.clear()
    async with furnished.lookup(clock) as lookup:
        second = await lookup.ask(host_of(HOST), AllKnown())
    assert furnished.rdap.asked == []
    assert {o.question for o in second.known} == {
        Question.REGISTRY_RDAP,
        Question.REGISTRAR_RDAP,
        Question.ORIGIN,
        Question.NETWORK_RDAP,
    }
    assert not {o.question for o in second.observations} & {o.question for o in second.known}
    assert {o.question for o in second.observations} >= {Question.A, Question.NS}


async def test_many_hosts_of_one_prefix_and_domain_ask_once(furnished, clock, host_of):
    names = [f"h{number}.shop.test" for number in range(40)]
    for number, name in enumerate(names):
        furnished.dns.records[name, "A"] = [f"192.0.2.{number + 20}"]
        furnished.add_network("192.0.2.0/24", f"{number + 20}.2.0.192")
        path = f"/net/ip/192.0.2.{number + 20}"
        furnished.rdap.answers[path] = furnished.rdap.answers["/net/ip/192.0.2.10"]
    async with furnished.lookup(clock) as lookup:
        answers = await asyncio.gather(*(lookup.ask(host_of(n), NothingKnown()) for n in names))
    assert sum(path.startswith("/net/") for path in furnished.rdap.asked) == 1
    assert sum(path.startswith("/registry/") for path in furnished.rdap.asked) == 1
    asked = [name for name, kind, _ in furnished.dns.asked if kind == "TXT"]
    assert len(asked) == 2  # the origin and the AS name
    for question in (Question.ORIGIN, Question.NETWORK_RDAP, Question.REGISTRY_RDAP):
        new = [o for a in answers for o in a.observations if o.question is question]
        reused = [o for a in answers for o in a.known if o.question is question]
        assert (len(new), len(reused)) == (1, len(names) - 1), question


async def test_what_a_cancelled_name_had_found_is_new_for_the_next(furnished, clock, host_of):
    asked = asyncio.Event()

    async def never(request):
        asked.set()
        await asyncio.sleep(30)

    bare = Host(ADDRESS, ADDRESS, HostKind.IPV4, None)
    async with furnished.lookup(clock) as lookup:
        furnished.rdap.answers["/registry/domain/shop.test"] = never
        cancelled = asyncio.create_task(lookup.ask(host_of(HOST), NothingKnown()))
        await asked.wait()
        first = await lookup.ask(bare, NothingKnown())
        second = await lookup.ask(bare, NothingKnown())
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
    assert furnished.rdap.asked.count(f"/net/ip/{ADDRESS}") == 1
    assert _one(first, Question.NETWORK_RDAP).outcome is Outcome.OK
    shared = {Question.ORIGIN, Question.NETWORK_RDAP, Question.CDN}
    assert {o.question for o in second.known} == shared


async def test_one_failing_source_never_fails_a_name(furnished, clock, host_of):
    def no_answer(query, via):
        if query.question[0].name.to_text().startswith("10.2.0.192"):
            return b"\0"
        return furnished.dns.from_records(query, via)

    furnished.dns.answer = no_answer
    furnished.rdap.answers = {}
    furnished.whois.talk = _hang_up
    async with furnished.lookup(clock, lookup={"question_seconds": 0.2}) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert _one(answer, Question.A).outcome is Outcome.OK
    origin = _by_question(answer.observations)[Question.ORIGIN]
    assert {o.subject: o.outcome for o in origin}[ADDRESS] is Outcome.TIMED_OUT


async def _hang_up(reader, writer):
    writer.transport.abort()


async def test_when_the_budget_is_spent_the_rest_timed_out(furnished, clock, host_of):
    furnished.dns.answer = lambda query, via: None
    furnished.rdap.answers["/registry/domain/shop.test"] = lambda request: asyncio.sleep(30)
    budget = {"question_seconds": 30.0, "name_seconds": 0.3}
    async with furnished.lookup(clock, lookup=budget) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert {o.question: o.outcome for o in answer.observations} == dict.fromkeys(
        (
            Question.A,
            Question.AAAA,
            Question.NS,
            Question.SOA,
            Question.MX,
            Question.REGISTRY_RDAP,
            Question.WHOIS,
        ),
        Outcome.TIMED_OUT,
    )


async def test_addresses_that_are_nobodys_are_asked_of_nobody(furnished, clock, host_of):
    furnished.dns.records[HOST, "A"] = ["10.0.0.1", "127.0.0.1"]
    del furnished.dns.records[HOST, "AAAA"]
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    origins = _by_question(answer.observations)[Question.ORIGIN]
    assert {o.outcome for o in origins} == {Outcome.NOT_ASKED}
    assert not any(path.startswith("/net/") for path in furnished.rdap.asked)


async def test_a_host_with_very_many_addresses_is_cut_and_says_so(furnished, clock, host_of):
    furnished.dns.records[HOST, "A"] = [f"192.0.2.{n}" for n in range(1, 41)]
    async with furnished.lookup(clock) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    observation = _one(answer, Question.A)
    assert len(observation.facts.addresses) == 40
    assert "41 addresses, networks asked for 16" in observation.detail
    tables = _by_question(answer.observations)[Question.CDN]
    assert len({o.subject for o in tables} - {HOST}) == 16


async def test_an_alias_chain_and_the_network_behind_it(furnished, clock, host_of, tmp_path):
    table = tmp_path / "proxies.toml"
    table.write_text(
        'date = 2026-01-01\n[[cdn]]\nname = "Example Edge"\nsuffixes = ["edge.example"]\n'
        '[[cdn]]\nname = "Example Proxy"\nasns = [64500]\n'
    )
    furnished.dns.records[HOST, "CNAME"] = ["www.edge.example."]
    del furnished.dns.records[HOST, "A"], furnished.dns.records[HOST, "AAAA"]
    furnished.dns.records["www.edge.example", "A"] = [ADDRESS]
    async with furnished.lookup(clock, network={"cdn_tables": (table,)}) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    assert _one(answer, Question.A).facts == AddressFacts((ADDRESS,), ("www.edge.example",))
    matches = {o.subject: o for o in _by_question(answer.observations)[Question.CDN]}
    assert matches[HOST].facts.name == "Example Edge"
    assert matches[HOST].source == "table proxies 2026-01-01"
    assert (matches[ADDRESS].facts.name, matches[ADDRESS].facts.rule) == (
        "Example Proxy",
        "AS64500",
    )


async def test_cancelling_leaves_nothing_behind(furnished, clock, host_of):
    started = asyncio.Event()

    async def slow(request):
        started.set()
        await asyncio.sleep(30)

    furnished.rdap.answers["/registry/domain/shop.test"] = slow
    async with furnished.lookup(clock) as lookup:
        tasks = [
            asyncio.create_task(lookup.ask(host_of(f"h{n}.shop.test"), NothingKnown()))
            for n in range(20)
        ]
        await started.wait()
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)


@pytest.mark.parametrize(
    ("contact", "sent"),
    [("", ""), ("desk@hotline.example", " (desk@hotline.example)"), ("a\r\nX: b", " (a X: b)")],
)
async def test_we_say_who_we_are_and_a_contact_only_if_set(
    furnished, clock, host_of, contact, sent
):
    async with furnished.lookup(clock, lookup={"user_agent_contact": contact}) as lookup:
        await lookup.ask(host_of(HOST), NothingKnown())
    agents = {request.headers["User-Agent"] for request in furnished.rdap.requests}
    assert agents == {f"abusetrack/{__version__}{sent}"}


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"resolver": {"nameservers": ()}}, "resolver.nameservers"),
        ({"lookup": {"proxy": "socks4://127.0.0.1:9050"}}, "lookup.proxy"),
        ({"geo": {"databases": ("absent.mmdb",)}}, "geo.databases"),
        ({"network": {"cdn_tables": ("absent.toml",)}}, "network.cdn_tables"),
        ({"rdap": {"bootstrap": "absent"}}, "rdap.bootstrap"),
        ({"rdap": {"allowed_hosts": ("a:b:c",)}}, "rdap.allowed_hosts"),
        ({"whois": {"servers": {"test": "host:99999"}}}, "whois.servers"),
    ],
)
async def test_wrong_settings_are_said_at_the_start(internet, clock, tables, key):
    with pytest.raises(SettingsError, match=key):
        Lookup(internet.settings(**tables), clock)


@pytest.mark.parametrize("unlisted", [True, False])
async def test_country_codes_that_iana_does_not_list_are_asked_by_the_table(
    internet, clock, host_of, unlisted
):
    bases = shipped("rdap_unlisted.toml")["bases"]
    async with internet.lookup(clock, rdap={"unlisted": unlisted}) as lookup:
        answers = [await lookup.ask(host_of(f"shop.{cc}"), NothingKnown()) for cc in bases]
    found = [_one(answer, Question.REGISTRY_RDAP) for answer in answers]
    # Their servers' names lead nowhere here.
    expected = Outcome.UNREACHABLE if unlisted else Outcome.NO_SERVICE
    assert {observation.outcome for observation in found} == {expected}
    assert [observation.source for observation in found] == [
        base if unlisted else "" for base in bases.values()
    ]
