from __future__ import annotations

import hashlib
import ipaddress
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.casefile import check, observations, open_case_file, vault
from abusetrack.casefile.observations import Stored
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    CountryFacts,
    Evidence,
    LookupAnswer,
    NameFacts,
    NetworkFacts,
    OriginFacts,
    Outcome,
    Question,
    RegistrationFacts,
)


@pytest.fixture
def store(case, answer):
    def storer(*found):
        observations.store(case, answer("a.example", *found))

    return storer


def known_facts(noon):
    return {
        Question.A: AddressFacts(("192.0.2.1",), ("b.example",)),
        Question.AAAA: AddressFacts(("2001:db8::1",)),
        Question.NS: NameFacts(("ns1.example", "ns2.example")),
        Question.SOA: NameFacts(("ns1.example",)),
        Question.MX: NameFacts(()),
        Question.REGISTRY_RDAP: RegistrationFacts(
            "Tests & Söhne", 9999, created=noon, statuses=("clientHold",), dnssec=False
        ),
        Question.REGISTRAR_RDAP: RegistrationFacts(abuse_email="abuse@r.example"),
        Question.WHOIS: RegistrationFacts(expires=noon, oddities=("odd",)),
        Question.ORIGIN: OriginFacts("192.0.2.0/24", (64496, 4294967295), "AS", "IE", "test"),
        Question.ORIGIN_TABLE: OriginFacts("192.0.2.0/25", (64497,), "AS"),
        Question.NETWORK_RDAP: NetworkFacts("192.0.2.0/24", "H", "N", "Holder", "IE"),
        Question.GEO: CountryFacts("IE"),
        Question.CDN: CdnFacts("CDN", "alias *.cdn.example"),
    }


def test_every_kind_of_fact_comes_back_as_it_went_in(case, store, observe, clock):
    sent = [
        observe("a.example", question, facts, body=question.value.encode())
        for question, facts in known_facts(clock.now()).items()
    ]
    assert {item.question for item in sent} == set(Question)
    store(*sent)
    found = observations.latest(case, "a.example")
    assert all(item.id for item in found)
    assert {replace(item, id="") for item in found} == set(sent)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_comes_back(case, store, observe, outcome):
    store(observe("a.example", Question.A, outcome=outcome, detail="why", source=""))
    (found,) = observations.history(case, "a.example")
    assert (found.outcome, found.detail, found.facts, found.evidence) == (
        outcome,
        "why",
        None,
        None,
    )


def test_the_newest_per_question(case, store, observe, clock):
    later = clock.now() + timedelta(hours=1)
    store(observe("a.example", Question.NS, NameFacts(("old.example",))))
    store(observe("a.example", Question.MX, NameFacts(("mx.example",))))
    store(observe("a.example", Question.NS, NameFacts(("new.example",)), asked_at=later))
    store(observe("b.example", Question.NS, NameFacts(("b.example",)), asked_at=later))
    found = {item.question: item.facts for item in observations.latest(case, "a.example")}
    assert found == {
        Question.MX: NameFacts(("mx.example",)),
        Question.NS: NameFacts(("new.example",)),
    }
    history = observations.history(case, "a.example")
    assert [item.facts.names[0] for item in history] == ["old.example", "mx.example", "new.example"]


def test_an_answer_that_arrives_late_does_not_hide_a_newer_one(case, store, observe, clock):
    earlier = clock.now() - timedelta(hours=1)
    store(observe("a.example", Question.NS, NameFacts(("new.example",))))
    store(observe("a.example", Question.NS, NameFacts(("old.example",)), asked_at=earlier))
    (found,) = observations.latest(case, "a.example")
    assert found.facts.names == ("new.example",)


def test_every_source_of_the_newest_lookup(case, store, observe, clock):
    later = clock.now() + timedelta(hours=1)
    store(observe("192.0.2.1", Question.GEO, CountryFacts("IE"), source="table old"))
    store(
        observe("192.0.2.1", Question.GEO, CountryFacts("FR"), source="table one", asked_at=later),
        observe("192.0.2.1", Question.GEO, CountryFacts("DE"), source="table two", asked_at=later),
    )
    assert {item.facts.country for item in observations.latest(case, "192.0.2.1")} == {"FR", "DE"}


def test_a_failure_does_not_hide_the_last_answer(case, store, observe, clock):
    later = clock.now() + timedelta(hours=1)
    store(observe("a.example", Question.NS, NameFacts(("ns.example",))))
    store(observe("a.example", Question.NS, asked_at=later))
    outcomes = [item.outcome for item in observations.latest(case, "a.example")]
    assert outcomes == [Outcome.OK, Outcome.TIMED_OUT]


def test_nothing_is_known_of_a_stranger(case):
    assert observations.latest(case, "a.example") == ()
    assert observations.history(case, "a.example") == ()
    assert observations.covering(case, "192.0.2.1") == ()
    assert observations.evidence(case, "00" * 32) is None
    assert observations.evidence(case, "nonsense") is None


