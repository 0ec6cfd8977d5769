"""Which addresses are gone to, and which are asked about."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from abusetrack.lookup.addresses import endpoint, is_askable, is_public, literal

NOWHERE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "255.255.255.255",
    "240.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0.0.0.0",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:c0a8:101::1",
]
NOT_PUBLIC = [
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "192.0.0.9",
    "192.88.99.1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "64:ff9b:1::7f00:1",
    "2001:0:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "::127.0.0.1",
    "::ffff:0:7f00:1",
    "5f00::1",
    "4000::1",
    "1::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700::1",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("text", NOWHERE)
def test_what_is_nobodys_is_neither_gone_to_nor_asked_about(text):
    address = ip_address(text)
    assert not is_public(address)
    assert not is_askable(address)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_what_does_not_lead_to_the_public_internet_is_not_gone_to(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses(text):
    assert is_public(ip_address(text))
    assert is_askable(ip_address(text))


@pytest.mark.parametrize("text", ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1"])
def test_documentation_ranges_are_ordinary_where_they_are_only_asked_about(text):
    assert is_askable(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("0177.0.0.1", "0x7f.0.0.1", "2130706433", "127.1", "127.0.0.1.", "localhost"),
        *("fe80::1%eth0", "::1%0", "[::1]", "192.0.2.0/24"),
    ],
)
def test_odd_spellings_are_no_literal(text):
    assert literal(text) is None


def test_an_endpoint_is_written_so_that_it_can_be_read():
    assert endpoint("192.0.2.1", 43) == "192.0.2.1:43"
    assert endpoint("2001:db8::1", 43) == "[2001:db8::1]:43"
