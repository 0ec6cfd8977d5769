"""A desk that reaches its partner by a proxy alone: a real one, in a process of its own."""

from __future__ import annotations

import ssl
from dataclasses import replace

import pytest

from abusetrack.errors import ExternalError, SettingsError
from abusetrack.exchange import taxii
from abusetrack.records import Level
from abusetrack.settings import PartnerSettings
from tests.exchange.hostile_server import PATH, HostileServer
from tests.lookup.test_proxy import Proxy

HOST = "taxii.partner.example"  # only the proxy knows the way
SECRET = "pa55word"


@pytest.fixture
def server(certificate_for, monkeypatch):
    """The partner's server, with a certificate for its name."""
    pem = certificate_for(HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    made = HostileServer(context)
    yield made
    made.close()


@pytest.fixture
def proxy(server):
    """Start a proxy that knows the way; returns it."""
    started = []

    def start(login="-", leads_to=HOST):
        started.append(Proxy(login, [f"{leads_to}:443=127.0.0.1:{server.port}"]))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.communicate(timeout=10)


@pytest.fixture
def at(desk, own_keyring):
    """The desk with these settings of its partner, and of lookups."""
    own_keyring.set_password("abusetrack", "taxii there", SECRET)

    def make(lookup_proxy="", **fields):
        given = {"level": Level.HOST, "taxii_user": "desk", "taxii_url": f"https://{HOST}{PATH}"}
        partner = PartnerSettings(**{**given, **fields})
        lookup = desk.settings.lookup.but({"proxy": lookup_proxy})
        update = {"partners": {"there": partner}, "lookup": lookup}
        return replace(desk, settings=desk.settings.but(update))

    return make


def by_name(proxy):
    """The proxy's own place, by a name that the system knows."""
    return f"localhost:{proxy.port}"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("login", ["", "office:p%40ss@"])
@pytest.mark.parametrize("setting", ["taxii_proxy", "lookup_proxy"])
def test_the_proxy_is_asked_for_a_tunnel_by_name_and_sees_no_more(
    server, proxy, at, case, scheme, login, setting
):
    started = proxy("office:p@ss" if login else "-")
    made = at(**{setting: f"{scheme}://{login}{by_name(started)}"})
    found = taxii.fetch(made, case, "there")
    assert found.incoming.said == []
    assert [asked.path for asked in server.asked] == [PATH, f"{PATH}objects/"]
    assert all("authorization" in asked.headers for asked in server.asked)
    assert not any("proxy-authorization" in asked.headers for asked in server.asked)
    told = started.stop()
    how = "connect" if scheme == "http" else "socks5"
    own = "office:p@ss" if login else ""
    assert told == [
        {"how": how, "host": HOST, "port": 443, "is_name": True, "login": own}
    ] * len(server.asked)  # fmt: skip


def test_with_direct_or_without_a_setting_no_proxy_is_asked(
    proxy, at, case, monkeypatch, socket_guard
):
    started = proxy()
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{by_name(started)}")
    for made in (
        at(),
        at(lookup_proxy=f"http://{by_name(started)}", taxii_proxy="direct"),
    ):
        with pytest.raises(ExternalError, match="cannot be reached; try again later"):
            taxii.fetch(made, case, "there")
    assert started.stop() == []
    assert len(socket_guard.violations) == 2  # the name was looked up here, and not found
    socket_guard.violations.clear()


def test_this_machine_is_reached_directly_and_nothing_plain_goes_to_a_proxy(proxy, at, case):
    started = proxy()
    plain = HostileServer()
    try:
        taxii.fetch(
            at(taxii_proxy=f"http://{by_name(started)}", taxii_url=plain.url), case, "there"
        )
        assert plain.asked
    finally:
        plain.close()
    assert started.stop() == []


def test_a_proxy_in_the_middle_that_answers_itself_is_not_taken_for_the_server(
    server, proxy, at, case
):
    made = at(
        taxii_proxy=f"http://{by_name(proxy(leads_to='another.example'))}",
        taxii_url=f"https://another.example{PATH}",
    )
    with pytest.raises(ExternalError, match="a certificate that is not valid for it"):
        taxii.fetch(made, case, "there")
    assert server.asked == []


@pytest.mark.parametrize(
    ("login", "leads_to", "said"),
    [
        ("office:other", HOST, "the proxy does not connect us"),
        ("-", "elsewhere.example", "the proxy does not connect us"),
        (None, HOST, "the proxy cannot be reached"),
    ],
)
def test_what_a_proxy_refuses_is_one_sentence(server, proxy, at, case, login, leads_to, said):
    started = proxy(login or "-", leads_to)
    if login is None:
        started.stop()
    with pytest.raises(ExternalError, match=said) as caught:
        taxii.fetch(at(taxii_proxy=f"http://office:p@{by_name(started)}"), case, "there")
    text = str(caught.value)
    assert text.endswith("; check the proxy's settings.")
    for hidden in (SECRET, "127.0.0.1", HOST, "office"):
        assert hidden not in text
    assert caught.value.__cause__ is None
    assert server.asked == []


@pytest.mark.parametrize(
    "wrong", ["https://proxy.example:8080", "proxy.example:8080", "http://proxy.example", "http://"]
)
def test_what_is_no_proxy_is_said_without_repeating_it(at, case, wrong):
    with pytest.raises(SettingsError, match=r"partners\.there\.taxii_proxy") as caught:
        taxii.fetch(at(taxii_proxy=wrong.replace("//", "//user:secret@")), case, "there")
    assert "secret" not in str(caught.value)
