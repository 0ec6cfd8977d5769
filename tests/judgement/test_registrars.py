"""Who a registrar is: by ID, by name, by alias; and never by a guess."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.judgement.registrars import Identity, Registrars, fold_party, registrar_key
from abusetrack.records import ListedRegistrar, RegistrarList

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS = (
    ListedRegistrar(9000001, "Alpha Names, Ltd.", "Accredited"),
    ListedRegistrar(9000002, "Beta Names", "Accredited"),
    ListedRegistrar(9000003, "BETA names", "Accredited"),
    ListedRegistrar(9000004, "Gamma Names", "Terminated"),
    ListedRegistrar(9000005, "gamma-names", "Accredited"),
    ListedRegistrar(9000006, "Delta Names", "Terminated"),
    ListedRegistrar(9000007, "Reserved for tests", "Reserved"),
)
ALIASES = {"Alpha": 9000001, "Old Delta": 9000006, "Nobody": 9000099}


@pytest.fixture
def registrars():
    families = {9000001: "Alpha Group", 9000002: "Alpha Group"}
    return Registrars(RegistrarList(ROWS, "somewhere", DAY), ALIASES, families)


@pytest.mark.parametrize(
    ("name", "iana_id", "word"),
    [
        ("ALPHA NAMES LTD", 9000001, "by name, from IANA's list of 2026-03-01"),
        ("Beta Names", None, "more than once"),
        ("Gamma Names", 9000005, "by name"),  # an ended accreditation sponsors nothing
        ("Delta Names", None, ""),
        ("alpha", 9000001, 'table of aliases; IANA\'s list of 2026-03-01 has "Alpha Names, Ltd."'),
        ("Old Delta", None, ""),  # the alias leads to an ended accreditation
        ("Nobody", None, ""),  # and here to an ID that the list has not
        ("Reserved for tests", None, ""),
        ("Alpha Names", None, ""),  # nearly is not exactly
        ("", None, ""),
    ],
)
def test_a_name_alone(registrars, name, iana_id, word):
    who = registrars.identify(None, name)
    assert (who.name, who.iana_id) == (name, iana_id)
    assert word in who.by
    assert bool(who.by) == bool(word)
    assert registrars.identify(None, name, by_name=False) == Identity(name, None)


def test_an_id_alone_gets_its_name_from_the_list(registrars):
    who = registrars.identify(9000001, None)
    assert (who.name, who.iana_id) == ("Alpha Names, Ltd.", 9000001)
    assert "the name is from IANA's list" in who.by
    for unknown in (9000099, 9000007):
        assert str(unknown) in registrars.identify(unknown, None).name


@pytest.mark.parametrize(
    ("iana_id", "name", "words"),
    [
        (9000001, "alpha names ltd", []),
        (9000001, "Alpha", []),  # a known spelling
        (9000001, "Epsilon", ['has the ID 9000001 as "Alpha Names, Ltd."']),
        (9000004, "Gamma Names", ["has the ID 9000004 as terminated"]),
        (9000004, "Zeta", ['as "Gamma Names"', "as terminated"]),
        (9000099, "Eta", ["has no ID 9000099"]),
        (9000007, "Any registry", []),
    ],
)
def test_what_does_not_fit_is_odd_and_changes_nothing(registrars, iana_id, name, words):
    who = registrars.identify(iana_id, name)
    assert (who.name, who.iana_id, who.by) == (name, iana_id, "")
    assert len(who.oddities) == len(words)
    assert all(word in odd for word, odd in zip(words, who.oddities, strict=True))


def test_without_a_list_nothing_is_mapped_and_nothing_odd():
    registrars = Registrars(aliases=ALIASES)
    assert registrars.identify(None, "Alpha") == Identity("Alpha", None)
    assert registrars.identify(9000001, "Alpha") == Identity("Alpha", 9000001)


def test_families_go_by_key(registrars):
    assert registrars.families == {"iana:9000001": "Alpha Group", "iana:9000002": "Alpha Group"}


@given(st.text(max_size=30), st.none() | st.integers(1, 10**7))
def test_any_name_is_kept_as_given(name, iana_id):
    who = Registrars(RegistrarList(ROWS, "somewhere", DAY), ALIASES).identify(iana_id, name)
    assert who.name == name
    assert iana_id is None or who.iana_id == iana_id
    assert who.iana_id is None or iana_id or fold_party(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Example, Inc.", "EXAMPLE INC"),
        ("Ｅｘａｍｐｌｅ Names", "Example-Names"),
        ("a_b", "A B"),
    ],
)
def test_spellings_of_one_party_fold_alike(one, other):
    assert fold_party(one) == fold_party(other)


def test_different_parties_do_not_fold_alike():
    assert registrar_key(None, "zz", "Alpha") != registrar_key(None, "zz", "Beta")
    assert registrar_key(None, "zz", "Alpha") != registrar_key(None, "yy", "Alpha")


def test_generic_endings_share_their_registrars():
    assert registrar_key(None, "example", "Alpha") == registrar_key(None, "test", "ALPHA")


def test_vowel_marks_tell_names_apart_and_signs_are_names_too():
    assert registrar_key(None, "in", "किताब") != registrar_key(None, "in", "कातिब")
    assert registrar_key(None, "zz", "***") != registrar_key(None, "zz", "!!!")


def test_a_reserved_id_is_no_party():
    """9999: the registry acts as its own registrar, each under its own ending."""
    assert registrar_key(9999, "zz", "Zed Registry") == "zz:zed-registry"
    assert registrar_key(9999, "yy", "Why Registry") != registrar_key(9999, "zz", "Zed Registry")
