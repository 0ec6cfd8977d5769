from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack.casefile import (
    address_rules,
    contact_ledger,
    directory,
    open_case_file,
    parties,
)
from abusetrack.errors import InputError
from abusetrack.records import Contact, ContactOrigin, ContactOutcome, Role
from abusetrack.triage import contact_tables, contacts

REGISTRARS = (
    "iana_id,name,link,email,form,api,notes,found,as_of,tld\n"
    "9000001,One Registrar,,abuse@one.example,,,,TRUE,2026-02-01,\n"
    "9000002,Two Registrar,,,https://two.example/abuse,,form only,TRUE,2026-02-01,\n"
    "9000003,Three Registrar,,,,,,FALSE,2026-02-01,\n"
    ",Four Registrar,,abuse@four.example,,,,TRUE,2026-02-01,zz\n"
    ",Nameless,,abuse@five.example,,,,TRUE,2026-02-01,\n"
    "x9,Six,,abuse@six.example,,,,TRUE,2026-02-01,\n"
)


@pytest.fixture
def table(tmp_path):
    def write(text, name="registrars.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_table_of_registrars(context, case, table):
    count, complaints = contact_tables.import_contacts(context, case, table(REGISTRARS))
    assert count == 3
    assert [item.line for item in complaints] == [6, 7]
    one = directory.contact_for(case, "iana:9000001", Role.REGISTRAR)
    assert one.email == "abuse@one.example"
    assert one.origin is ContactOrigin.AUTOMATIC
    assert one.confirmed_at is None
    assert one.as_of.date().isoformat() == "2026-02-01"
    form_only = directory.contact_for(case, "iana:9000002", Role.REGISTRAR)
    assert (form_only.email, form_only.form) == (None, "https://two.example/abuse")
    assert directory.contact_for(case, "iana:9000003", Role.REGISTRAR) is None
    assert directory.contact_for(case, "zz:four-registrar", Role.REGISTRAR) is not None


def test_a_table_of_registries(context, case, table):
    text = (
        "tld,link,name,email,form,api,notes,found,as_of\n.zz,,ZZ,abuse@nic.zz,,,,TRUE,2026-02-01\n"
    )
    assert contact_tables.import_contacts(context, case, table(text))[0] == 1
    assert directory.contact_for(case, "tld:zz", Role.REGISTRY).email == "abuse@nic.zz"


def test_importing_again_keeps_the_confirmation_of_an_unchanged_address(context, case, table):
    contact_tables.import_contacts(context, case, table(REGISTRARS))
    directory.confirm(case, "iana:9000001", Role.REGISTRAR)
    contact_tables.import_contacts(context, case, table(REGISTRARS))
    assert directory.contact_for(case, "iana:9000001", Role.REGISTRAR).confirmed_at
    changed = REGISTRARS.replace("abuse@one.example", "other@one.example")
    contact_tables.import_contacts(context, case, table(changed))
    assert directory.contact_for(case, "iana:9000001", Role.REGISTRAR).confirmed_at is None


def test_a_table_without_the_columns_is_refused(context, case, table):
    with pytest.raises(InputError, match="iana_id or tld"):
        contact_tables.import_contacts(context, case, table("name,email\nOne,abuse@one.example\n"))
    assert directory.contacts(case) == []


def test_listing_gives_the_one_that_a_draft_would_use(context, case, table):
    contact_tables.import_contacts(context, case, table(REGISTRARS))
    listed = {item.contact.party_key for item in contacts.listed(context, case)}
    assert listed == {"iana:9000001", "iana:9000002", "zz:four-registrar"}
    assert contacts.listed(context, case, used_only=True) == []


def test_what_we_export_comes_back_the_same(context, case, table, tmp_path, clock):
    contact_tables.import_contacts(context, case, table(REGISTRARS))
    directory.confirm(case, "iana:9000001", Role.REGISTRAR)
    formula = '=HYPERLINK("https://x.example")'
    manual = Contact("cdn:delivery", "Delivery, Inc.", Role.CDN, None, "https://d.example/f",
                     "+1 2", ContactOrigin.MANUAL, "Ann", clock.now(), comment=formula)  # fmt: skip
    directory.upsert(case, [manual])
    exported = tmp_path / "out.csv"
    assert contact_tables.export_contacts(case, exported) == 4
    assert f'"{formula}' not in exported.read_text(encoding="utf-8").replace('""', '"')
    before = directory.contacts(case)
    with open_case_file(tmp_path / "other", clock=clock, actor="Ben") as other:
        contact_tables.import_contacts(context, other, exported, with_confirmations=True)
        assert directory.contacts(other) == before
    with open_case_file(tmp_path / "third", clock=clock, actor="Ben") as third:
        contact_tables.import_contacts(context, third, exported)
        assert [item.confirmed_by for item in directory.contacts(third)] == [None] * 4
    with pytest.raises(InputError, match="exists already"):
        contact_tables.export_contacts(case, exported)


def test_a_table_of_ours_with_wrong_rows(context, case, table):
    text = (
        "party,role,email,form,origin\n"
        "asn:64500,,abuse@net.example,,\n"
        "asn:64501,chef,abuse@net.example,,\n"
        ",host,abuse@net.example,,\n"
        "asn:64502,host,,,\n"
    )
    count, complaints = contact_tables.import_contacts(context, case, table(text))
    assert (count, [item.line for item in complaints]) == (1, [3, 4])
    assert directory.contact_for(case, "asn:64500", Role.HOST).email == "abuse@net.example"


def test_parties_come_back_the_same(context, case, table, tmp_path, clock):
    parties.note(
        case,
        "iana:9999",
        {
            "name": "R", "country": "DE", "union": True, "exact_urls": False, "form_rows": 5,
            "form_fields": ("Name", "URL"), "openpgp_key": "-----BEGIN\nAAAA\n-----END",
            "comment": "=1+1",
        },
    )  # fmt: skip
    exported = tmp_path / "parties.csv"
    assert contact_tables.export_parties(case, exported) == 1
    with open_case_file(tmp_path / "other", clock=clock, actor="Ben") as other:
        assert contact_tables.import_parties(context, other, exported, own=True) == (1, [])
        assert parties.party(other, "iana:9999") == parties.party(case, "iana:9999")
        assert contact_tables.import_parties(context, other, exported, own=True) == (0, [])
    with open_case_file(tmp_path / "third", clock=clock, actor="Ben") as third:
        contact_tables.import_parties(context, third, exported)
        assert parties.party(third, "iana:9999").manual == ()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("union", "perhaps"),
        ("form_rows", "-1"),
        ("country", "Germany"),
        ("openpgp_fingerprint", "ABC"),
        ("openpgp_key", "-----BEGIN PGP PRIVATE KEY BLOCK-----"),
    ],
)
def test_a_note_that_fits_not_its_field_is_a_complaint(context, case, table, field, text):
    made = table(f"party,{field}\niana:9999,{text}\n")
    count, complaints = contact_tables.import_parties(context, case, made)
    assert (count, complaints[0].line) == (0, 2)
    assert field in complaints[0].reason


