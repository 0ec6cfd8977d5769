"""The bounded client against servers that mean harm."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from abusetrack.lookup import http_reading
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.http import MAX_BODY, Http
from abusetrack.lookup.pacing import Pacer
from abusetrack.records import Outcome

PEM = Path(__file__).parent / "data" / "server.pem"


@pytest.fixture
def client(internet, clock):
    """Make a client; ``allowed`` are ports of loopback besides the RDAP server's."""

    @asynccontextmanager
    async def make(*, names=(), allowed=(), seconds=2.0, tls=None):
        ports = (internet.rdap.port, *allowed)
        made = Http(
            resolver=Resolver([("127.0.0.1", internet.dns.port)], seconds=1, sockets=10),
            pacer=Pacer(0),
            clock=clock,
            user_agent="abusetrack/0",
            allowed=frozenset({("127.0.0.1", port) for port in ports} | set(names)),
            seconds=seconds,
            tls=tls,
        )
        made.open()
        try:
            yield made
        finally:
            await made.close()

    return make


async def _get(client, url, *, seconds=10.0, **options):
    deadline = asyncio.get_running_loop().time() + seconds
    return await client.get(url, accept="application/json", deadline=deadline, **options)


def _raw(head: bytes, *chunks: bytes, endless: bytes = b""):
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        for chunk in chunks:
            writer.write(chunk)
        while endless:
            writer.write(endless)
            await writer.drain()

    return talk


async def test_a_plain_answer(internet, client):
    internet.rdap.answers["/x"] = web.Response(
        body=b"{}", content_type="application/rdap+json", headers={"ETag": '"1"'}
    )
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x", headers={"If-None-Match": '"0"'})
    assert (reply.outcome, reply.body, reply.status) == (Outcome.OK, b"{}", 200)
    assert (reply.media_type, reply.headers) == ("application/rdap+json", {"ETag": '"1"'})
    sent = internet.rdap.requests[0].headers
    assert sent["User-Agent"] == "abusetrack/0"
    assert sent["Accept-Encoding"] == "gzip"
    assert sent["If-None-Match"] == '"0"'
    assert "Cookie" not in sent


async def test_no_cookie_is_kept_and_no_proxy_of_the_environment_used(
    internet, client, monkeypatch
):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    internet.rdap.answers["/x"] = lambda request: web.Response(
        body=b"{}", headers={"Set-Cookie": "id=1"}
    )
    async with client() as c:
        await _get(c, f"{internet.rdap.base}x")
        reply = await _get(c, f"{internet.rdap.base}x")
    assert reply.outcome is Outcome.OK
    assert "Cookie" not in internet.rdap.requests[1].headers


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.NOT_FOUND),
        (500, Outcome.SERVER_ERROR),
        (501, Outcome.NO_SERVICE),
        (299, Outcome.MALFORMED),
    ],
)
async def test_statuses(internet, client, status, outcome):
    internet.rdap.answers["/x"] = web.Response(status=status, body=b"told")
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x")
    assert (reply.outcome, reply.detail, reply.body) == (outcome, f"HTTP {status}", b"told")


async def test_a_body_of_100_mb_is_not_read(client, stream_server):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
    stream_server.talk = _raw(head, b"x" * 1000)
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert (reply.outcome, reply.body) == (Outcome.TOO_LARGE, b"")


async def test_an_endless_body_is_cut(client, stream_server):
    stream_server.talk = _raw(b"HTTP/1.1 200 OK\r\n\r\n", endless=b"x" * 65536)
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert (reply.outcome, reply.body) == (Outcome.TOO_LARGE, b"")


async def test_an_endless_chunked_body_is_cut(client, stream_server):
    stream_server.talk = _raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        endless=b"8000\r\n" + b"x" * 0x8000 + b"\r\n",
    )
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert reply.outcome is Outcome.TOO_LARGE


async def test_endless_headers_end(client, stream_server):
    stream_server.talk = _raw(b"HTTP/1.1 200 OK\r\n", endless=b"X-Head: " + b"x" * 500 + b"\r\n")
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert reply.outcome is Outcome.MALFORMED


async def test_a_dripping_body_is_timed_out(client, stream_server):
    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    stream_server.talk = drip
    async with client(allowed=[stream_server.port], seconds=0.2) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert (reply.outcome, reply.detail) == (Outcome.TIMED_OUT, "no answer in 0.2 s")


async def test_gzip_is_unpacked(internet, client):
    internet.rdap.answers["/x"] = web.Response(
        body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"}
    )
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x")
    assert reply.body == b'{"a": 1}'


