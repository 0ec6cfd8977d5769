"""Against servers that mean harm: each ends in one sentence, with nothing taken in."""

from __future__ import annotations

import gzip
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from abusetrack.casefile import partners
from abusetrack.errors import ExternalError, InputError
from abusetrack.exchange import taxii
from abusetrack.exchange.errand import Doing, Errand, Step, StoppedError
from abusetrack.exchange.taxii_http import LIMITS
from abusetrack.records import Level
from abusetrack.settings import PartnerSettings
from tests.exchange.hostile_server import COLLECTION, PATH, HostileServer, reply

PEM = Path(__file__).parents[1] / "lookup" / "data" / "server.pem"
SECRET = "pa55 wörd łó"  # beyond Latin-1
QUICK = replace(LIMITS, answer_seconds=0.5)


@pytest.fixture
def pull(desk, case, server, own_keyring, caplog):
    """Pull, and return the sentence of what goes wrong; nothing of it may be kept."""
    own_keyring.set_password("abusetrack", "taxii there", SECRET)

    def run(limits=LIMITS, **fields):
        given = {"level": Level.HOST, "taxii_url": server.url, "taxii_user": "desk", **fields}
        settings = desk.settings.but({"partners": {"there": PartnerSettings(**given)}})
        with pytest.raises((ExternalError, InputError)) as caught:
            taxii.pull(replace(desk, settings=settings), case, "there", limits)
        said = str(caught.value)
        assert case.value("SELECT count(*) FROM fact") == 0
        assert partners.read_until(case, "there", given["taxii_url"]) is None
        for hidden in (SECRET, "127.0.0.1", "evil"):
            assert hidden not in said
            assert hidden not in caplog.text
        assert said.count(". ") == 0
        assert caught.value.__cause__ is None
        return said

    return run


@pytest.fixture
def server():
    made = HostileServer()
    yield made
    made.close()


@pytest.fixture
def other():
    made = HostileServer()
    yield made
    made.close()


def _moved(to, status="302 Found"):
    return reply(b"", status, kind="", Location=to)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Kept", "308 Kept"])
def test_another_server_is_never_gone_to(server, other, pull, status):
    server.answers["objects/"] = _moved(other.url + "objects/", status)
    assert "sends us on to another one, to which nothing was sent" in pull()
    assert other.asked == []


@pytest.mark.parametrize("to", ["//evil.example/", "http://desk:x@127.0.0.1:1/", "http://evil/"])
def test_nor_one_that_looks_alike(server, pull, to):
    server.answers["objects/"] = _moved(to)
    assert "to another one" in pull()


@pytest.mark.parametrize("to", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://[", "é\x80"])
def test_a_redirect_to_nowhere(server, pull, to):
    server.answers["objects/"] = _moved(to)
    assert "The server of there" in pull()


def test_a_redirect_on_the_same_server_is_followed_a_few_times(server, pull):
    server.answers["objects/"] = _moved("/moved/")
    server.answers["moved/"] = reply(b"", "403 Forbidden")
    assert "does not let our account" in pull()
    server.answers["moved/"] = _moved("/moved/")
    assert "without an end" in pull()
    assert len(server.asked) < 15


def test_https_is_never_left(pull, server, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    secure = HostileServer(context)
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
        # Its certificate is for another name: it is not even told who we are.
        assert "a certificate that is not valid for it" in pull(taxii_url=secure.url)
        monkeypatch.delenv("SSL_CERT_FILE")
        assert "a certificate that is not valid for it" in pull(taxii_url=secure.url)
        assert secure.asked == []
    finally:
        secure.close()


def test_from_https_to_http_nothing_is_sent(pull, server, certificate_of_loopback, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_of_loopback)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_of_loopback))
    secure = HostileServer(context)
    try:
        secure.answers["objects/"] = _moved(f"http://127.0.0.1:{secure.port}{PATH}objects/")
        assert "to another one" in pull(taxii_url=secure.url)
        secure.answers["objects/"] = _moved(server.url)
        assert "to another one" in pull(taxii_url=secure.url)
        assert server.asked == []
        assert [asked.path for asked in secure.asked] == [PATH, f"{PATH}objects/"] * 2
    finally:
        secure.close()


