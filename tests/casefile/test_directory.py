from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import check, directory
from abusetrack.errors import InputError
from abusetrack.records import ContactOrigin, Role

MANUAL = ContactOrigin.MANUAL


def upsert(case, *contacts, **fields):
    done = directory.upsert(case, contacts, **fields)
    return done.added, done.changed, done.unchanged, done.unconfirmed


def best(case, party="iana:9999", role=Role.REGISTRAR):
    return directory.contact_for(case, party, role)


def test_contacts_come_back_as_they_came(case, contact):
    full = contact(form="https://r.example/abuse", phone="+1.5550100", comment="slow")
    assert upsert(case, full) == (1, 0, 0, 0)
    assert best(case) == full
    assert best(case, "iana:1") is None
    assert best(case, role=Role.REGISTRY) is None


def test_manual_wins_and_survives_a_new_table(case, contact, clock):
    manual = contact(email="ann@r.example", origin=MANUAL, source="Ann", comment="asked them")
    upsert(case, manual)
    upsert(case, contact(as_of=clock.now() + timedelta(days=1)))
    assert best(case) == manual
    assert len(directory.contacts(case)) == 2
    assert directory.contacts(case)[0] == manual


def test_sources_stand_side_by_side(case, contact, clock):
    upsert(case, contact(source="table.csv"))
    newer = contact(source="answers", email="new@r.example", as_of=clock.now() + timedelta(days=1))
    upsert(case, newer)
    assert best(case) == newer
    without_address = contact(source="other", email=None, as_of=clock.now() + timedelta(days=2))
    upsert(case, without_address)
    assert best(case) == newer


def test_a_confirmation_is_kept_while_the_address_stays(case, contact, clock):
    upsert(case, contact())
    clock.move(hours=1)
    confirmed = directory.confirm(case, "iana:9999", Role.REGISTRAR)
    assert (confirmed.confirmed_by, confirmed.confirmed_at) == ("Ann", clock.now())
    assert best(case) == confirmed
    later = clock.now() + timedelta(days=1)
    assert upsert(case, contact(as_of=later, party_name="Renamed")) == (0, 1, 0, 0)
    assert best(case).confirmed_by == "Ann"
    assert upsert(case, contact(as_of=later, email="other@r.example")) == (0, 1, 0, 1)
    assert best(case).confirmed_by is None
    assert best(case).confirmed_at is None


@pytest.mark.parametrize("change", [{"form": "https://r.example/f"}, {"phone": "+1.5550100"}])
def test_every_way_of_reaching_counts_as_the_address(case, contact, change):
    upsert(case, contact())
    directory.confirm(case, "iana:9999", Role.REGISTRAR)
    upsert(case, contact(**change))
    assert best(case).confirmed_by is None


def test_a_confirmed_contact_is_used_before_a_newer_one(case, contact, clock):
    upsert(case, contact())
    directory.confirm(case, "iana:9999", Role.REGISTRAR)
    upsert(case, contact(source="answers", as_of=clock.now() + timedelta(days=1)))
    assert best(case).source == "table.csv"


def test_seen_again_is_no_change_but_moves_the_date(case, contact, clock):
    upsert(case, contact())
    later = clock.now() + timedelta(days=1)
    again = contact(as_of=later, comment="elsewhere")
    assert upsert(case, again) == (0, 0, 1, 0)
    assert best(case) == again
    assert upsert(case, contact()) == (0, 0, 1, 0)
    assert best(case) == again  # an older list does not move it back
    assert case.value("SELECT count(*) FROM fact") == 1
    assert case.value("SELECT count(*) FROM audit") == 1


def test_an_older_answer_does_not_take_the_place_of_a_newer_one(case, contact, clock):
    newer = contact(email="new@r.example", as_of=clock.now() + timedelta(days=1))
    upsert(case, newer)
    directory.confirm(case, "iana:9999", Role.REGISTRAR)
    assert upsert(case, contact(email="old@r.example")) == (0, 0, 1, 0)
    assert (best(case).email, best(case).confirmed_by) == ("new@r.example", "Ann")


def test_what_took_the_place_of_the_contact_seen_is_not_confirmed(case, contact, clock):
    upsert(case, contact())
    seen = best(case)
    upsert(case, contact(email="other@r.example", as_of=clock.now() + timedelta(days=1)))
    with pytest.raises(InputError, match="changed since it was shown"):
        directory.confirm(case, "iana:9999", Role.REGISTRAR, seen=seen)
    assert best(case).confirmed_by is None
    assert directory.confirm(case, "iana:9999", Role.REGISTRAR, seen=best(case)).confirmed_by


def test_a_comment_of_a_person_is_a_change(case, contact):
    upsert(case, contact(origin=MANUAL))
    assert upsert(case, contact(origin=MANUAL, comment="slow")) == (0, 1, 0, 0)
    assert best(case).comment == "slow"


def test_the_same_contact_twice_in_one_list(case, contact):
    assert upsert(case, contact(email="a@r.example"), contact(email="b@r.example")) == (1, 1, 0, 0)
    assert best(case).email == "b@r.example"


def test_people_are_on_record_and_lookups_are_not(case, contact):
    upsert(case, contact(), by_person=False)
    assert case.value("SELECT count(*) FROM audit") == 0
    directory.confirm(case, "iana:9999", Role.REGISTRAR)
    upsert(case, contact("iana:1"))
    actions = [row["action"] for row in case.query("SELECT action FROM audit ORDER BY seq")]
    assert actions == ["confirm contact", "contacts"]
    assert check.check(case).problems == ()


def test_who_is_not_there_cannot_be_confirmed(case):
    with pytest.raises(InputError, match="no registrar contact for iana:1; import one"):
        directory.confirm(case, "iana:1", Role.REGISTRAR)


def test_lists_are_by_name_and_role(case, contact):
    upsert(
        case,
        contact("iana:2", party_name="beta"),
        contact("iana:1", party_name="Alpha"),
        contact("test:reg", party_name="gamma", role=Role.REGISTRY),
    )
    assert [one.party_name for one in directory.contacts(case)] == ["Alpha", "beta", "gamma"]
    assert [one.party_key for one in directory.contacts(case, role=Role.REGISTRY)] == ["test:reg"]
