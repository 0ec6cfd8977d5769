"""Registrar names, statuses and name servers as they stand behind a key."""

from __future__ import annotations

import pytest

from abusetrack.lookup.whois_values import name_servers, registrar, statuses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alpha Names ( https://registry.test/registrar/5 )", "Alpha Names"),
        ("Alpha Names (http://www.alpha.example)", "Alpha Names"),
        ("Alpha Names http://www.alpha.example", "Alpha Names"),
        ("Alpha Names(http://alpha.example)", "Alpha Names(http://alpha.example)"),
        ("Alpha Names Ltd. (R37-LRTS)", "Alpha Names Ltd."),
        ("<b>Alpha</b> Names", "Alpha Names"),
        ("N/A", None),
        ("No registrar listed. Registered directly with the registry.", None),
        ("-", None),
    ],
)
def test_registrar(text, expected):
    assert registrar(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clientHold https://icann.org/epp#clientHold", ("clientHold",)),
        ("clientHold (https://icann.org/epp#clientHold)", ("clientHold",)),
        ("CLIENTHOLD", ("clientHold",)),
        ("CLIENT HOLD", ("CLIENT HOLD",)),
        ("serverHold (by order) https://icann.org/epp#serverHold (by order)", ("serverHold",)),
        ("clientHold - not in the zone", ("clientHold",)),
        ("clientHold serverHold", ("clientHold", "serverHold")),
        ("REGISTERED, DELEGATED", ("REGISTERED", "DELEGATED")),
        ("ok (paid and in zone)", ("ok",)),
        ("Connected (2027/03/31)", ("Connected",)),
        ("NOT AVAILABLE", ("NOT AVAILABLE",)),
        ("Registered until expiry date.", ("Registered",)),
        ("N/A", ()),
        ("", ()),
    ],
)
def test_statuses(text, expected):
    assert statuses([text]) == expected


def test_a_status_counts_once():
    assert statuses(["ok", "OK"]) == ("ok",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NS1.ALPHA.EXAMPLE.", ("ns1.alpha.example",)),
        ("ns1.alpha.example [192.0.2.1 2001:db8::1]", ("ns1.alpha.example",)),
        ("ns1.alpha.example. - 192.0.2.1", ("ns1.alpha.example",)),
        ("ns1.alpha.example [Ok]", ("ns1.alpha.example",)),
        ("ns1.alpha.example, ns2.alpha.example", ("ns1.alpha.example", "ns2.alpha.example")),
        ("shop.test NS ns1.alpha.example.", ("ns1.alpha.example",)),
        ("ns1.alpha.example. not.defined.", ("ns1.alpha.example",)),
        ("see at www.registry.test", ()),
        ("192.0.2.1", ()),
        ("NSGO26H-TEST", ()),
        ("shop.test", ()),
    ],
)
def test_name_servers(text, expected):
    assert name_servers([text], "shop.test") == expected
