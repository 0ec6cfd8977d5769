from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import directory, facts, parties
from abusetrack.records import ContactOrigin, Party, Role

AUTOMATIC = ContactOrigin.AUTOMATIC
EVERYTHING = {
    "name": "Registrar of Tests",
    "policy": "No abuse.",
    "policy_url": "https://r.example/policy",
    "trusted_notifier": "agreed in 2025",
    "framework": True,
    "union": False,
    "online_platform": False,
    "exact_urls": True,
    "one_domain": True,
    "language": "de",
    "country": "DE",
    "openpgp_fingerprint": "0123456789ABCDEF0123456789ABCDEF01234567",
    "openpgp_key": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
    "form_fields": ("Name", "Domain"),
    "form_characters": 5000,
    "form_rows": 10,
    "comment": "ask for Kim",
}


def test_every_note_comes_back_as_it_came(case):
    assert parties.note(case, "iana:9999", EVERYTHING)
    found = parties.party(case, "iana:9999")
    assert found == Party(
        "iana:9999", role=Role.REGISTRAR, manual=tuple(sorted(EVERYTHING)), **EVERYTHING
    )
    assert set(EVERYTHING) == set(parties.FIELDS)


def test_a_party_without_notes_has_its_role_and_the_name_that_is_known(case, contact):
    assert parties.party(case, "asn:64500", "NET") == Party("asn:64500", "NET", Role.HOST)
    assert parties.party(case, "asn:64500").name == "asn:64500"
    directory.upsert(case, [contact("cdn:delivery", party_name="Delivery", role=Role.CDN)])
    assert parties.party(case, "cdn:delivery") == Party("cdn:delivery", "Delivery", Role.CDN)


def test_a_persons_word_wins_and_can_be_taken_back(case):
    parties.note(case, "iana:9999", {"country": "DE"})
    parties.note(case, "iana:9999", {"country": "US", "language": "en"}, origin=AUTOMATIC)
    found = parties.party(case, "iana:9999")
    assert (found.country, found.language, found.manual) == ("DE", "en", ("country",))
    parties.note(case, "iana:9999", {"country": None})
    assert parties.party(case, "iana:9999") == replace(found, country="US", manual=())
    assert [(field, source) for field, _origin, source, _at in parties.sources(case, "iana:9999")]
    assert parties.noted(case) == ["iana:9999"]


def test_no_is_not_the_same_as_unknown(case):
    parties.note(case, "iana:9999", {"union": False})
    assert parties.party(case, "iana:9999").union is False
    assert parties.party(case, "iana:1").union is None


def test_the_same_word_again_is_no_change(case):
    assert parties.note(case, "iana:9999", EVERYTHING)
    before = case.value("SELECT count(*) FROM fact")
    assert not parties.note(case, "iana:9999", EVERYTHING)
    assert not parties.note(case, "iana:1", {"country": ""})
    assert case.value("SELECT count(*) FROM fact") == before
    assert parties.note(case, "iana:9999", EVERYTHING | {"comment": "ask for Sam"})
    assert parties.party(case, "iana:9999").comment == "ask for Sam"


def test_a_persons_note_is_audited_and_a_comment_can_be_erased(case):
    parties.note(case, "iana:9999", EVERYTHING)
    parties.note(case, "iana:9999", {"country": "US"}, origin=AUTOMATIC)
    rows = case.query("SELECT actor, action, subject, detail FROM audit")
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        ("Ann", "party note", "iana:9999")
    ]
    assert "Kim" not in rows[0]["detail"]
    with case.transaction():
        case.execute("DELETE FROM erasable WHERE text LIKE '%Kim%'")
    assert parties.party(case, "iana:9999").comment == ""


def test_the_table_can_be_made_anew_from_the_facts(case):
    parties.note(case, "iana:9999", EVERYTHING)
    parties.note(case, "iana:9999", {"country": None, "comment": "new"})
    parties.note(case, "tld:test", {"language": "en"}, origin=AUTOMATIC, source="t.csv")
    before = case.rows("SELECT * FROM party_note ORDER BY party_key, field, origin")
    with case.transaction():
        case.execute("DELETE FROM party_note")
        numbers = [n for (n,) in case.rows("SELECT n FROM fact WHERE kind = 'party note'")]
        parties.fold(case, facts.read(case, numbers))
    assert case.rows("SELECT * FROM party_note ORDER BY party_key, field, origin") == before


def test_only_fields_of_a_party_can_be_noted(case):
    with pytest.raises(ValueError, match="colour"):
        parties.note(case, "iana:9999", {"colour": "red"})
