"""The geometry of WHOIS answers: what stands under what."""

from __future__ import annotations

import pytest

from abusetrack.lookup.whois_layout import MAX_LINE, MAX_TEXT, Part, entries, lines_of


def _read(text, field):
    return [(e.value, e.part) for e in entries(lines_of(text)) if e.field == field]


@pytest.mark.parametrize(
    "text",
    [
        "created: 2025-01-02",
        "Created............: 2025-01-02",
        "Created:............2025-01-02",
        "[Created on]      2025/01/02",
        "a. [Created on]      2025/01/02",
        "d [Record Created]   02-Jan-2025",
        "Created\t2025-01-02",
        "Record-created     2025-01-02",
        "Record created on 2025-01-02 03:04:05",
        "Created on..............: 2025-Jan-02.",
        "** Created on: 2025-01-02",
        "Data de registo / Creation Date (dd/mm/yyyy): 02/01/2025",
        "Fecha de Creación: 2025-01-02",
        "Created:\n    2025-01-02",
        "Creation date\t\t\t: 2025-01-02",
    ],
)
def test_a_key_and_its_value(text):
    values = _read(text, "created")
    assert len(values) == 1
    assert values[0][0].replace(".", "").endswith(("2025", "02", "05"))
    assert values[0][1] is Part.DOMAIN


@pytest.mark.parametrize(
    "text",
    [
        "Name servers:\n  ns1.a.example\n  ns2.a.example 192.0.2.1\n\nThe end.",
        "Name servers:\n\nns1.a.example\nns2.a.example\n\nwww.registry.test\n",
        "Name Servers\nns1.a.example\nns2.a.example\t192.0.2.1\n",
        "nameservers:  ns1.a.example. [192.0.2.1]\n              ns2.a.example.\ncreated: x",
        "Nameservers\nHostname:  ns1.a.example\nHandle: X-1\nHostname:  ns2.a.example\n",
        "Name Servers:\n  DNS:  ns1.a.example\n  DNS:  ns2.a.example\n",
        "DNS servers\nName...: ns1.a.example\nIP address\nIP : 192.0.2.1\nName...: ns2.a.example",
        "Servers:\n   - ns1.a.example\n   - ns2.a.example\n",
    ],
)
def test_a_list_of_name_servers(text):
    assert [value.split()[0].rstrip(".") for value, _ in _read(text, "name_servers")] == [
        "ns1.a.example",
        "ns2.a.example",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Registrar:\n   Name:  Alpha\n   Address: Nowhere",
        "Registrar:\n   Alpha\n   1 Nowhere Street",
        "REGISTRAR:\nAlpha\n1 Nowhere Street",
        "[Registrar]\nType: Legal person\nName: Alpha\n",
        "Registrar\tAlpha\n1 Nowhere Street",
        "Registrar:   Alpha\nName: somebody else",
        "Domain registrant: XY-1\nName: Nobody\n\nRegistrar: AL-1\nName: Alpha",
    ],
)
def test_a_registrar_below_its_heading(text):
    found = [e for e in entries(lines_of(text)) if e.field == "registrar_name"]
    assert min(found, key=lambda entry: entry.rank).value == "Alpha"


@pytest.mark.parametrize(
    "text",
    [
        "Registrant\n  Organization: A\n  Created: 2025-01-02",
        "Administrative contact:\nName: A\nCreated: 2025-01-02",
        "nic-hdl: A1-TEST\ncreated: 2025-01-02",
        "contact: A1\nname: A\ncreated: 2025-01-02",
    ],
)
def test_a_persons_dates_are_told_apart(text):
    assert _read(text, "created") == [("2025-01-02", Part.PERSON)]


def test_an_empty_key_among_others_is_no_heading():
    text = "Domain: shop.test\nRegistrant:\nStatus: ok"
    assert _read(text, "statuses") == [("ok", Part.DOMAIN)]


def test_remarks_and_sentences_are_not_read():
    text = "% created: 2025-01-02\n# status: ok\nAsk the registrar.  Users may do so.\n"
    assert list(entries(lines_of(text))) == []


def test_what_is_looked_at_is_bounded():
    lines = lines_of("x" * 1000 + "\n" + "y\n" * MAX_TEXT)
    assert max(map(len, lines)) == MAX_LINE
    assert sum(map(len, lines)) + len(lines) <= MAX_TEXT + 1


def test_keys_are_read_with_dots_quotes_full_width_colons_or_one_space():
    lines = lines_of(
        "Domain name shop.test\nRegistrar Alpha Ltd\nCreation date...... 2004-05-06\n"
        '"status": "active",\n到期时间：2027-05-06\n'
    )
    found = {entry.field: entry.value for entry in entries(lines)}
    assert found["registrar_name"] == "Alpha Ltd"
    assert found["created"] == "2004-05-06"
    assert found["statuses"] == "active"
    assert found["expires"] == "2027-05-06"


def test_prose_is_not_split_where_answers_have_colons():
    lines = lines_of("Domain: shop.test\nRegistrar records may change\n")
    assert [entry.field for entry in entries(lines)] == ["domain"]


def test_an_address_in_brackets_makes_no_key_of_a_name_server():
    lines = lines_of("nameservers: ns1.test. [2001:db8::1]\n             ns2.test. [2001:db8::2]\n")
    found = [entry.value.split()[0] for entry in entries(lines) if entry.field == "name_servers"]
    assert found == ["ns1.test.", "ns2.test."]


def test_a_date_below_the_name_servers_is_none_of_them():
    lines = lines_of("Name servers:\nns1.test\n\nCreated on: 2004-05-06\n")
    assert [entry.field for entry in entries(lines)] == ["name_servers", "created"]
