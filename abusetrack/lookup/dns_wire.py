"""DNS messages: the question as bytes, and what an answer says (pure).

Written and read by hand, because whole messages of a general library are what a DNS
question costs: this takes a tenth. The tests compare with dnspython. Named tuples,
because frozen dataclasses take several times as long to make.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, NamedTuple

import dns.flags
import dns.rcode
import dns.rdatatype
from dns.edns import EDECode
from dns.rdatatype import RdataType

from abusetrack.lookup import texts
from abusetrack.records import Outcome

MAX_CHAIN = 16  # aliases followed in one answer
MAX_VALUES = 256  # records kept of one answer
UDP_SIZE = 1232  # bytes; what DNS flag day 2020 settled on, never fragmented

_HEADER = struct.Struct("!6H")
_RECORD = struct.Struct("!HHIH")  # type, class, TTL, length
_SOA = struct.Struct("!5I")
_RECURSION_DESIRED = 0x0100
_AUTHENTIC_DATA = 0x0020  # a question asks for it, an answer says it (RFC 6840, 5.7 and 5.8)
_RESPONSE, _TRUNCATED, _RECURSION_AVAILABLE = 0x8000, 0x0200, 0x0080
_OPCODE = 0x7800
# Root name, type OPT, our UDP size, no extended code or flags, no options (RFC 6891).
_OPT = b"\0" + _RECORD.pack(RdataType.OPT, UDP_SIZE, 0, 0)
_EDE_OPTION = 15  # RFC 8914
_MAX_EDE = 8
_POINTER = 0xC0
_TO_QUESTION = bytes((_POINTER, _HEADER.size))  # what nearly every record's owner is
_LONGEST_NAME = 255  # octets
# What zone files need not escape (RFC 1035, 5.1), in names and in quoted text.
_PLAIN_NAME = re.compile(rb"[!#%&'*-\-/-:<-?A-\[\]-~.]*")
_PLAIN_TEXT = re.compile(rb"[ !#-\[\]-~]*")


def _escapes(special: bytes, first: int) -> list[str]:
    """Return how each octet is written; those from ``first`` on are plain, or special."""
    return [
        f"\\{c:c}" if c in special else chr(c) if first <= c < 0x7F else f"\\{c:03d}"
        for c in range(256)
    ]


_NAME_ESCAPES = _escapes(b'"().;\\@$', 0x21)
_TEXT_ESCAPES = _escapes(b'"\\', 0x20)
_INTERNET = 1

# RFC 8914: what the resolver says beyond the response code, strongest first.
_BLOCKED = frozenset({4, 15, 16, 17, 18})
_BOGUS = frozenset(range(6, 13))
_LAME = frozenset({22, 23})
_EDE_OUTCOMES = (
    (_BOGUS, Outcome.BOGUS, "the resolver could not validate the answer"),
    (_LAME, Outcome.LAME, "the resolver could not reach the domain's name servers"),
)
_RCODE_OUTCOMES = {
    dns.rcode.NXDOMAIN: Outcome.NOT_FOUND,
    dns.rcode.REFUSED: Outcome.REFUSED,
    dns.rcode.SERVFAIL: Outcome.SERVER_ERROR,
}
# A server that cannot read the question may answer without repeating it.
_QUESTIONLESS = frozenset(
    {dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED}
)


class Reading(NamedTuple):
    """What one answer says; ``values`` are addresses, names or strings, in order."""

    outcome: Outcome
    detail: str = ""
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    text: str = ""
    validated: bool = False  # the resolver says that the signatures verify (AD)


class WireError(ValueError):
    """The bytes are no DNS message."""


class Query(NamedTuple):
    """One question: its name, type, wire form and the part an answer must repeat."""

    name: str
    rdtype: RdataType
    wire: bytes
    section: bytes

    @property
    def id(self) -> bytes:
        """The two octets by which an answer is told."""
        return self.wire[:2]


def make_query(name: str, rdtype: RdataType, number: int) -> Query:
    """Write the question for ``name`` (A-labels, or "." for the root) with id ``number``.

    Raises:
        WireError: ``name`` cannot be a DNS name.
    """
    labels = [] if name == "." else name.encode("ascii", "replace").split(b".")
    if not name.isascii() or len(name) > 253 or not all(0 < len(part) <= 63 for part in labels):
        raise WireError("not a DNS name")
    section = b"".join(bytes((len(part),)) + part for part in labels) + struct.pack(
        "!BHH", 0, rdtype, 1
    )
    flags = _RECURSION_DESIRED | _AUTHENTIC_DATA
    return Query(name, rdtype, _HEADER.pack(number, flags, 1, 0, 0, 1) + section + _OPT, section)


def answers(query: Query, wire: bytes) -> bool:
    """Say whether ``wire`` is an answer to ``query``: id and question are checked."""
    if len(wire) < _HEADER.size:
        return False
    _number, flags, questions, *_counts = _HEADER.unpack_from(wire)
    if query.wire[:2] != wire[:2] or not flags & _RESPONSE or flags & _OPCODE:
        return False
    if questions == 0:
        return (flags & 0xF) in _QUESTIONLESS
    end = _HEADER.size + len(query.section)
    return questions == 1 and wire[_HEADER.size : end].lower() == query.section.lower()


def is_truncated(wire: bytes) -> bool:
    """Say whether the answer must be asked for again over TCP."""
    return bool(_HEADER.unpack_from(wire)[1] & _TRUNCATED)


class _Record(NamedTuple):
    """One record: ``owner`` without the last dot, and where its data stands."""

    owner: str
    rdtype: int
    rdclass: int
    ttl: int
    start: int
    end: int


class _Frame(NamedTuple):
    """The parts of a message; ``shown`` are the answers, or else the authority's records."""

    number: int
    flags: int
    rcode: int
    question: str
    records: int
    shown: tuple[_Record, ...]
    has_soa: bool
    errors: tuple[tuple[int, str], ...]  # RFC 8914 code and text

    @property
    def recursion(self) -> bool:
        return bool(self.flags & _RECURSION_AVAILABLE)