async def test_a_gzip_bomb_does_not_go_off(internet, client, monkeypatch):
    unpacked = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *args):
            self._real = real(*args)

        def decompress(self, *args):
            out = self._real.decompress(*args)
            unpacked.append(len(out))
            return out

        @property
        def eof(self):
            return self._real.eof

    monkeypatch.setattr(http_reading.zlib, "decompressobj", Watched)
    bomb = gzip.compress(b"\0" * 100_000_000)
    internet.rdap.answers["/x"] = web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x")
    assert reply.outcome is Outcome.TOO_LARGE
    assert sum(unpacked) == MAX_BODY + 1


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"x" * 1000, mtime=0)[:-9]),
        ("br", b"x"),
        ("deflate, gzip", b"x"),
    ],
)
async def test_a_body_that_cannot_be_unpacked(client, stream_server, coding, body):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    stream_server.talk = _raw(head.encode(), body)
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert (reply.outcome, reply.body) == (Outcome.MALFORMED, b"")


@pytest.mark.parametrize("body", [b"garbage\r\n\r\n", b"HTTP/1.1 9x OK\r\n\r\n", b"\0" * 500])
async def test_what_is_no_http(client, stream_server, body):
    stream_server.talk = _raw(body)
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert reply.outcome is Outcome.MALFORMED


async def test_a_server_that_hangs_up(client, stream_server):
    stream_server.talk = _raw(b"")
    async with client(allowed=[stream_server.port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/")
    assert reply.outcome is Outcome.UNREACHABLE


async def test_nobody_there(client, internet):
    async with AsyncExitStack() as stack:
        server = type(internet.whois)()
        await server.start(stack)
        port = server.port
        internet.further.add(port)
    async with client(allowed=[port]) as c:
        reply = await _get(c, f"http://127.0.0.1:{port}/")
    assert reply.outcome is Outcome.UNREACHABLE


def _moved(where, status=302):
    return lambda request: web.Response(status=status, headers={"Location": where})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(internet, client, status):
    internet.rdap.answers["/a"] = _moved("/b?c=1", status)
    internet.rdap.answers["/b"] = web.Response(body=b"there")
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}a")
    assert reply.body == b"there"


async def test_a_redirect_loop_ends(internet, client):
    internet.rdap.answers["/a"] = _moved("/b")
    internet.rdap.answers["/b"] = _moved("/a")
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}a")
    assert (reply.outcome, reply.detail) == (Outcome.UNSAFE, "a redirect loop")
    assert internet.rdap.asked == ["/a", "/b"]


async def test_four_redirects_and_no_more(internet, client):
    for n in range(6):
        internet.rdap.answers[f"/{n}"] = _moved(f"/{n + 1}")
    internet.rdap.answers["/5"] = web.Response(body=b"fifth")
    async with client() as c:
        four = await _get(c, f"{internet.rdap.base}1")
        five = await _get(c, f"{internet.rdap.base}0")
    assert four.body == b"fifth"
    assert (five.outcome, five.detail) == (Outcome.UNSAFE, "more than 4 redirects")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{other}/",
        "http://localhost:{other}/",
        "http://[::1]:{other}/",
        "http://2130706433:{other}/",
        "http://0x7f.1:{other}/",
        "http://127.1:{other}/",
        "http://[::ffff:127.0.0.1]:{other}/",
        "http://private.test:{other}/",
        "http://user:secret@127.0.0.1:{rdap}/b",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{rdap}/",
        "gopher://x.test/",
        "http://",
        "http://[bad/",
        "http://x.test:99999/",
        "//",
    ],
)
async def test_redirects_to_where_we_do_not_go(internet, client, stream_server, target):
    internet.dns.records["private.test", "A"] = ["127.0.0.1", "10.0.0.1"]
    internet.dns.records["private.test", "AAAA"] = ["::1", "fd00::1", "64:ff9b::7f00:1"]
    target = target.format(other=stream_server.port, rdap=internet.rdap.port)
    internet.rdap.answers["/a"] = _moved(target)
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}a")
    assert reply.outcome is Outcome.UNSAFE, reply
    assert internet.rdap.asked == ["/a"]
    assert stream_server.asked == []


async def test_a_name_that_leads_to_a_private_address_is_not_gone_to(internet, client):
    internet.dns.records["rdap.test", "A"] = ["127.0.0.1"]
    async with client() as c:
        reply = await _get(c, f"https://rdap.test:{internet.rdap.port}/")
    assert reply.outcome is Outcome.UNSAFE
    assert "private address" in reply.detail
    assert internet.rdap.asked == []


async def test_a_listed_name_may_be_private_and_is_pinned(internet, client):
    internet.dns.records["rdap.test", "A"] = ["127.0.0.1"]
    internet.rdap.answers["/x"] = lambda request: web.Response(body=b"ok")
    port = internet.rdap.port
    async with client(names=[("rdap.test", port)]) as c:
        first = await _get(c, f"http://rdap.test:{port}/x")
        # What the name says later does not matter to checked connections.
        internet.dns.records["rdap.test", "A"] = ["192.0.2.1"]
        second = await _get(c, f"http://RDAP.test:{port}/x")
    assert (first.body, second.body) == (b"ok", b"ok")
    assert internet.rdap.requests[0].headers["Host"] == f"rdap.test:{port}"
    assert {name for name, _, _ in internet.dns.asked} == {"rdap.test"}
    assert len(internet.dns.asked) == 2


