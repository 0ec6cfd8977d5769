"""WHOIS answers in the shapes that registries use: outcome first, then fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup.whois_parse import decode, parse
from abusetrack.records import Outcome

KEYED = """\
   Domain Name: SHOP.TEST
   Registry Domain ID: D1-TEST
   Registrar WHOIS Server: whois.alpha.example
   Registrar URL: https://www.alpha.example
   Updated Date: 2026-01-02T03:04:05Z
   Creation Date: 2025-01-02T03:04:05Z
   Registry Expiry Date: 2027-01-02T03:04:05Z
   Registrar: Alpha Names, Ltd.
   Registrar IANA ID: 9101
   Registrar Abuse Contact Email: abuse@alpha.example
   Registrar Abuse Contact Phone: +31.205550100
   Domain Status: clientHold https://icann.org/epp#clientHold
   Domain Status: clientTransferProhibited (https://icann.org/epp#clientTransferProhibited)
   Name Server: NS1.SHOP.TEST
   Name Server: NS2.ELSEWHERE.EXAMPLE
   DNSSEC: unsigned
>>> Last update of WHOIS database: 2026-03-01T12:00:00Z <<<

NOTICE: You are not authorized to access or query our database beyond your quota;
access is denied to those who exceed the limit of queries.
"""

BLOCK = """\
% This is the registry of an invented country.
% Domain not found is what it says of free names.

domain:       shop.test
status:       active
nserver:      ns1.shop.test 192.0.2.53
nserver:      ns2.elsewhere.example.
registrar:    ALPHA
created:      2025.01.02 03:04:05
paid-till:    2027-01-02
changed:      20260102
"""

INDENTED = """\
    Domain name:
        shop.test

    Registrar:
        Alpha Names t/a Alpha [Tag = ALPHA]
        URL: https://www.alpha.example

    Relevant dates:
        Registered on: 02-Jan-2025
        Expiry date:  02-Jan-2027
        Last updated:  02-Jan-2026

    Registration status:
        Registered until expiry date.

    Name servers:
        ns1.shop.test  192.0.2.53
        ns2.elsewhere.example
"""


def test_a_record_of_keys():
    facts = parse(KEYED, "shop.test").facts
    assert (facts.registrar_name, facts.registrar_iana_id) == ("Alpha Names, Ltd.", 9101)
    assert facts.registrar_url == "https://www.alpha.example"
    assert (facts.abuse_email, facts.abuse_phone) == ("abuse@alpha.example", "+31.205550100")
    assert facts.created == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.updated == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.expires == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.statuses == ("clientHold", "clientTransferProhibited")
    assert facts.name_servers == ("ns1.shop.test", "ns2.elsewhere.example")
    assert (facts.dnssec, facts.whois_server) == (False, "whois.alpha.example")
    assert facts.oddities == ()


@pytest.mark.parametrize("text", [BLOCK, INDENTED])
def test_records_of_country_codes(text):
    reading = parse(text.replace("\n", "\r\n"), "shop.test")
    assert reading.outcome is Outcome.OK
    facts = reading.facts
    assert facts.registrar_name.upper().startswith("ALPHA")
    assert facts.created.date().isoformat() == "2025-01-02"
    assert facts.expires.date().isoformat() == "2027-01-02"
    assert facts.name_servers == ("ns1.shop.test", "ns2.elsewhere.example")


def test_an_odd_date_loses_itself_only():
    text = KEYED.replace("2027-01-02T03:04:05Z", "N/A soon")
    facts = parse(text, "shop.test").facts
    assert (facts.expires, facts.registrar_iana_id) == (None, 9101)
    assert facts.oddities == ("a date of expires that is none",)


@pytest.mark.parametrize(
    "text",
    [
        'No match for "SHOP.TEST".\r\n>>> Last update of whois database: x <<<',
        "NOT FOUND\n>>> Last update",
        "Domain not found.\n\nTerms of Use: you are not allowed to exceed the rate limit.",
        "% No entries found for the selected source(s).",
        "%% No entries found in the database.",
        "%ERROR:101: no entries found",
        "Domain Name: shop.test\nDomain Status: No Object Found",
        "Domain: shop.test\nStatus: free",
        "Domain: shop.test\nStatus: AVAILABLE",
        "shop.test: no existe",
        "The queried object does not exist: DOMAIN NOT FOUND",
        "No Data Found\nURL of the complaint form: https://x.example",
        "*** Nothing found for this query.",
        "No such domain",
        "Domain shop.test is available for purchase",
        ">>> Domain shop.test is available for registration",
        "This domain name has not been registered.",
        "The domain has not been registered.",
        "No_Se_Encontro_El_Objeto/Object_Not_Found",
        "Object does not exist",
    ],
)
def test_not_found(text):
    reading = parse(text, "shop.test")
    assert (reading.outcome, reading.facts) == (Outcome.NOT_FOUND, None)


@pytest.mark.parametrize(
    "text",
    [
        "Your connection limit exceeded. Please slow down and try again later.",
        "% Query rate limit exceeded",
        "The WHOIS query quota for 192.0.2.1 has been exceeded",
        "WHOIS LIMIT EXCEEDED - SEE WWW.REGISTRY.TEST FOR DETAILS",
        "Please go away for 13 Seconds",
        "only 1 request per second allowed, try again later",
        "You have exceeded your allowed number of queries",
        "Too many requests",
        "-7: %% Too many requests...",
        "Excessive querying, grace period of 300 seconds.",
        "Requests of this client are not permitted. Maximum number of daily requests reached.",
        "Your IP has been blocked due to too many queries",
    ],
)
def test_rate_limits(text):
    reading = parse(text, "shop.test")
    assert (reading.outcome, reading.facts) == (Outcome.RATE_LIMITED, None)
    assert reading.detail


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Access denied", Outcome.REFUSED),
        ("You are not authorized to query this server.", Outcome.REFUSED),
        ("% Permission denied", Outcome.REFUSED),
        ("Service temporarily unavailable.", Outcome.SERVER_ERROR),
        ("Internal error", Outcome.SERVER_ERROR),
        ("Sorry, the Whois database is currently down.", Outcome.SERVER_ERROR),
        ("", Outcome.MALFORMED),
        ("\r\n \r\n", Outcome.MALFORMED),
        ("Welcome to this server.", Outcome.MALFORMED),
        ("<html><body>Hello</body></html>", Outcome.MALFORMED),
    ],
)
def test_other_answers_without_a_record(text, outcome):
    assert parse(text, "shop.test").outcome is outcome


@pytest.mark.parametrize(
    "text",
    ["Reserved by Registry", "The domain you requested is prohibited.", "% Reserved name - no."],
)
def test_a_name_that_is_kept_back_is_neither_free_nor_a_record(text):
    reading = parse(text, "shop.test")
    assert (reading.outcome, reading.facts) == (Outcome.NO_DATA, None)
    assert reading.detail


def test_a_state_that_keeps_a_name_back_is_told_in_the_registrys_words():
    text = "Domain Name: shop.test\nDomain Status: Prohibited String - Cannot Be Registered"
    facts = parse(text, "shop.test").facts
    assert facts.statuses == ("Prohibited String - Cannot Be Registered",)


def test_persons_without_any_fact_of_ours_make_a_record():
    assert parse("Domain: shop.test\nRegistrant: Ada", "shop.test").outcome is Outcome.OK
    text = "Owner:\n  Ada Invented\n  1 Nowhere Street\n\nAdmin contact:\n  Ada Invented\n"
    assert parse(text, "shop.test").outcome is Outcome.OK


def test_what_is_said_counts_more_than_terms_of_use():
    terms = "You must not exceed the limit of queries.\n" + "It is so agreed.\n" * 5
    assert parse(terms + "\nNot found.", "shop.test").outcome is Outcome.NOT_FOUND
    assert parse("% Access denied to robots.\nNo match", "shop.test").outcome is Outcome.NOT_FOUND


def test_a_record_is_never_called_free():
    text = KEYED + "\nNo match for other names.\nNOT FOUND\nquota exceeded\n"
    assert parse(text, "shop.test").outcome is Outcome.OK


def test_text_is_decoded_whatever_it_is():
    assert decode("é".encode()) == "é"
    assert decode(b"\xe9") == "é"


_LINES = st.lists(
    st.sampled_from([*KEYED.splitlines(), *BLOCK.splitlines(), *INDENTED.splitlines()])
    | st.text(max_size=60),
    max_size=30,
)


@given(_LINES, st.integers(0, 2000))
def test_no_text_makes_it_raise(lines, cut):
    reading = parse("\n".join(lines)[:cut], "shop.test")
    assert (reading.facts is not None) == (reading.outcome is Outcome.OK)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(body):
    reading = parse(decode(body), "shop.test")
    assert (reading.facts is not None) == (reading.outcome is Outcome.OK)


@pytest.mark.parametrize(
    "text",
    [
        "Domain: shop.test\nHolder: Invented Works\nDNSSEC: not found",
        "Domain: shop.test\nDS: No data found\nContact: Ada Invented\nPhone: +1",
        "Domain Name: SHOP.TEST\nDomain Status: Registered\nGlue: no match",
        "%% nothing found in cache\nDomain: shop.test\nOwner: Invented Works",
        "Domain record for shop.test\nHolder = Invented Works\nNo match for nameserver",
        "Domain: shop.test\nStatus: clientHold\nNo entries found in the list of sellers",
        "Domain: shop.test\nHolder: Invented Works\nNo entries found in the list of sellers",
        "shop.test belongs to Invented Works since 2004\nNot found: DS records",
    ],
)
def test_a_record_of_a_few_lines_that_misses_something_is_not_free(text):
    assert parse(text, "shop.test").outcome in {Outcome.OK, Outcome.MALFORMED}