def _frame(wire: bytes) -> _Frame:
    """Walk over all records; read where they stand, SOA and OPT."""
    number, flags, questions, *counts = _HEADER.unpack_from(wire)
    place, asked, question = _HEADER.size, "", ""
    for _ in range(questions):
        asked, place = _name(wire, place)
        question = f"{asked}. IN {_type_name(int.from_bytes(wire[place : place + 2], 'big'))}"
        place += 4
    rcode, has_soa = flags & 0xF, False
    errors: tuple[tuple[int, str], ...] = ()
    sections: tuple[list[_Record], ...] = ([], [], [])
    for section, count, records in zip(range(3), counts, sections, strict=True):
        for _ in range(count):
            if questions == 1 and wire.startswith(_TO_QUESTION, place):
                owner, place = asked, place + 2
            else:
                owner, place = _name(wire, place)
            rdtype, rdclass, ttl, length = _RECORD.unpack_from(wire, place)
            start = place + _RECORD.size
            place = start + length
            if place > len(wire):
                raise WireError("cut off")
            if section == 1 and rdtype == RdataType.SOA:
                has_soa = True
            elif section == 2 and rdtype == RdataType.OPT:
                rcode |= ttl >> 24 << 4
                errors = _extended_errors(wire[start:place])
            records.append(_Record(owner, rdtype, rdclass, ttl, start, place))
    answer, authority, _additional = sections
    shown = tuple(answer or authority)
    return _Frame(number, flags, rcode, question, counts[0], shown, has_soa, errors)


def _name(wire: bytes, place: int) -> tuple[str, int]:
    """Read a name, compressed or not (RFC 1035, 4.1.4); return it and where it ends.

    Without the last dot; odd octets are escaped as in zone files.
    """
    labels: list[bytes] = []
    end, size, limit = 0, 1, place
    while length := wire[place]:
        if length < 0x40:
            label = wire[place + 1 : place + 1 + length]
            size += 1 + length
            if len(label) < length or size > _LONGEST_NAME:
                raise WireError("no name")
            labels.append(label)
            place += 1 + length
        elif length >= _POINTER and (target := (length & 0x3F) << 8 | wire[place + 1]) < limit:
            # Only ever back: a loop cannot be.
            end = end or place + 2
            place = limit = target
        else:
            raise WireError("no name")
    text = b".".join(labels)
    if not _PLAIN_NAME.fullmatch(text) or text.count(b".") >= len(labels) > 0:
        shown = ("".join(_NAME_ESCAPES[c] for c in label) for label in labels)
        return ".".join(shown), end or place + 1
    return text.decode("ascii"), end or place + 1


