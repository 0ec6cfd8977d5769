"""Shipped tables of address ranges: packed in blocks, of which a question unpacks one.

A file has one line of JSON (what it is, from whom, of when, under which licence, and
how long its parts are), then the parts: for IPv4 and IPv6 each an index and blocks of
ranges, and at last blocks of texts. IPv6 is told apart by the first 64 bits only.
Built by ``tools/build_ip_tables.py``.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from ipaddress import ip_network
from itertools import accumulate
from typing import Any, TypeVar

from abusetrack.lookup.addresses import Address
from abusetrack.lookup.prefixes import Network

T = TypeVar("T")

COUNTRIES, ORIGINS = "ip_country.table", "ip_asn.table"

_KEPT = 32  # unpacked blocks of each kind
_LOW_BITS = {4: 0, 6: 64}  # of an address, which the table does not tell apart
_BITS = {4: 32, 6: 64}


@dataclass(frozen=True, slots=True)
class Range:
    """What a table says of the largest prefix around an address that it says one thing of."""

    prefix: Network
    text: str


class _Recent(OrderedDict[int, T]):
    """The blocks that were used last."""

    def find(self, number: int, make: Callable[[int], T]) -> T:
        if number in self:
            self.move_to_end(number)
            return self[number]
        made = self[number] = make(number)
        if len(self) > _KEPT:
            self.popitem(last=False)
        return made


class _Blocks:
    """Packed blocks in a row; ``ends`` is where each ends."""

    def __init__(self, data: memoryview, lengths: array[int]) -> None:
        self._data = data
        self._ends = list(accumulate(lengths, initial=0))

    def unpack(self, number: int) -> bytes:
        return zlib.decompress(self._data[self._ends[number] : self._ends[number + 1]])


class _Family:
    """The ranges of one IP version: block by block their starts and their values."""

    def __init__(self, version: int, head: dict[str, Any], data: memoryview) -> None:
        count, width = int(head["blocks"]), _BITS[version] // 8
        self._version = version
        self._code = "I" if width == 4 else "Q"
        self._value_code = {1: "B", 2: "H", 4: "I"}[head["value_bytes"]]
        self._rows = int(head["rows_per_block"])
        self._first = _array(self._code, data[: count * width])
        lengths = _array("I", data[count * width : count * (width + 4)])
        self._blocks = _Blocks(data[count * (width + 4) :], lengths)
        self._recent: _Recent[tuple[array[int], array[int]]] = _Recent()

    def find(self, address: Address) -> tuple[Network, int]:
        """Return the value's number, and the largest prefix of one value around ``address``."""
        low = _LOW_BITS[self._version]
        number = int(address) >> low
        block = bisect_right(self._first, number) - 1
        starts, values = self._recent.find(block, self._unpack)
        row = bisect_right(starts, number) - 1
        if row + 1 < len(starts):
            end = starts[row + 1]
        elif block + 1 < len(self._first):
            end = self._first[block + 1]
        else:
            end = 1 << _BITS[self._version]
        return _around(number, starts[row], end, self._version), values[row]

    def _unpack(self, number: int) -> tuple[array[int], array[int]]:
        raw = self._blocks.unpack(number)
        width, value_width = array(self._code).itemsize, array(self._value_code).itemsize
        count = len(raw) // (width + value_width)
        steps = _array(self._code, _woven(raw[: count * width], width))
        starts = array(self._code, accumulate(steps))
        return starts, _array(self._value_code, _woven(raw[count * width :], value_width))


class RangeTable:
    """One table, ready to be asked.

    Raises:
        ValueError: the file is no such table.
    """

    def __init__(self, packed: bytes) -> None:
        line, found, _rest = packed.partition(b"\n")
        if not found:
            raise ValueError("no header")
        head = json.loads(line)
        self.name: str = head["name"]
        self.dated = date.fromisoformat(head["date"])
        self.licence: str = head["licence"]
        self.source = f"table {self.name} {self.dated.isoformat()}"
        data, place = memoryview(packed), len(line) + 1
        self._families: dict[int, _Family] = {}
        for version, part in ((4, head["ipv4"]), (6, head["ipv6"])):
            self._families[version] = _Family(version, part, data[place : place + part["bytes"]])
            place += part["bytes"]
        count = int(head["texts"]["blocks"])
        lengths = _array("I", data[place : place + count * 4])
        self._per_block = int(head["texts"]["per_block"])
        self._texts = _Blocks(data[place + count * 4 :], lengths)
        self._recent: _Recent[list[str]] = _Recent()

    def find(self, address: Address) -> Range | None:
        """Return what the table says of ``address``; None where it says nothing."""
        prefix, value = self._families[address.version].find(address)
        if value == 0:
            return None
        block, place = divmod(value, self._per_block)
        return Range(prefix, self._recent.find(block, self._unpack)[place])

    def _unpack(self, number: int) -> list[str]:
        return self._texts.unpack(number).decode().split("\n")


@cache
def shipped(name: str) -> RangeTable:
    """Return the table ``name`` of the resources, read when first asked for."""
    return RangeTable((resources.files("abusetrack.resources") / "data" / name).read_bytes())


def _array(code: str, data: bytes | memoryview) -> array[int]:
    """Read little-endian numbers."""
    numbers = array(code)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _woven(data: bytes, width: int) -> bytes:
    """Put numbers together whose first bytes stand first, then all second ones, and so on."""
    count = len(data) // width
    out = bytearray(len(data))
    for place in range(width):
        out[place::width] = data[place * count : (place + 1) * count]
    return bytes(out)


def _around(number: int, first: int, end: int, version: int) -> Network:
    """Return the largest prefix with ``number`` inside ``first <= n < end``."""
    bits = _BITS[version]
    free = 0
    while free < bits:
        base = number >> (free + 1) << (free + 1)
        if base < first or base + (1 << (free + 1)) > end:
            break
        free += 1
    start = number >> free << free << _LOW_BITS[version]
    return ip_network((start, bits - free))