def test_a_table_without_parties_is_refused(context, case, table):
    with pytest.raises(InputError, match="no table of parties"):
        contact_tables.import_parties(context, case, table("party,colour\niana:1,red\n"))


def test_the_public_tables_can_be_imported(context, case):
    folder = Path(__file__).parents[3] / "shared" / "data" / "contacts"
    if not folder.is_dir():
        pytest.skip("the recorded tables of contacts are not beside this checkout")
    counts = [
        contact_tables.import_contacts(context, case, folder / name)
        for name in ("registrars.csv", "registries.csv")
    ]
    assert [complaints for _count, complaints in counts] == [[], []]
    found = directory.contacts(case, role=Role.REGISTRAR)
    form_only = [item for item in found if item.form and not item.email]
    assert 0.2 < len(form_only) / len(found) < 0.3
    assert counts[1][0] > 900


def test_a_registry_of_addresses_is_never_written_to(context, case, clock):
    def add(key, role, email):
        directory.upsert(case, [Contact(key, key, role, email, None, None,
                                        ContactOrigin.AUTOMATIC, "t", clock.now())])  # fmt: skip

    add("asn:64500", Role.HOST, "abuse@ripe.net")
    add("asn:64501", Role.HOST, "abuse@registro.br")
    add("tld:br", Role.REGISTRY, "abuse@registro.br")
    add("asn:64502", Role.HOST, "desk@network.example")
    address_rules.never_send(case, "desk@network.example", note="asked us not to")
    reached = {item.contact.party_key: item.no_send for item in contacts.listed(context, case)}
    assert "regional registry" in reached["asn:64500"]
    assert "national registry" in reached["asn:64501"]
    assert reached["tld:br"] is None
    assert "put there by test: asked us not to" in reached["asn:64502"]
    assert contacts.reach(context, case, "asn:64500", Role.HOST).no_send
    assert contacts.reach(context, case, "asn:1", Role.HOST) is None


def test_old_and_failing_contacts_are_warned_of(context, case, table, clock):
    contact_tables.import_contacts(context, case, table(REGISTRARS))
    assert contacts.reach(context, case, "iana:9000001", Role.REGISTRAR).warnings == ()
    contact_ledger.record(case, "iana:9000001", Role.REGISTRAR, ContactOutcome.BOUNCED)
    clock.move(days=700)
    found = contacts.reach(context, case, "iana:9000001", Role.REGISTRAR)
    assert [reason.code for reason in found.warnings] == ["contact_old", "contact_failed"]
    assert any(item.warnings for item in contacts.listed(context, case))
