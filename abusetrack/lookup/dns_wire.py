"""DNS messages: the question as bytes, and what an answer says (pure).

The question is written by hand and the answer's frame is walked by hand, because
building and reading whole messages is what a DNS question costs; the records of
the answer itself are read by dnspython.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from ipaddress import ip_address

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
from dns.edns import EDECode
from dns.rdatatype import RdataType

from abusetrack.records import Outcome

MAX_CHAIN = 16  # aliases followed in one answer
MAX_VALUES = 256  # records kept of one answer
UDP_SIZE = 1232  # bytes; what DNS flag day 2020 settled on, never fragmented

_HEADER = struct.Struct("!6H")
_RECORD = struct.Struct("!HHIH")  # type, class, TTL, length
_RECURSION_DESIRED = 0x0100
_AUTHENTIC_DATA = 0x0020  # a question asks for it, an answer says it (RFC 6840, 5.7 and 5.8)
_RESPONSE, _TRUNCATED, _RECURSION_AVAILABLE = 0x8000, 0x0200, 0x0080
_OPCODE = 0x7800
# Root name, type OPT, our UDP size, no extended code or flags, no options (RFC 6891).
_OPT = b"\0" + _RECORD.pack(RdataType.OPT, UDP_SIZE, 0, 0)
_EDE_OPTION = 15  # RFC 8914
_MAX_EDE = 8

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


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer says; ``values`` are addresses, names or strings, in order."""

    outcome: Outcome
    detail: str = ""
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    text: str = ""
    validated: bool = False  # the resolver says that the signatures verify (AD)


class WireError(ValueError):
    """The bytes are no DNS message."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question: its name, type, wire form and the part an answer must repeat."""

    name: str
    rdtype: RdataType
    wire: bytes
    section: bytes


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


@dataclass(frozen=True, slots=True)
class _Frame:
    rcode: int
    recursion: bool
    validated: bool
    records: int
    answer_end: int
    has_soa: bool
    errors: tuple[tuple[int, str], ...]  # RFC 8914 code and text


def _frame(wire: bytes) -> _Frame:
    """Walk over all records; read nothing but where they stand, SOA and OPT."""
    _number, flags, questions, *counts = _HEADER.unpack_from(wire)
    place = _HEADER.size
    for _ in range(questions):
        place = _skip_name(wire, place) + 4
    rcode, answer_end, has_soa = flags & 0xF, place, False
    errors: tuple[tuple[int, str], ...] = ()
    for section, count in enumerate(counts):
        for _ in range(count):
            place = _skip_name(wire, place)
            if place + _RECORD.size > len(wire):
                raise WireError("cut off")
            rdtype, _rdclass, ttl, length = _RECORD.unpack_from(wire, place)
            place += _RECORD.size
            if place + length > len(wire):
                raise WireError("cut off")
            if section == 1 and rdtype == RdataType.SOA:
                has_soa = True
            elif section == 2 and rdtype == RdataType.OPT:
                rcode |= ttl >> 24 << 4
                errors = _extended_errors(wire[place : place + length])
            place += length
        if section == 0:
            answer_end = place
    recursion, validated = bool(flags & _RECURSION_AVAILABLE), bool(flags & _AUTHENTIC_DATA)
    return _Frame(rcode, recursion, validated, counts[0], answer_end, has_soa, errors)


def _skip_name(wire: bytes, place: int) -> int:
    while place < len(wire):
        length = wire[place]
        if length >= 0xC0:
            return place + 2
        place += 1 + length
        if length == 0:
            return place
    raise WireError("cut off")


def _extended_errors(options: bytes) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    place = 0
    while place + 4 <= len(options) and len(found) < _MAX_EDE:
        code, length = struct.unpack_from("!HH", options, place)
        value = options[place + 4 : place + 4 + length]
        if code == _EDE_OPTION and len(value) >= 2:
            text = value[2:].rstrip(b"\0").decode("utf-8", "replace")[:120]
            found.append((int.from_bytes(value[:2], "big"), text))
        place += 4 + length
    return tuple(found)


def read_answer(query: Query, wire: bytes) -> Reading:
    """Say what a checked answer means, by the table of outcomes; never raises."""
    try:
        frame = _frame(wire)
        return _read(query, wire, frame)
    except (WireError, dns.exception.DNSException, struct.error, ValueError, IndexError):
        # dnspython raises the last three on a few broken messages.
        return Reading(Outcome.MALFORMED, "the answer is no readable DNS message")


def _read(query: Query, wire: bytes, frame: _Frame) -> Reading:
    if frame.rcode == dns.rcode.NOERROR and frame.records:
        # Only the answer section is read: the rest costs as much again and says nothing.
        counts = _HEADER.pack(*_HEADER.unpack_from(wire)[:4], 0, 0)
        message = dns.message.from_wire(counts + wire[_HEADER.size : frame.answer_end])
        reading = _records(query, message)
    else:
        message = dns.message.from_wire(wire, ignore_trailing=True)
        reading = _failure(frame)
    blocked = [code for code, _text in frame.errors if code in _BLOCKED]
    if blocked:
        reading = Reading(Outcome.BLOCKED_BY_RESOLVER, _ede_detail(blocked[0], frame))
    lines = [message.to_text(), *(f";EDE {code}: {text}" for code, text in frame.errors)]
    return replace(reading, text="\n".join(lines), validated=frame.validated)


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


def _records(query: Query, message: dns.message.Message) -> Reading:
    owners: dict[dns.name.Name, list[str]] = {}
    aliases: dict[dns.name.Name, dns.name.Name] = {}
    for rrset in message.answer:
        if rrset.rdtype == query.rdtype:
            owners.setdefault(rrset.name, []).extend(_values(query.rdtype, rrset))
        elif rrset.rdtype == RdataType.CNAME:
            aliases[rrset.name] = rrset[0].target
    name = dns.name.from_text(query.name)
    chain: list[dns.name.Name] = []
    while name in aliases and name not in owners:
        name = aliases[name]
        if name in chain or len(chain) >= MAX_CHAIN or name == dns.name.from_text(query.name):
            return Reading(Outcome.CNAME_LOOP, f"after {len(chain)} aliases")
        chain.append(name)
    texts = tuple(_name(alias) for alias in chain)
    if name not in owners:
        return Reading(Outcome.NO_DATA, "the alias has no such record" if chain else "")
    return Reading(Outcome.OK, "", tuple(owners[name][:MAX_VALUES]), texts)


def _values(rdtype: RdataType, rrset: dns.rrset.RRset) -> list[str]:
    """Return the values in an order of their own: resolvers turn theirs round."""
    if rdtype in {RdataType.A, RdataType.AAAA}:
        return [str(address) for address in sorted(ip_address(rdata.address) for rdata in rrset)]
    if rdtype == RdataType.NS:
        return sorted(_name(rdata.target) for rdata in rrset)
    if rdtype == RdataType.SOA:
        return [_name(rdata.mname) for rdata in rrset]
    if rdtype == RdataType.MX:
        # A lone "." says that the domain takes no mail (RFC 7505).
        exchanges = sorted((rdata.preference, _name(rdata.exchange)) for rdata in rrset)
        return [name for _preference, name in exchanges if name]
    return [b"".join(rdata.strings).decode("utf-8", "replace") for rdata in rrset]


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower() if len(name) > 1 else ""