def test_what_was_reused_is_not_stored_again(case, answer, observe):
    known = observe("a.example", Question.NS, NameFacts(("ns.example",)))
    observations.store(case, LookupAnswer(answer("a.example").host, (), (known,)))
    assert case.value("SELECT count(*) FROM fact") == 0


def test_several_answers_are_one_transaction(case, answer, observe):
    good = answer("a.example", observe("a.example", Question.A, body=b"x"))
    lying = Evidence("text/plain", b"x", "00" * 32)
    bad = answer("b.example", replace(observe("b.example", Question.A), evidence=lying))
    with pytest.raises(ValueError, match="hash"):
        observations.store_many(case, [good, bad])
    assert case.value("SELECT count(*) FROM evidence") == 0
    observations.store_many(case, [good, answer("c.example", observe("c.example", Question.A))])
    assert case.value("SELECT count(*) FROM observation") == 2


def test_the_same_evidence_is_kept_once_and_small(case, store, observe):
    body = b'{"objectClassName":"domain"}' * 100
    store(observe("a.example", Question.A, body=body), observe("b.example", Question.A, body=body))
    store(observe("c.example", Question.A, body=body))
    ((codec, size, packed),) = case.rows("SELECT codec, size, body FROM evidence")
    assert (codec, size) == ("zlib:1", len(body))
    assert zlib.decompressobj(zdict=vault.dictionary()).decompress(packed) == body
    assert len(packed) < len(body) / 10
    sha256 = hashlib.sha256(body).hexdigest()
    assert observations.evidence(case, sha256) == Evidence("text/plain", body, sha256)


def test_erased_evidence_has_no_body(case, store, observe):
    store(observe("a.example", Question.A, body=b"psst"))
    case.execute("UPDATE evidence SET body = NULL")
    (found,) = observations.latest(case, "a.example")
    assert found.evidence.body == b""
    assert found.evidence.sha256 == hashlib.sha256(b"psst").hexdigest()


@given(st.binary(max_size=500))
def test_packing_gives_back_what_was_packed(body):
    codec, packed = vault.pack(body)
    assert vault.unpack(codec, packed, len(body)) == body


@pytest.mark.parametrize(
    ("codec", "body", "size"),
    [("zlib", b"junk", 4), ("zlib", zlib.compress(b"abc"), 2), ("raw", b"abc", 2), ("lz", b"", 0)],
)
def test_damaged_evidence_is_told_not_guessed(codec, body, size):
    with pytest.raises(ValueError, match=r".+"):
        vault.unpack(codec, body, size)


def test_hostile_answers_are_stored_and_come_back(case, store, observe):
    nasty = "x\ud800\0y"
    facts = NetworkFacts("no prefix", handle=nasty, name="|" * 70_000)
    store(observe("192.0.2.1", Question.NETWORK_RDAP, facts, source=nasty, detail=nasty))
    (found,) = observations.covering(case, "192.0.2.1")
    assert found.facts.handle == "x\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}y"
    assert len(found.facts.name) == 70_000
    assert check.check(case).problems == ()


# -- many at once


def test_many_subjects_read_as_each_alone(case, store, observe, network, clock):
    store(
        observe("a.example", Question.A, AddressFacts(("192.0.2.1",)), body=b"A"),
        observe("a.example", Question.GEO, CountryFacts("FR"), source="one"),
        observe("a.example", Question.GEO, CountryFacts("DE"), source="two"),
        *network("192.0.2.1", "192.0.2.0/24"),
    )
    clock.move(hours=1)
    store(
        observe("a.example", Question.A, outcome=Outcome.TIMED_OUT),
        observe("b.example", Question.A, AddressFacts(("198.51.100.1",))),
        *network("198.51.100.1", "198.51.100.0/24"),
    )
    names = ["a.example", "b.example", "never.example"]
    assert observations.latest_of(case, names, Stored()) == {
        name: observations.latest(case, name) for name in names
    }
    addresses = ["198.51.100.1", "192.0.2.9", "203.0.113.1", "no address"]
    assert observations.covering_of(case, addresses, Stored()) == {
        address: observations.covering(case, address) for address in addresses
    }


def test_what_was_just_stored_is_as_it_would_be_read(case, observe, answer, network):
    kept = observations.store_many(
        case,
        [answer("a.example", observe("a.example", Question.CDN, CdnFacts("C", "r"), body=b"x"))]
        + [answer("b.example", *network("192.0.2.1", "192.0.2.0/24"))],
    )
    read = Stored()
    observations.latest_of(case, ["a.example", "192.0.2.1"], read)
    assert kept.seen == {number: replace(item, id="") for number, item in read.seen.items()}
    marked = Stored({n: replace(item, detail="not read again") for n, item in kept.seen.items()})
    (found,) = observations.latest_of(case, ["a.example"], marked)["a.example"]
    assert found.detail == "not read again"
    assert {
        o.detail for o in observations.covering_of(case, ["192.0.2.7"], marked)["192.0.2.7"]
    } == {"not read again"}


