"""What a DNS answer means: the table of outcomes, and bytes of any kind."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from dns.rdatatype import RdataType
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup.dns_wire import (
    MAX_CHAIN,
    WireError,
    answers,
    is_truncated,
    make_query,
    read_answer,
)
from abusetrack.records import Outcome

SOA = dns.rrset.from_text("test.", 60, "IN", "SOA", "ns.test. h.test. 1 2 3 4 5")


def _query(name="shop.test", rdtype=RdataType.A):
    return make_query(name, rdtype, 4711)


def _answer(query, rcode="NOERROR", answer=(), authority=(), ede=None, ra=True, text=None):
    response = dns.message.make_response(dns.message.from_wire(query.wire), recursion_available=ra)
    options = [dns.edns.EDEOption(ede, text)] if ede is not None else []
    response.use_edns(0, 0, 1232, options=options)
    response.set_rcode(dns.rcode.from_text(rcode))
    response.answer += [dns.rrset.from_text(*rrset) for rrset in answer]
    response.authority += list(authority)
    return response.to_wire()


def _a(name, *addresses):
    return (f"{name}.", 60, "IN", "A", *addresses)


def _cname(name, target):
    return (f"{name}.", 60, "IN", "CNAME", f"{target}.")


def test_the_question_is_what_a_library_reads():
    message = dns.message.from_wire(_query("xn--bcher-kva.test", RdataType.MX).wire)
    assert message.question[0].to_text() == "xn--bcher-kva.test. IN MX"
    assert message.id == 4711
    assert message.flags == dns.flags.RD | dns.flags.AD
    assert (message.edns, message.payload) == (0, 1232)


@pytest.mark.parametrize(
    "name", ["", "a..test", "x" * 64 + ".test", "bücher.test", ".".join(["abc"] * 70), ".test"]
)
def test_what_cannot_be_a_name_is_not_asked(name):
    with pytest.raises(WireError):
        _query(name)


def test_only_an_answer_to_our_question_counts():
    query = _query()
    wire = _answer(query)
    assert answers(query, wire)
    assert answers(query, wire.replace(b"shop", b"SHOP"))
    assert not answers(query, b"\0\0" + wire[2:])
    assert not answers(query, _answer(_query("other.test")))
    assert not answers(query, _answer(_query(rdtype=RdataType.AAAA)))
    assert not answers(query, query.wire)
    assert not answers(query, b"")
    empty = dns.message.make_response(dns.message.from_wire(query.wire))
    empty.question = []
    assert not answers(query, empty.to_wire())
    empty.set_rcode(dns.rcode.REFUSED)
    assert answers(query, empty.to_wire())


def test_truncation_is_seen():
    response = dns.message.make_response(dns.message.from_wire(_query().wire))
    assert not is_truncated(response.to_wire())
    response.flags |= dns.flags.TC
    assert is_truncated(response.to_wire())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"answer": [_a("shop.test", "192.0.2.1")]}, Outcome.OK),
        ({"authority": [SOA]}, Outcome.NO_DATA),
        ({"rcode": "NXDOMAIN", "authority": [SOA]}, Outcome.NOT_FOUND),
        ({"rcode": "NXDOMAIN"}, Outcome.BLOCKED_BY_RESOLVER),
        ({"rcode": "NXDOMAIN", "authority": [SOA], "ra": False}, Outcome.BLOCKED_BY_RESOLVER),
        ({"rcode": "NXDOMAIN", "authority": [SOA], "ede": 15}, Outcome.BLOCKED_BY_RESOLVER),
        ({"answer": [_a("shop.test", "192.0.2.1")], "ede": 4}, Outcome.BLOCKED_BY_RESOLVER),
        ({"answer": [_a("shop.test", "192.0.2.1")], "ede": 3}, Outcome.OK),
        ({"rcode": "REFUSED"}, Outcome.REFUSED),
        ({"rcode": "REFUSED", "ede": 18}, Outcome.BLOCKED_BY_RESOLVER),
        ({"rcode": "SERVFAIL"}, Outcome.SERVER_ERROR),
        ({"rcode": "SERVFAIL", "ede": 0}, Outcome.SERVER_ERROR),
        ({"rcode": "NOTIMP"}, Outcome.SERVER_ERROR),
        ({"rcode": "BADVERS"}, Outcome.SERVER_ERROR),
        *(({"rcode": "SERVFAIL", "ede": n}, Outcome.BLOCKED_BY_RESOLVER) for n in (4, 16, 17)),
        *(({"rcode": "SERVFAIL", "ede": n}, Outcome.LAME) for n in (22, 23)),
        *(({"rcode": "SERVFAIL", "ede": n}, Outcome.BOGUS) for n in range(6, 13)),
        ({"answer": [_a("other.test", "192.0.2.1")]}, Outcome.NO_DATA),
    ],
)
def test_the_table_of_outcomes(answer, outcome):
    query = _query()
    reading = read_answer(query, _answer(query, **answer))
    assert reading.outcome is outcome
    assert reading.values == (("192.0.2.1",) if outcome is Outcome.OK else ())
    assert "shop.test. IN A" in reading.text


def test_the_extended_error_is_told_with_its_text():
    query = _query()
    reading = read_answer(query, _answer(query, rcode="SERVFAIL", ede=9, text="no key"))
    assert reading.detail == "extended error 9 (dnskey missing): no key"
    assert ";EDE 9: no key" in reading.text


def test_the_text_of_an_extended_error_stays_on_its_line():
    query = _query()
    text = "filtered\n;ANSWER\nshop.test. 60 IN A 192.0.2.9 \u202e"
    reading = read_answer(query, _answer(query, rcode="SERVFAIL", ede=9, text=text))
    assert "\n" not in reading.detail
    assert reading.text.count("\n;ANSWER") <= 1
    assert "\u202e" not in reading.text


def test_a_chain_of_aliases_is_followed_and_told():
    query = _query()
    wire = _answer(
        query,
        answer=[
            _cname("shop.test", "a.example"),
            _cname("a.example", "b.example"),
            _a("b.example", "192.0.2.7", "192.0.2.3"),
        ],
    )
    reading = read_answer(query, wire)
    assert reading.chain == ("a.example", "b.example")
    assert reading.values == ("192.0.2.3", "192.0.2.7")


@pytest.mark.parametrize(
    "aliases",
    [
        [("shop.test", "shop.test")],
        [("shop.test", "a.example"), ("a.example", "shop.test")],
        [("shop.test", "a.example"), ("a.example", "b.example"), ("b.example", "a.example")],
        [("shop.test", "n0.example")]
        + [(f"n{n}.example", f"n{n + 1}.example") for n in range(MAX_CHAIN + 1)],
    ],
)
def test_a_loop_of_aliases_is_no_answer(aliases):
    query = _query()
    reading = read_answer(query, _answer(query, answer=[_cname(*alias) for alias in aliases]))
    assert reading.outcome is Outcome.CNAME_LOOP


def test_an_alias_of_nothing_is_told_apart():
    query = _query()
    chain = [_cname("shop.test", "gone.example")]
    gone = read_answer(query, _answer(query, "NXDOMAIN", chain, [SOA]))
    assert (gone.outcome, "alias" in gone.detail) == (Outcome.NOT_FOUND, True)
    empty = read_answer(query, _answer(query, "NOERROR", chain, [SOA]))
    assert (empty.outcome, "alias" in empty.detail) == (Outcome.NO_DATA, True)


@pytest.mark.parametrize(
    ("rdtype", "values", "expected"),
    [
        ("AAAA", ["2001:DB8:0::1"], ("2001:db8::1",)),
        ("NS", ["NS2.Shop.test.", "ns1.shop.test."], ("ns1.shop.test", "ns2.shop.test")),
        ("MX", ["20 b.test.", "10 a.test."], ("a.test", "b.test")),
        ("MX", ["0 ."], ()),
        ("TXT", ['"64500 | " "192.0.2.0/24"'], ("64500 | 192.0.2.0/24",)),
        ("SOA", ["ns.test. h.test. 1 2 3 4 5"], ("ns.test",)),
    ],
)
def test_values_by_type(rdtype, values, expected):
    query = _query(rdtype=RdataType.from_text(rdtype))
    wire = _answer(query, answer=[("shop.test.", 60, "IN", rdtype, *values)])
    reading = read_answer(query, wire)
    assert (reading.outcome, reading.values) == (Outcome.OK, expected)


_LABELS = st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=5)
_PLAIN = st.lists(st.text("abcXYZ019-_/*", min_size=1, max_size=12), min_size=1, max_size=5)
_NAMES = _PLAIN.map(lambda labels: [label.encode() for label in labels]) | _LABELS
_TEXT = st.lists(st.binary(max_size=40), min_size=1, max_size=4)


def _as_text(name):
    return name.to_text(omit_final_dot=True).lower() if len(name) > 1 else ""


_LIBRARY_READS = {
    "A": lambda rdata: rdata.address,
    "AAAA": lambda rdata: rdata.address,
    "NS": lambda rdata: _as_text(rdata.target),
    "MX": lambda rdata: _as_text(rdata.exchange),
    "SOA": lambda rdata: _as_text(rdata.mname),
    "TXT": lambda rdata: b"".join(rdata.strings).decode("utf-8", "replace"),
}


@given(
    st.sampled_from(sorted(_LIBRARY_READS)),
    st.lists(_NAMES.map(lambda labels: dns.name.Name([*labels, b""])), min_size=1, max_size=3),
    st.lists(st.ip_addresses(v=4), min_size=1, max_size=3),
    # The library writes the end of these as IPv4.
    st.lists(st.ip_addresses(v=6).filter(lambda a: int(a) >> 48), min_size=1, max_size=3),
    _TEXT,
)
def test_it_reads_what_a_library_reads(kind, names, v4, v6, strings):
    written = {
        "A": list(map(str, v4)),
        "AAAA": list(map(str, v6)),
        "NS": [name.to_text() for name in names],
        "MX": [f"{10 * n} {name.to_text()}" for n, name in enumerate(names)],
        "SOA": [f"{names[0].to_text()} h.test. 1 2 3 4 5"],
        "TXT": [" ".join('"' + "".join(f"\\{c:03d}" for c in part) + '"' for part in strings)],
    }[kind]
    query = _query(rdtype=RdataType.from_text(kind))
    wire = _answer(query, answer=[("shop.test.", 60, "IN", kind, *written)])
    read, library = read_answer(query, wire), dns.message.from_wire(wire).answer[0]
    assert read.outcome is Outcome.OK
    assert sorted(read.values) == sorted(map(_LIBRARY_READS[kind], library))
    assert sorted(read.text.splitlines()[-len(library) :]) == sorted(library.to_text().splitlines())


def _holds_together(read):
    """Only an answer that is ok has values, and one that is not says why, but for no data."""
    assert (read.outcome is Outcome.OK) == bool(read.values)
    assert all(isinstance(value, str) and value for value in read.values)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(tail):
    query = _query()
    wire = _answer(query, answer=[_a("shop.test", "192.0.2.1")], ede=15)
    for answer in (
        query.wire[:2] + b"\x81\x80" + tail.rjust(8, b"\0"),
        wire[: len(wire) - len(tail)] + tail,
    ):
        _holds_together(read_answer(query, answer))


@given(st.data())
def test_no_damaged_answer_makes_it_raise(data):
    query = _query()
    wire = bytearray(
        _answer(query, answer=[_cname("shop.test", "b.test"), _a("b.test", "192.0.2.1")], ede=15)
    )
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(2, len(wire) - 1))
        wire[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(12, len(wire)))
    _holds_together(read_answer(query, bytes(wire[:cut])))
