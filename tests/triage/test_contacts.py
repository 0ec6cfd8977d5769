from __future__ import annotations

import pytest

from abusetrack.casefile import directory
from abusetrack.errors import InputError
from abusetrack.records import ContactOrigin, Role
from abusetrack.triage import contacts

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
    count, complaints = contacts.import_table(context, case, table(REGISTRARS))
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
    assert contacts.import_table(context, case, table(text))[0] == 1
    assert directory.contact_for(case, "tld:zz", Role.REGISTRY).email == "abuse@nic.zz"


def test_importing_again_keeps_the_confirmation_of_an_unchanged_address(context, case, table):
    contacts.import_table(context, case, table(REGISTRARS))
    directory.confirm(case, "iana:9000001", Role.REGISTRAR)
    contacts.import_table(context, case, table(REGISTRARS))
    assert directory.contact_for(case, "iana:9000001", Role.REGISTRAR).confirmed_at
    changed = REGISTRARS.replace("abuse@one.example", "other@one.example")
    contacts.import_table(context, case, table(changed))
    assert directory.contact_for(case, "iana:9000001", Role.REGISTRAR).confirmed_at is None


def test_a_table_without_the_columns_is_refused(context, case, table):
    with pytest.raises(InputError, match="iana_id or tld"):
        contacts.import_table(context, case, table("name,email\nOne,abuse@one.example\n"))
    assert directory.contacts(case) == []


def test_listing_gives_the_one_that_a_draft_would_use(context, case, table):
    contacts.import_table(context, case, table(REGISTRARS))
    listed = {item.party_key for item in contacts.listed(case)}
    assert listed == {"iana:9000001", "iana:9000002", "zz:four-registrar"}
    assert contacts.listed(case, used_only=True) == []