def test_what_is_new_is_found_as_it_would_be_read(case, observe, answer, network):
    """Several answers to one question, and one that failed, in one go."""
    first = answer("a.example", *network("192.0.2.1", "192.0.2.0/24"))
    observations.store(case, first)  # so the address is not new any more
    tables = [
        observe("192.0.2.9", Question.GEO, CountryFacts(c), source=f"table {c}")
        for c in ("DE", "FR")
    ]
    stored = observations.store_many(
        case,
        [
            answer("a.example", observe("a.example", Question.A, AddressFacts(("192.0.2.9",)))),
            answer(
                "a.example", observe("a.example", Question.A, outcome=Outcome.TIMED_OUT), *tables
            ),
            answer("b.example", *network("192.0.2.1", "192.0.2.0/24")),
        ],
    )
    assert set(stored.whole) == {"a.example", "192.0.2.9"}
    for subject in ("a.example", "192.0.2.9", "192.0.2.1", "never.example"):
        read = observations.latest(case, subject)
        kept = observations.latest_of(case, [subject], stored)[subject]
        assert [replace(item, id="") for item in kept] == [replace(item, id="") for item in read]


# -- prefixes


def prefixes(found):
    return [(item.question, item.facts.prefix) for item in found]


def test_the_most_specific_prefix_wins(case, store, network):
    store(*network("192.0.2.200", "192.0.2.0/24"), *network("192.0.2.1", "192.0.2.0/28"))
    assert set(prefixes(observations.covering(case, "192.0.2.9"))) == {
        (Question.ORIGIN, "192.0.2.0/28"), (Question.NETWORK_RDAP, "192.0.2.0/28"),
    }  # fmt: skip
    assert {prefix for _, prefix in prefixes(observations.covering(case, "192.0.2.99"))} == {
        "192.0.2.0/24"
    }
    assert observations.covering(case, "192.0.3.1") == ()


def test_of_one_prefix_the_newest_wins(case, store, network, clock):
    old = clock.now() - timedelta(days=1)
    first, _ = network("192.0.2.1", "192.0.2.0/24")
    late, _ = network("192.0.2.2", "192.0.2.0/24", asked_at=old)
    store(first)
    store(late)
    (found,) = observations.covering(case, "192.0.2.3")
    assert found.asked_at == clock.now()
    assert observations.of_prefixes(case, "192.0.2.3", since=clock.now()) == (found,)
    later = clock.now() + timedelta(seconds=1)
    assert observations.of_prefixes(case, "192.0.2.3", since=later) == ()


def test_ipv4_and_ipv6_are_kept_apart(case, store, network):
    store(*network("2001:db8::1", "2001:db8::/32"), *network("192.0.2.1", "0.0.0.0/0"))
    assert {p for _, p in prefixes(observations.covering(case, "2001:db8:ffff::1"))} == {
        "2001:db8::/32"
    }
    assert {p for _, p in prefixes(observations.covering(case, "203.0.113.5"))} == {"0.0.0.0/0"}
    assert observations.covering(case, "3fff::1") == ()
    assert observations.covering(case, "no address") == ()


def test_an_address_brings_its_own_answers_along(case, store, observe, network):
    store(
        *network("192.0.2.1", "192.0.2.0/24"),
        observe("192.0.2.2", Question.GEO, CountryFacts("IE"), source="table"),
        observe("192.0.2.2", Question.ORIGIN),  # failed, but the prefix is known
        observe("192.0.2.2", Question.CDN, outcome=Outcome.NOT_FOUND),
    )
    found = observations.covering(case, "192.0.2.2")
    assert {(item.question, item.outcome) for item in found} == {
        (Question.ORIGIN, Outcome.OK),
        (Question.NETWORK_RDAP, Outcome.OK),
        (Question.GEO, Outcome.OK),
        (Question.CDN, Outcome.NOT_FOUND),
    }


NETWORKS = st.one_of(
    st.ip_addresses(v=4, network="192.0.2.0/24").flatmap(
        lambda ip: st.integers(20, 32).map(lambda length: f"{ip}/{length}")
    ),
    st.ip_addresses(v=6, network="2001:db8::/120").flatmap(
        lambda ip: st.integers(100, 128).map(lambda length: f"{ip}/{length}")
    ),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    networks=st.lists(NETWORKS, max_size=8),
    address=st.one_of(
        st.ip_addresses(v=4, network="192.0.2.0/24"), st.ip_addresses(v=6, network="2001:db8::/120")
    ),
)
def test_covering_is_the_longest_of_all_that_contain(
    networks, address, observe, answer, clock, tmp_path_factory
):
    written = [str(ipaddress.ip_network(text, strict=False)) for text in networks]
    with open_case_file(tmp_path_factory.mktemp("p") / "c", clock=clock, actor="Ann") as case:
        for prefix in written:
            found = observe("x.example", Question.ORIGIN, OriginFacts(prefix, (64496,)))
            observations.store(case, answer("a.example", found))
        containing = [
            ipaddress.ip_network(p) for p in written if address in ipaddress.ip_network(p)
        ]
        longest = max(containing, key=lambda network: network.prefixlen, default=None)
        got = [item.facts.prefix for item in observations.covering(case, str(address))]
        assert got == ([] if longest is None else [str(longest)])