def test_credentials_come_from_the_keyring_alone(server, pull, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers["/"] = reply(b"", "401 Unauthorized")
    assert "asks for a user name" in pull(taxii_user="")
    assert "authorization" not in server.asked[0].headers
    with_login = server.url.replace("http://", "http://desk:secret@")
    assert "no user name or password" in pull(taxii_url=with_login)
    assert "https://" in pull(taxii_url="https://[")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        ("401 Unauthorized", {}, "'abusetrack taxii password there' asks for it again"),
        ("403 Forbidden", {}, "does not let our account do this"),
        ("404 Not Found", {}, "check partners.there.taxii_url"),
        ("406 Not Acceptable", {}, "does not speak TAXII 2.1"),
        ("429 Slow down", {"Retry_After": "390"}, "do it again in 7 min"),
        ("503 Busy", {"Retry_After": "Thu, 01 Jan 1970 00:00:00 GMT"}, "do it again later"),
        ("503 Busy", {"Retry_After": "evil"}, "do it again later"),
        ("503 Busy", {"Retry_After": "9" * 500}, "do it again in 1440 min"),
        ("500 Broken", {}, "HTTP 500"),
        ("413 Too Large", {}, "HTTP 413"),
    ],
)
@pytest.mark.parametrize("path", ["/", "objects/"])
def test_refusals(server, pull, status, headers, said, path):
    server.answers[path] = reply({"title": f"evil {SECRET}"}, status, **headers)
    assert said in pull()


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
def test_a_busy_server_is_waited_for_as_it_asks(server, desk, case, status):
    answers = [reply({}, status, Retry_After="1"), reply({}, status, Retry_After="1"), reply({})]
    server.answers["objects/"] = lambda _asked: answers.pop(0)
    partner = PartnerSettings(level=Level.HOST, taxii_url=server.url)
    settings = desk.settings.but({"partners": {"there": partner}})
    told = []
    found = taxii.fetch(replace(desk, settings=settings), case, "there", errand=Errand(told.append))
    assert found.incoming.said == []
    assert told == [Step(Doing.WAITING, 1), Step(Doing.WAITING, 1), Step(Doing.READING, 0)]
    assert answers == []


def test_but_not_longer_than_is_bearable_in_all(server, pull):
    server.answers["objects/"] = reply({}, "503 Busy", Retry_After="1")
    assert "is busy" in pull(replace(LIMITS, busy_seconds=1.5))
    assert len(server.asked) == 3


@pytest.mark.parametrize("answer", ["busy", "silent"])
def test_who_waits_can_stop(server, desk, case, answer):
    def silent(asked):
        asked.stopping.wait(20)
        yield b""

    busy = reply({}, "503 Busy", Retry_After="200")
    server.answers["objects/"] = busy if answer == "busy" else silent
    partner = PartnerSettings(level=Level.HOST, taxii_url=server.url)
    settings = desk.settings.but({"partners": {"there": partner}})
    errand = Errand(lambda step: errand.stop())
    if answer == "silent":
        threading.Timer(0.3, errand.stop).start()
    with pytest.raises(StoppedError, match="do it again to go on"):
        taxii.fetch(replace(desk, settings=settings), case, "there", errand=errand)
    assert case.value("SELECT count(*) FROM fact") == 0


def _drip(parts):
    def run(asked):
        yield from parts
        while not asked.stopping.wait(0.02):
            yield b" "

    return run


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", reply({})[:-1].replace(b"Length: 2", b"Length: 900")],
)
def test_a_byte_now_and_then_ends_at_the_deadline(server, pull, start):
    server.answers["objects/"] = _drip([start])
    assert "no whole answer came in time" in pull(QUICK)