async def test_many_at_once_resolve_a_server_once(internet, client):
    internet.dns.records["rdap.test", "A"] = ["127.0.0.1"]
    internet.rdap.answers["/x"] = lambda request: web.Response(body=b"ok")
    port = internet.rdap.port
    async with client(names=[("rdap.test", port)]) as c:
        replies = await asyncio.gather(*(_get(c, f"http://rdap.test:{port}/x") for _ in range(30)))
    assert {reply.body for reply in replies} == {b"ok"}
    assert len(internet.dns.asked) == 2


async def test_a_server_without_an_address(internet, client):
    async with client() as c:
        reply = await _get(c, "https://absent.test/")
    assert (reply.outcome, "not found" in reply.detail) == (Outcome.UNREACHABLE, True)


async def test_plain_http_is_asked_only_where_it_is_listed(internet, client):
    internet.dns.records["plain.test", "A"] = ["10.0.0.1"]
    async with client() as c:
        refused = await _get(c, "http://plain.test/")
        tried = await _get(c, "http://plain.test/", plain=True)
    assert refused.detail == "plain http instead of https"
    assert "private address" in tried.detail


@pytest.mark.parametrize("host", ["shop.test", "www.shop.test", "SHOP.test.", "a.b.shop.test"])
async def test_the_reported_domain_itself_is_never_gone_to(internet, client, host):
    internet.rdap.answers["/a"] = _moved(f"https://{host}/")
    async with client() as c:
        direct = await _get(c, f"https://{host}/", avoid="shop.test")
        moved = await _get(c, f"{internet.rdap.base}a", avoid="shop.test")
    assert direct.detail == moved.detail == "the reported domain itself"
    assert internet.dns.asked == []