def _extended_errors(options: bytes) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    place = 0
    while place + 4 <= len(options) and len(found) < _MAX_EDE:
        code, length = struct.unpack_from("!HH", options, place)
        value = options[place + 4 : place + 4 + length]
        if code == _EDE_OPTION and len(value) >= 2:
            text = texts.clean(value[2:].decode("utf-8", "replace")) or ""
            found.append((int.from_bytes(value[:2], "big"), text[:120]))
        place += 4 + length
    return tuple(found)


def read_answer(query: Query, wire: bytes) -> Reading:
    """Say what a checked answer means, by the table of outcomes; never raises."""
    try:
        return _read(query, wire, _frame(wire))
    except (WireError, struct.error, IndexError):
        return Reading(Outcome.MALFORMED, "the answer is no readable DNS message")


def _read(query: Query, wire: bytes, frame: _Frame) -> Reading:
    data = [_data(wire, record) for record in frame.shown]
    if frame.rcode == dns.rcode.NOERROR and frame.records:
        reading = _answers(query, frame, data)
    else:
        reading = _failure(frame)
    blocked = [code for code, _text in frame.errors if code in _BLOCKED]
    if blocked:
        reading = Reading(Outcome.BLOCKED_BY_RESOLVER, _ede_detail(blocked[0], frame))
    return Reading(
        reading.outcome, reading.detail, reading.values, reading.chain, _text(frame, data),
        validated=bool(frame.flags & _AUTHENTIC_DATA),
    )  # fmt: skip


def _text(frame: _Frame, data: list[_Data]) -> str:
    """Write the message down as name server tools do."""
    lines = [
        f"id {frame.number}",
        f"rcode {dns.rcode.to_text(dns.rcode.Rcode.make(frame.rcode))}",
        f"flags {_flag_names(frame.flags)}",
        ";QUESTION",
        frame.question,
        ";ANSWER" if frame.records else ";AUTHORITY",
    ]
    for record, (shown, _value) in zip(frame.shown, data, strict=True):
        kind = _type_name(record.rdtype)
        lines.append(f"{record.owner}. {record.ttl} {_class_name(record.rdclass)} {kind} {shown}")
    return "\n".join([*lines, *(f";EDE {code}: {text}" for code, text in frame.errors)])


@lru_cache(256)
def _flag_names(flags: int) -> str:
    return dns.flags.to_text(flags)


@lru_cache(256)
def _type_name(rdtype: int) -> str:
    return dns.rdatatype.to_text(RdataType.make(rdtype))


def _class_name(rdclass: int) -> str:
    return "IN" if rdclass == _INTERNET else f"CLASS{rdclass}"


def _failure(frame: _Frame) -> Reading:
    if frame.rcode == dns.rcode.NOERROR:
        return Reading(Outcome.NO_DATA)
    if frame.rcode == dns.rcode.NXDOMAIN:
        if not frame.recursion:
            return Reading(Outcome.BLOCKED_BY_RESOLVER, "NXDOMAIN without recursion")
        if not frame.has_soa:
            return Reading(Outcome.BLOCKED_BY_RESOLVER, "NXDOMAIN without an SOA record")
        detail = "the name is an alias of one that does not exist" if frame.records else ""
        return Reading(Outcome.NOT_FOUND, detail)
    for codes, outcome, _meaning in _EDE_OUTCOMES:
        for code, _text in frame.errors:
            if code in codes:
                return Reading(outcome, _ede_detail(code, frame))
    outcome = _RCODE_OUTCOMES.get(dns.rcode.Rcode.make(frame.rcode), Outcome.SERVER_ERROR)
    detail = dns.rcode.to_text(dns.rcode.Rcode.make(frame.rcode))
    if frame.errors:
        detail += ", " + _ede_detail(frame.errors[0][0], frame)
    return Reading(outcome, detail)


def _ede_detail(code: int, frame: _Frame) -> str:
    try:
        name = EDECode(code).name.replace("_", " ").lower()
    except ValueError:
        name = "unknown"
    text = next((text for number, text in frame.errors if number == code and text), "")
    return f"extended error {code} ({name})" + (f": {text}" if text else "")


