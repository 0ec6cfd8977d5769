"""The packed tables of address ranges: as built, as shipped, and small enough."""

from __future__ import annotations

import importlib.util
import itertools
import tracemalloc
from importlib import resources
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.lookup import ranges
from abusetrack.lookup.ranges import RangeTable

HEAD = {"name": "practice", "date": "2026-02-01", "licence": "none"}
DOCUMENTATION = ["192.0.2.0", "198.51.100.255", "203.0.113.9", "2001:db8::1", "3fff:fff::1"]


@pytest.fixture(scope="module")
def builder():
    path = Path(__file__).parents[2] / "tools" / "build_ip_tables.py"
    spec = importlib.util.spec_from_file_location("build_ip_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def packed(builder):
    """Pack rows given as (first address, last address, text)."""

    def make(*rows):
        tables = {4: [], 6: []}
        for first, last, text in rows:
            start, end = ip_address(first), ip_address(last)
            tables[start.version].append((int(start), int(end), text))
        return RangeTable(builder.pack(HEAD, tables))

    return make


def test_what_is_said_of_an_address_and_around_it(packed):
    table = packed(
        ("192.0.2.0", "192.0.2.127", "64500 Example"),
        ("192.0.2.128", "192.0.2.191", "64501 Other"),
        ("192.0.2.192", "192.0.2.194", "64500 Example"),
        ("2001:db8::", "2001:db8:0:7:ffff:ffff:ffff:ffff", "64502 Six"),
    )
    assert table.source == "table practice 2026-02-01"
    for text, prefix, said in [
        ("192.0.2.0", "192.0.2.0/25", "64500 Example"),
        ("192.0.2.127", "192.0.2.0/25", "64500 Example"),
        ("192.0.2.130", "192.0.2.128/26", "64501 Other"),
        ("192.0.2.193", "192.0.2.192/31", "64500 Example"),
        ("192.0.2.194", "192.0.2.194/32", "64500 Example"),
        ("2001:db8::5", "2001:db8::/61", "64502 Six"),
    ]:
        assert table.find(ip_address(text)) == ranges.Range(ip_network(prefix), said)
    for text in ("192.0.1.255", "192.0.2.195", "2001:db8:0:8::", "0.0.0.0", "255.255.255.255"):
        assert table.find(ip_address(text)) is None


def test_what_is_smaller_than_64_bits_is_nobodys(packed):
    table = packed(("2001:db8::5", "2001:db8::9", "64500 Small"))
    assert table.find(ip_address("2001:db8::6")) is None


def test_where_ranges_overlap_the_later_start_counts(packed):
    table = packed(("192.0.2.0", "192.0.2.9", "A"), ("192.0.2.8", "192.0.2.15", "B"))
    assert [table.find(IPv4Address(f"192.0.2.{n}")).text for n in (7, 8, 15)] == ["A", "B", "B"]
    with pytest.raises(SystemExit, match="inside"):
        packed(("192.0.2.0", "192.0.2.9", "A"), ("192.0.2.4", "192.0.2.5", "B"))


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.sets(st.integers(1, 2**32 - 2), max_size=60),
    many=st.integers(0, 3000),
    texts=st.lists(st.text("ab ", max_size=3), min_size=1, max_size=5),
    asked=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=30),
)
def test_it_says_what_the_rows_say(builder, cuts, many, texts, asked):
    edges = sorted({0, 2**32, *cuts, *(1000 + 7 * n for n in range(many))})
    rows = [
        (first, last - 1, texts[n % len(texts)])
        for n, (first, last) in enumerate(itertools.pairwise(edges))
    ]
    table = RangeTable(builder.pack(HEAD, {4: rows, 6: []}))
    for number in [*asked, *(edge for edge in edges[:40] if edge < 2**32)]:
        address = IPv4Address(number)
        (true,) = (text for first, last, text in rows if first <= number <= last)
        found = table.find(address)
        assert (found.text if found else "") == true
        if found:
            same = {
                text
                for first, last, text in rows
                if first <= int(found.prefix.broadcast_address)
                and last >= int(found.prefix.network_address)
            }
            assert address in found.prefix
            assert same == {true}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]\n", b"\x00\n", b'{"name": "x"}\n'])
def test_what_is_no_table_is_refused(data):
    with pytest.raises((ValueError, KeyError, TypeError)):
        RangeTable(data)


@pytest.mark.parametrize("name", [ranges.COUNTRIES, ranges.ORIGINS])
def test_the_shipped_tables(name):
    table = ranges.shipped(name)
    assert table.licence.startswith("CC BY")
    assert table.dated.year >= 2026
    for text in DOCUMENTATION:
        assert table.find(ip_address(text)) is None
    steps = 2**32 // 5000
    said = [found.text for n in range(5000) if (found := table.find(IPv4Address(n * steps)))]
    assert len(said) > 3000  # of the unicast space most is announced
    said += [
        found.text
        for n in range(500)
        if (found := table.find(IPv6Address((0x2A00 << 112) + (n << 100))))
    ]
    if name == ranges.COUNTRIES:
        assert all(len(text) == 2 and text.isupper() for text in said)
        assert len(set(said)) > 50
    else:
        assert all(text.partition(" ")[0].isdigit() for text in said)
        assert len(set(said)) > 300


def test_the_shipped_tables_are_small_on_disk_and_in_memory():
    data = resources.files("abusetrack.resources") / "data"
    bodies = [(data / name).read_bytes() for name in (ranges.COUNTRIES, ranges.ORIGINS)]
    assert sum(map(len, bodies)) < 6 * 2**20
    tracemalloc.start()
    try:
        for body in bodies:
            RangeTable(body).find(IPv4Address(2**31))
        assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    finally:
        tracemalloc.stop()