@pytest.fixture
async def https_server(internet):
    """An https server for the name rdap.registry.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    answers = {}

    async def handle(request):
        return answers[request.path](request)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    internet.further.add(port)
    for name in ("rdap.registry.test", "other.test"):
        internet.dns.records[name, "A"] = ["127.0.0.1"]
    yield port, answers
    await runner.cleanup()


async def test_https_checks_the_name_and_is_never_left(internet, client, https_server):
    port, answers = https_server
    answers["/x"] = lambda request: web.Response(body=b"safe")
    answers["/down"] = _moved(f"http://plain.test:{port}/x")
    trusting = ssl.create_default_context(cafile=PEM)
    names = [("rdap.registry.test", port), ("other.test", port)]
    async with client(names=names, tls=trusting) as c:
        good = await _get(c, f"https://rdap.registry.test:{port}/x")
        down = await _get(c, f"https://rdap.registry.test:{port}/down", plain=True)
        other = await _get(c, f"https://other.test:{port}/x")
    async with client(names=names) as c:
        untrusted = await _get(c, f"https://rdap.registry.test:{port}/x")
    assert good.body == b"safe"
    assert (down.outcome, down.detail) == (Outcome.UNSAFE, "plain http instead of https")
    assert other.outcome is Outcome.UNSAFE
    assert (untrusted.outcome, "certificate" in untrusted.detail) == (Outcome.UNSAFE, True)


def _limited(times, headers=None, status=429):
    seen = []

    def answer(request):
        seen.append(request)
        if len(seen) <= times:
            return web.Response(status=status, headers=headers or {})
        return web.Response(body=b"at last")

    return answer


@pytest.mark.parametrize("status", [429, 503])
async def test_come_later_in_seconds_is_respected(internet, client, status):
    internet.rdap.answers["/x"] = _limited(1, {"Retry-After": "0"}, status)
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x")
    assert reply.body == b"at last"


async def test_come_later_by_date_is_respected(internet, client, clock):
    later = format_datetime(clock.now() + timedelta(seconds=3600), usegmt=True)
    now = format_datetime(clock.now(), usegmt=True)
    internet.rdap.answers["/late"] = _limited(9, {"Retry-After": later})
    internet.rdap.answers["/x"] = _limited(1, {"Retry-After": now})
    async with client() as c:
        soon = await _get(c, f"{internet.rdap.base}x")
        late = await _get(c, f"{internet.rdap.base}late")
        other = await _get(c, f"{internet.rdap.base}x")
    assert soon.body == b"at last"
    assert (late.outcome, late.status) == (Outcome.RATE_LIMITED, 429)
    # The host is left alone for the rest: told at once, not asked.
    assert (other.outcome, other.status) == (Outcome.RATE_LIMITED, 0)
    assert internet.rdap.asked == ["/x", "/x", "/late"]


async def test_a_server_that_never_lets_us_is_not_asked_for_ever(internet, client):
    internet.rdap.answers["/x"] = _limited(99, {"Retry-After": "0"})
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x")
    assert reply.outcome is Outcome.RATE_LIMITED
    assert len(internet.rdap.asked) == 3


async def test_a_503_that_names_no_time_is_a_failure_and_no_wish(internet, client):
    internet.rdap.answers["/x"] = _limited(2, status=503)
    async with client() as c:
        replies = [await _get(c, f"{internet.rdap.base}x") for _ in range(3)]
    outcomes = [reply.outcome for reply in replies]
    assert outcomes == [Outcome.SERVER_ERROR, Outcome.SERVER_ERROR, Outcome.OK]


@pytest.mark.parametrize("how", ["seconds", "date"])
async def test_nobody_makes_us_wait_for_more_than_a_day(internet, client, clock, how):
    later = format_datetime(clock.now() + timedelta(days=400), usegmt=True)
    value = "99999999" if how == "seconds" else later
    internet.rdap.answers["/x"] = _limited(9, {"Retry-After": value})
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x", seconds=0.5)
    assert (reply.outcome, reply.retry_after) == (Outcome.RATE_LIMITED, 86400.0)


@pytest.mark.parametrize("value", ["soon", "-1", "1e9", "99999999999999999999", "²", ""])
async def test_odd_retry_after(internet, client, value):
    internet.rdap.answers["/x"] = _limited(99, {"Retry-After": value})
    async with client() as c:
        reply = await _get(c, f"{internet.rdap.base}x", seconds=0.1)
    assert reply.outcome is Outcome.RATE_LIMITED


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.1/x", "https://0x7f.1/x", "https://0177.0.0.1/x", "https://2130706433/x"),
        *("https://127.0.0.1./x", "https://[::ffff:127.0.0.1]/x", "https://[fe80::1%25lo]/x"),
        *("https://localhost/x", "https://localhost./x", "https://１２７.0.0.1/x"),
        *("https://user@good.test/x", "https://good.test@other.test/x", "https://good.test:0/x"),
        *("https://good.test:25/x", "https://good.test:22/x", "https://good.test:6666666/x"),
        *("https://shop.test/x", "https://SHOP.test./x", "https://a.shop。test/x"),
        *("https://sh%6fp.test/x", "https://good..test/x", "https://.test/x", "https://-.test/x"),
        *("file:///etc/passwd", "gopher://good.test/x", "ftp://good.test/x", "data:,x"),
        *("http://good.test/x", "//good.test/x", "https:///x", "https:good.test", "\\\\good.test"),
    ],
)
async def test_places_that_are_not_gone_to(internet, client, url):
    internet.rdap.answers["/start"] = web.Response(status=302, headers={"Location": url})
    async with client() as c:
        direct = await _get(c, url, avoid="shop.test")
        assert direct.outcome is Outcome.UNSAFE
        if not url.startswith(("http://", "//", "https:good", "\\")):
            redirected = await _get(c, f"{internet.rdap.base}start", avoid="shop.test")
            assert redirected.outcome is Outcome.UNSAFE
    assert internet.dns.asked == []


@pytest.mark.parametrize(
    "address",
    ["fec0::1", "3fff::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001::1"],
)
async def test_names_that_lead_to_odd_addresses_are_not_gone_to(internet, client, address):
    internet.dns.records["good.test", "AAAA"] = [address]
    async with client() as c:
        reply = await _get(c, "https://good.test/x")
    assert reply.outcome is Outcome.UNSAFE


async def test_line_ends_in_a_redirect_make_no_header(internet, client):
    location = f"{internet.rdap.base}y%0d%0aX-Evil:1"
    internet.rdap.answers["/x"] = web.Response(status=302, headers={"Location": location})
    async with client() as c:
        await _get(c, f"{internet.rdap.base}x")
        await _get(c, f"{internet.rdap.base}z\r\nX-Evil: 1")
    assert all("X-Evil" not in request.headers for request in internet.rdap.requests)


async def test_headers_of_any_bytes_become_text_that_can_be_stored(internet, stream_server, client):
    heads = [b"Content-Type: \xff\xfe\xe2\x80\xae/json", b"Content-Encoding: \xff\xe2\x80\xae"]
    heads.append(b"ETag: \xff")  # would be sent back
    for head in heads:
        stream_server.talk = _raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + head + b"\r\n\r\n{}"
        )
        async with client(allowed=[stream_server.port]) as c:
            reply = await _get(c, f"http://127.0.0.1:{stream_server.port}/x")
        told = reply.detail + reply.media_type
        told.encode("utf-8")
        assert told.isprintable()
        assert reply.headers == {}
