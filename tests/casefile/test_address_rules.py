from __future__ import annotations

import pytest

from abusetrack.casefile import address_rules, directory
from abusetrack.errors import InputError
from abusetrack.records import ContactOrigin, Role


def test_the_no_send_list_remembers_who_and_why(case, clock):
    address_rules.never_send(case, " Desk@Network.example ", note="says it can do nothing")
    address_rules.never_send(case, "@rir.example")
    first, second = address_rules.no_send(case)
    assert (first.pattern, second.pattern) == ("@rir.example", "desk@network.example")
    assert (second.note, second.by, second.at) == ("says it can do nothing", "Ann", clock.now())
    address_rules.send_again(case, "@RIR.example")
    assert [entry.pattern for entry in address_rules.no_send(case)] == ["desk@network.example"]
    assert case.value("SELECT count(*) FROM audit WHERE action = 'no-send'") == 3
    assert "nothing" not in str(case.rows("SELECT detail FROM audit"))


@pytest.mark.parametrize("text", ["", "network.example", "a@b@c.example", "a b@c.example", "@test"])
def test_what_is_no_address_is_not_listed(case, text):
    with pytest.raises(InputError, match="neither an e-mail address nor a domain"):
        address_rules.never_send(case, text)
    with pytest.raises(InputError, match="is not on your no-send list"):
        address_rules.send_again(case, "other@network.example")


def test_a_wrong_address_is_replaced_wherever_a_source_names_it(case, contact, clock):
    directory.upsert(case, [contact(email="Wrong@registrar.example", comment="old")])
    rights = ["abuse@registrar.example", "https://registrar.example/abuse", "other@r.example"]
    address_rules.replace(case, "wrong@registrar.example", rights, note="they said so")
    found = directory.contact_for(case, "iana:9999", Role.REGISTRAR)
    assert (found.email, found.form) == (rights[0], rights[1])
    assert found.comment == "old; instead of Wrong@registrar.example; also other@r.example"
    assert (found.confirmed_by, found.confirmed_at) == ("Ann", clock.now())
    assert (found.origin, found.source) == (ContactOrigin.MANUAL, directory.REPLACED)
    assert directory.contacts(case) == [found]
    assert directory.contacts(case, as_stored=True)[0].email == "Wrong@registrar.example"
    directory.upsert(case, [contact(email="Wrong@registrar.example", comment="newer")])
    assert directory.contact_for(case, "iana:9999", Role.REGISTRAR).email == rights[0]


def test_confirming_a_replaced_address_confirms_not_the_wrong_one(case, contact):
    directory.upsert(case, [contact(email="wrong@registrar.example")])
    address_rules.replace(case, "wrong@registrar.example", ["abuse@registrar.example"])
    directory.confirm(case, "iana:9999", Role.REGISTRAR)
    address_rules.replace(case, "wrong@registrar.example", [])
    assert address_rules.replacements(case) == {}
    found = directory.contact_for(case, "iana:9999", Role.REGISTRAR)
    assert (found.email, found.confirmed_by) == ("wrong@registrar.example", None)


@pytest.mark.parametrize(
    ("wrong", "rights"),
    [("nothing", ["a@b.example"]), ("a@b.example", ["nothing"]), ("a@b.example", ["A@b.example"])],
)
def test_a_replacement_is_between_addresses(case, wrong, rights):
    with pytest.raises(InputError):
        address_rules.replace(case, wrong, rights)