def _answers(query: Query, frame: _Frame, data: list[_Data]) -> Reading:
    owners: dict[str, dict[Any, None]] = {}
    aliases: dict[str, str] = {}
    for record, (_shown, value) in zip(frame.shown, data, strict=True):
        if record.rdclass != _INTERNET:
            continue
        if record.rdtype == query.rdtype:
            owners.setdefault(record.owner.lower(), {})[value] = None
        elif record.rdtype == RdataType.CNAME:
            aliases.setdefault(record.owner.lower(), value)
    start = name = query.name.lower().removesuffix(".")
    chain: list[str] = []
    while name in aliases and name not in owners:
        name = aliases[name]
        if name in chain or len(chain) >= MAX_CHAIN or name == start:
            return Reading(Outcome.CNAME_LOOP, f"after {len(chain)} aliases")
        chain.append(name)
    if name not in owners:
        detail = "the alias has no such record" if chain else ""
        return Reading(Outcome.NO_DATA, detail)
    values = _values(query.rdtype, list(owners[name]))
    return Reading(Outcome.OK, "", tuple(values[:MAX_VALUES]), tuple(chain))


def _values(rdtype: RdataType, found: list[Any]) -> list[str]:
    """Return the values in an order of their own: resolvers turn theirs round."""
    if rdtype in {RdataType.A, RdataType.AAAA}:
        return [text for _octets, text in sorted(found)]
    if rdtype == RdataType.NS:
        return sorted(found)
    if rdtype == RdataType.MX:
        # A lone "." says that the domain takes no mail (RFC 7505).
        return [name for _preference, name in sorted(found) if name]
    return found


# What a record's data looks like in text, and its value to compare and keep.
_Data = tuple[str, Any]


def _data(wire: bytes, record: _Record) -> _Data:
    """Read a record's data.

    Raises:
        WireError: it is not what its type says.
    """
    read = _READERS.get(record.rdtype) if record.rdclass == _INTERNET else None
    if read is None:
        raw = wire[record.start : record.end]
        shown = f"\\# {len(raw)} {raw.hex()}"  # RFC 3597
        return shown, shown
    return read(wire, record.start, record.end)


def _a(wire: bytes, start: int, end: int) -> _Data:
    if end - start != 4:
        raise WireError("no address")
    octets = wire[start:end]
    text = socket.inet_ntoa(octets)
    return text, (octets, text)


def _aaaa(wire: bytes, start: int, end: int) -> _Data:
    if end - start != 16:
        raise WireError("no address")
    octets = wire[start:end]
    text = str(IPv6Address(octets))
    return text, (octets, text)


def _target(wire: bytes, start: int, end: int) -> _Data:
    name, place = _name(wire, start)
    if place != end:
        raise WireError("more than a name")
    return f"{name}.", name.lower()


def _mx(wire: bytes, start: int, end: int) -> _Data:
    shown, name = _target(wire, start + 2, end)
    preference = int.from_bytes(wire[start : start + 2], "big")
    return f"{preference} {shown}", (preference, name)


def _soa(wire: bytes, start: int, end: int) -> _Data:
    server, place = _name(wire, start)
    mailbox, place = _name(wire, place)
    if end - place != _SOA.size:
        raise WireError("no SOA")
    numbers = " ".join(map(str, _SOA.unpack_from(wire, place)))
    return f"{server}. {mailbox}. {numbers}", server.lower()


def _txt(wire: bytes, start: int, end: int) -> _Data:
    parts: list[bytes] = []
    while start < end:
        stop = start + 1 + wire[start]
        if stop > end:
            raise WireError("cut off")
        parts.append(wire[start + 1 : stop])
        start = stop
    shown = (
        part.decode("ascii")
        if _PLAIN_TEXT.fullmatch(part)
        else "".join(_TEXT_ESCAPES[c] for c in part)
        for part in parts
    )
    return " ".join(f'"{part}"' for part in shown), b"".join(parts).decode("utf-8", "replace")


_READERS: dict[int, Callable[[bytes, int, int], _Data]] = {
    RdataType.A: _a,
    RdataType.AAAA: _aaaa,
    RdataType.CNAME: _target,
    RdataType.MX: _mx,
    RdataType.NS: _target,
    RdataType.SOA: _soa,
    RdataType.TXT: _txt,
}