def test_a_server_that_says_nothing_and_one_that_goes_on_for_ever(server, pull):
    def wait(asked):
        asked.stopping.wait(20)
        yield b""

    server.answers["objects/"] = wait
    assert "no whole answer" in pull(QUICK)

    def informed(asked):
        while not asked.stopping.wait(0.001):
            yield b"HTTP/1.1 100 Continue\r\n\r\n"

    server.answers["objects/"] = informed
    assert "The server of there" in pull(QUICK)


def test_all_of_it_has_a_limit_of_time(server, pull):
    assert "takes too long for all of it" in pull(replace(LIMITS, all_seconds=0))
    assert server.asked == []


def test_a_huge_body_is_not_read(server, pull):
    server.answers["objects/"] = reply(b"{}").replace(b"Length: 2", b"Length: 9999999999")
    assert "more than 16 MB in one answer" in pull()

    def endless(asked):
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/taxii+json\r\n\r\n"
        while not asked.stopping.is_set():
            yield b" " * 65536

    server.answers["objects/"] = endless
    assert "more than 16 MB in one answer" in pull()


def test_a_gzip_bomb_is_not_unpacked(server, pull):
    bomb = gzip.compress(b" " * 64 * 2**20)
    server.answers["objects/"] = reply(bomb, Content_Encoding="gzip")
    assert len(bomb) < 2**20
    assert "more than 16 MB in one answer" in pull()
    server.answers["objects/"] = reply(bomb[:-9], Content_Encoding="br")
    assert "not TAXII 2.1" in pull()
    server.answers["objects/"] = reply(gzip.compress(b"{}")[:-3], Content_Encoding="gzip")
    assert "not TAXII 2.1" in pull()


@pytest.mark.parametrize(
    "answer",
    [
        reply({}, kind="text/html"),
        reply({}, kind="application/vnd.oasis.taxii+json;version=2.0"),
        reply({}, kind="application/taxii+json"),
        reply({}, kind=""),
        reply(b'{"objects": [{"id": "x"'),
        reply(b"[" * 200_000),
        reply(b'{"objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        reply(b'{"more": ' + b"9" * 5000 + b"}"),
        reply(b"\xff\xfe\x00evil"),
        reply(b""),
        reply([]),
        reply("evil"),
        reply(None),
        reply(7),
        reply({"title": "evil"}),
        reply({"objects": {}}),
        reply({"objects": ["evil"]}),
        reply({"objects": None}),
        reply({"objects": [{"id": "a"}], "more": True}),
        reply({"objects": [{"id": "a"}], "more": True, "next": 7}),
        reply({"objects": [{"id": "a"}], "more": True, "next": "x" * 100_000}),
        reply(b"", status="204 No Content", kind=""),
    ],
    ids=range(22),
)  # fmt: skip
def test_what_is_no_envelope(server, pull, answer):
    server.answers["objects/"] = answer
    assert "something that is not TAXII 2.1" in pull()


@pytest.mark.parametrize(
    "collection",
    [
        [], "evil", {}, {"self": 1}, {**COLLECTION, "id": "another"}, {**COLLECTION, "id": [1]},
        {**COLLECTION, "title": None}, {**COLLECTION, "url": "evil", "self": "evil"},
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_collection(server, pull, collection):
    server.answers["/"] = reply(collection)
    assert "something that is not TAXII 2.1" in pull()


def test_a_collection_that_may_not_be_read(server, pull):
    server.answers["/"] = reply({**COLLECTION, "can_read": False})
    assert "does not let our account do this" in pull()


def test_what_is_no_http(server, pull):
    server.answers["objects/"] = b"220 mail.evil.example ESMTP\r\n"
    assert "The server of there" in pull()
    server.answers["objects/"] = b""
    assert "broke off" in pull()
    server.answers["objects/"] = lambda asked: iter([reply({})[:-1], None])
    assert "broke off" in pull()


def test_roots_that_point_elsewhere_are_not_asked_for(server, other, pull):
    named = {**COLLECTION, "api_roots": [other.url], "url": other.url, "objects_url": other.url}
    server.answers["/"] = reply(named)
    server.answers["objects/"] = reply({"objects": [], "more": True, "next": other.url})
    assert "the same over and over" in pull()
    assert other.asked == []
