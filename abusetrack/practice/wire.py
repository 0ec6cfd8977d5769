"""DNS messages on the wire (RFC 1035, 6891, 8914), as far as a small resolver needs them.

Made by hand: a benchmark measures the client only where the server is far from its
ceiling, and a general library costs ten times as much per answer.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

A, NS, CNAME, SOA, MX, TXT, AAAA, OPT = 1, 2, 5, 6, 15, 16, 28, 41
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = 0, 1, 2, 3, 4, 5

MAX_DATAGRAM = 1232  # octets; larger answers go over TCP

_TTL = 300
_HEADER = struct.Struct("!6H")
_FIXED = struct.Struct("!HHIH")
_QR, _RD, _RA, _TC, _OPCODE = 0x8000, 0x0100, 0x0080, 0x0200, 0x7800
_POINTER_TO_QUESTION = b"\xc0\x0c"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question; ``raw`` is the question section as it came."""

    ident: int
    flags: int
    name: str
    qtype: int
    raw: bytes
    payload: int | None  # the asker's EDNS buffer; None without EDNS


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, before it is put on the wire.

    ``records`` are (owner, type, data); ``authority`` is owner and data of a SOA.
    """

    rcode: int = NOERROR
    records: Sequence[tuple[str, int, bytes]] = ()
    authority: tuple[str, bytes] | None = None
    extended_error: int | None = None


def parse(message: bytes) -> Query | None:
    """Return the question of a query; None for anything that is not one plain query."""
    try:
        ident, flags, questions, answers, authorities, additional = _HEADER.unpack_from(message)
        if flags & (_QR | _OPCODE) or questions != 1 or answers or authorities:
            return None
        labels, position = [], 12
        while (length := message[position]) != 0:
            if length > 63:
                return None
            labels.append(message[position + 1 : position + 1 + length].decode("ascii"))
            position += 1 + length
        qtype, _ = struct.unpack_from("!HH", message, position + 1)
        end = position + 5
        payload = None
        if additional and message[end : end + 3] == b"\x00\x00\x29":
            (payload,) = struct.unpack_from("!H", message, end + 3)
        name = ".".join(labels).lower()
    except (struct.error, IndexError, UnicodeDecodeError):
        return None
    return Query(ident, flags, name, qtype, message[12:end], payload)


def build(query: Query, answer: Answer, *, tcp: bool) -> bytes:
    """Return the message; over UDP cut to the header with TC where it is too long."""
    body = [_record(query, *record) for record in answer.records]
    if answer.authority is not None:
        owner, data = answer.authority
        body.append(_record(query, owner, SOA, data))
    option = _option(answer) if query.payload is not None else b""
    flags = _QR | _RA | (query.flags & _RD) | answer.rcode
    counts = len(answer.records), int(answer.authority is not None), int(bool(option))
    message = b"".join((_HEADER.pack(query.ident, flags, 1, *counts), query.raw, *body, option))
    limit = max(512, min(query.payload or 512, MAX_DATAGRAM))
    if tcp or len(message) <= limit:
        return message
    return truncated(query)


def truncated(query: Query) -> bytes:
    """Return an empty answer that sends the asker to TCP."""
    flags = _QR | _RA | _TC | (query.flags & _RD)
    option = _option(Answer()) if query.payload is not None else b""
    return _HEADER.pack(query.ident, flags, 1, 0, 0, int(bool(option))) + query.raw + option


def malformed(query: Query) -> bytes:
    """Return an answer that promises records and ends in the middle of the first."""
    return _HEADER.pack(query.ident, _QR | _RA, 1, 7, 0, 0) + query.raw + b"\xc0\xff\x00"


@lru_cache(maxsize=8192)
def encode_name(name: str) -> bytes:
    """Return a name in wire form."""
    labels = name.encode("ascii").split(b".") if name else []
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"


@lru_cache(maxsize=8192)
def soa(owner: str, server: str | None = None) -> tuple[str, bytes]:
    """Return a SOA record of ``owner``; negative answers may be kept a minute (RFC 2308)."""
    server = server or f"ns1.{owner}".rstrip(".")  # the root has no name of its own
    names = encode_name(server) + encode_name(f"hostmaster.{owner}".rstrip("."))
    return owner, names + struct.pack("!5I", 2026030101, 3600, 900, 604800, 60)


def mail_exchanger(preference: int, server: str) -> bytes:
    """Return the data of an MX record."""
    return struct.pack("!H", preference) + encode_name(server)


def text(value: str) -> bytes:
    """Return the data of a TXT record with one string, cut to 255 octets."""
    data = value.encode()[:255]
    return bytes((len(data),)) + data


def _record(query: Query, owner: str, rtype: int, data: bytes) -> bytes:
    name = _POINTER_TO_QUESTION if owner == query.name else encode_name(owner)
    return name + _FIXED.pack(rtype, 1, _TTL, len(data)) + data


def _option(answer: Answer) -> bytes:
    data = b""
    if answer.extended_error is not None:
        data = struct.pack("!3H", 15, 2, answer.extended_error)
    return b"\x00" + _FIXED.pack(OPT, MAX_DATAGRAM, 0, len(data)) + data
