"""With a proxy set, everything goes through it: not one packet elsewhere."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from abusetrack.errors import SettingsError
from abusetrack.lookup import Lookup, NothingKnown, http
from abusetrack.lookup.dialing import Dialer
from abusetrack.records import Outcome, Question

HOST = "www.shop.test"
RDAP = "203.0.113.80"  # where the RDAP server's name leads; only the proxy knows the way
PEM = Path(__file__).parent / "data" / "server.pem"
LOGIN = "desk:p%40ss"  # as written in the URL


class Proxy:
    """A proxy in a process of its own, so that its packets are not ours."""

    def __init__(self, login="-", elsewhere=()):
        script = Path(__file__).with_name("small_proxy.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), login, *elsewhere], stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]

    @property
    def endpoint(self):
        return ("127.0.0.1", self.port)

    def stop(self):
        """End it and return what was asked of it."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=10)
        return [json.loads(line) for line in said.splitlines()]


@pytest.fixture
def proxy():
    """Start proxies; they are stopped afterwards."""
    started = []

    def start(*args, **kwargs):
        started.append(Proxy(*args, **kwargs))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.communicate(timeout=10)


@pytest.fixture
async def behind(internet, rdap_domain, rdap_network):
    """A host whose registry and network answer over https at an address of their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    asked = []
    answers = {
        "/registry/domain/shop.test": rdap_domain("shop.test"),
        "/net/ip/192.0.2.10": rdap_network("192.0.2.0", "192.0.2.255"),
    }

    async def handle(request):
        asked.append((request.path, request.host))
        return web.json_response(answers[request.path])

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    internet.https_port = runner.addresses[0][1]
    internet.https_asked = asked
    internet.add_host(HOST, "192.0.2.10", domain="shop.test")
    internet.add_network("192.0.2.0/24", "10.2.0.192")
    internet.dns.records["rdap.registry.test", "A"] = [RDAP]
    folder = internet.folder / "https"
    folder.mkdir()
    for name, services in {
        "dns.json": [[["test"], ["https://rdap.registry.test/registry/"]]],
        "ipv4.json": [[["192.0.2.0/24"], ["https://rdap.registry.test/net/"]]],
        "ipv6.json": [],
    }.items():
        (folder / name).write_text(json.dumps({"version": "1.0", "services": services}))
    yield internet
    await runner.cleanup()


@pytest.mark.parametrize("scheme", ["socks5", "http"])
@pytest.mark.parametrize("login", ["", LOGIN])
async def test_every_lookup_goes_through_the_proxy(
    behind, clock, host_of, socket_guard, proxy, scheme, login
):
    internet = behind
    started = proxy("desk:p@ss" if login else "-", [f"{RDAP}:443=127.0.0.1:{internet.https_port}"])
    socket_guard.only = {started.endpoint}
    internet.further.add(started.port)
    url = f"{scheme}://{login}{'@' if login else ''}127.0.0.1:{started.port}"
    settings = internet.settings(
        lookup={"proxy": url},
        rdap={"bootstrap": "https", "allowed_hosts": ("rdap.registry.test:443",)},
    )
    tls = ssl.create_default_context(cafile=PEM)
    async with Lookup(settings, clock, cache=internet.folder / "cache", tls=tls) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    outcomes = {o.question: o.outcome for o in answer.observations}
    for question in (
        Question.A,
        Question.NS,
        Question.MX,
        Question.REGISTRY_RDAP,
        Question.NETWORK_RDAP,
        Question.ORIGIN,
    ):
        assert outcomes[question] is Outcome.OK, question
    assert {via for _, _, via in internet.dns.asked} == {"tcp"}
    assert {host for _path, host in internet.https_asked} == {"rdap.registry.test"}
    socket_guard.only = None
    told = started.stop()
    assert {(t["host"], t["port"]) for t in told} == {
        ("127.0.0.1", internet.dns.port),
        (RDAP, 443),
    }
    assert not any(t["is_name"] for t in told)
    assert {t["how"] for t in told} == {"socks5" if scheme == "socks5" else "connect"}
    assert {t["login"] for t in told} == {"desk:p@ss" if login else ""}


async def test_who_is_listed_with_plain_http_is_asked_so_and_marked(
    internet, clock, host_of, rdap_domain, rdap_network, proxy, monkeypatch
):
    # The proxy knows the way to an address that stands for the public internet.
    monkeypatch.setattr(http, "is_public", lambda address: str(address) == RDAP)
    started = proxy("-", [f"{RDAP}:80=127.0.0.1:{internet.rdap.port}"])
    internet.further.add(started.port)
    internet.add_host(HOST, "192.0.2.10", domain="shop.test")
    internet.dns.records["plain.test", "A"] = [RDAP]
    link = {
        "rel": "related",
        "type": "application/rdap+json",
        "href": "http://plain.test/registrar/domain/shop.test",
    }
    internet.rdap.answers["/registry/domain/shop.test"] = rdap_domain("shop.test", links=[link])
    internet.rdap.answers["/net/ip/192.0.2.10"] = rdap_network("192.0.2.0", "192.0.2.255")
    settings = internet.settings(
        lookup={"proxy": f"socks5://127.0.0.1:{started.port}"},
        rdap={"bootstrap": "plain", "allowed_hosts": ()},
    )
    listed = internet.bootstrap().rename(internet.folder / "plain")
    for file in listed.iterdir():
        file.write_text(file.read_text().replace(internet.rdap.base, "http://plain.test/"))
    async with Lookup(settings, clock, cache=internet.folder / "cache") as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    found = {o.question: o for o in answer.observations}
    for question in (Question.REGISTRY_RDAP, Question.NETWORK_RDAP):
        assert found[question].outcome is Outcome.OK
        assert any("plain http" in oddity for oddity in found[question].facts.oddities)
    # A registrar's link is no list of IANA's.
    assert found[Question.REGISTRAR_RDAP].outcome is Outcome.UNSAFE
    assert "/registrar/domain/shop.test" not in internet.rdap.asked


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_whois_goes_through_the_proxy(internet, clock, host_of, socket_guard, proxy, scheme):
    internet.endings = {}
    internet.add_host(HOST, domain="shop.test")
    internet.whois.answers["shop.test"] = b"Domain Name: SHOP.TEST\r\nRegistrar: Alpha Names\r\n"
    started = proxy()
    socket_guard.only = {started.endpoint}
    internet.further.add(started.port)
    url = f"{scheme}://localhost:{started.port}"
    async with internet.lookup(clock, lookup={"proxy": url}) as lookup:
        answer = await lookup.ask(host_of(HOST), NothingKnown())
    found = {o.question: o for o in answer.observations}
    assert found[Question.WHOIS].facts.registrar_name == "Alpha Names"
    assert internet.whois.asked == [b"shop.test\r\n"]
    assert set(socket_guard.touched) == {started.endpoint}
    socket_guard.only = None
    assert ("127.0.0.1", internet.whois.port) in {(t["host"], t["port"]) for t in started.stop()}


async def test_connections_to_the_resolver_are_used_again(
    internet, clock, host_of, socket_guard, proxy
):
    internet.dns.records["shop.test", "A"] = ["192.0.2.1"]
    internet.dns.keeps_open = True
    started = proxy()
    socket_guard.only = {started.endpoint}
    internet.further.add(started.port)
    async with internet.lookup(
        clock, lookup={"proxy": f"socks5://127.0.0.1:{started.port}"}
    ) as lookup:
        for _ in range(3):
            await lookup.ask(host_of("shop.test"), NothingKnown())
    assert len(internet.dns.asked) >= 15
    socket_guard.only = None
    to_resolver = [t for t in started.stop() if t["port"] == internet.dns.port]
    assert len(to_resolver) <= 5


@pytest.mark.parametrize("fault", ["refuses", "gone", "silent", "other login", "babbles"])
async def test_a_proxy_that_fails_is_an_outcome_and_nothing_goes_around_it(
    internet, stream_server, clock, host_of, socket_guard, proxy, fault
):
    internet.dns.records["shop.test", "A"] = ["192.0.2.1"]
    if fault in {"refuses", "other login"}:
        nowhere = [f"{host}:{port}=nowhere" for host, port in internet.endpoints]
        started = proxy("desk:secret" if fault == "other login" else "-", nowhere)
        port = started.port
    elif fault == "gone":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    else:
        port = stream_server.port

        async def talk(reader, writer):
            if fault == "babbles":
                writer.write(b"\x05\x07\x00\x00 220 hello\r\n\r\n" * 3)
            else:
                await asyncio.sleep(30)

        stream_server.talk = talk
    socket_guard.only = {("127.0.0.1", port)}
    internet.further.add(port)
    async with internet.lookup(
        clock, lookup={"proxy": f"socks5://127.0.0.1:{port}", "question_seconds": 0.3}
    ) as lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
    expected = Outcome.TIMED_OUT if fault == "silent" else Outcome.UNREACHABLE
    found = {o.question: o for o in answer.observations}
    assert found[Question.A].outcome is expected
    assert found[Question.REGISTRY_RDAP].outcome is expected
    assert found[Question.WHOIS].outcome is expected
    assert str(port) not in found[Question.A].detail
    assert internet.dns.asked == []


async def test_a_proxy_for_https_only_is_said_in_one_sentence(
    internet, clock, host_of, socket_guard, proxy
):
    started = proxy("-", [f"{host}:{port}=nowhere" for host, port in internet.endpoints])
    socket_guard.only = {started.endpoint}
    internet.further.add(started.port)
    async with internet.lookup(
        clock, lookup={"proxy": f"http://127.0.0.1:{started.port}"}
    ) as lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
        (check,) = await lookup.check_resolvers()
    found = {o.question: o for o in answer.observations}
    for question, port in (
        (Question.A, internet.dns.port),
        (Question.WHOIS, internet.whois.port),
        (Question.REGISTRY_RDAP, internet.rdap.port),
    ):
        assert found[question].outcome is Outcome.UNREACHABLE
        assert f"the proxy does not connect us to port {port}; " in found[question].detail
        assert "ask its operator to allow ports 43 and 53, or use a SOCKS proxy" in (
            found[question].detail
        )
    (finding,) = check.findings
    assert finding.code == "no answer"
    assert f"the proxy does not connect us to port {internet.dns.port}; " in finding.text
    assert internet.dns.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "socks4://127.0.0.1:1080",
        "socks5h://127.0.0.1:1080",
        "https://127.0.0.1:8080",
        "127.0.0.1:1080",
        "socks5://proxy.example:1080",
        "socks5://127.0.0.1",
        "socks5://127.0.0.1:0",
        "socks5://127.0.0.1:99999",
        "socks5://secret@127.0.0.1:1080",
        "http://secret:p\u00e4ss@127.0.0.1:1080",
        "http://se%3Acret:pass@127.0.0.1:1080",
        "http://127.0.0.1:1080/path",
        "http://[::1",
        "direct",
    ],
)
def test_a_proxy_that_cannot_carry_everything_is_refused_with_a_sentence(text):
    with pytest.raises(SettingsError, match=r"lookup\.proxy") as refused:
        Dialer(text)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("text", ["socks5://[2001:db8::1]:1080", "http://192.0.2.1:3128/"])
def test_proxies_by_address(text):
    assert Dialer(text).is_proxied
    assert not Dialer().is_proxied
