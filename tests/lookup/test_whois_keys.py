"""Keys of WHOIS answers: whole ones from the table, others by their words."""

from __future__ import annotations

import pytest

from abusetrack.lookup.whois_keys import Part, known_below, known_key, part_of


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("Domain name registration expiry date", "expires"),
        ("Fecha de vencimiento del dominio", "expires"),
        ("Läuft ab am", "expires"),
        ("Дата окончания регистрации", "expires"),
        ("Date d'expiration", "expires"),
        ("Domain was first created on", "created"),
        ("Tanggal Pendaftaran", "created"),
        ("Kayıt Tarihi", "created"),
        ("Dernière modification", "updated"),
        ("Domain's current status", "statuses"),
        ("Servidor secundario 2", "name_servers"),
        ("Alan Adı Sunucuları", "name_servers"),
        ("Name of the domain registrar", "registrar_name"),
    ],
)
def test_a_key_that_the_table_lacks_is_known_by_its_words(key, field):
    known = known_key(key)
    assert known is not None
    assert known.field == field


@pytest.mark.parametrize(
    "key",
    [
        "Created by registrar",  # two fields
        "Status date",
        "Registrar created expires",
        "Domain",
        "Created 2026-11-25",
        "Registration",
        "Registrant name",
        "Date",
        "Created on behalf of",
        "Server name",  # begins a record of another object
        "",
    ],
)
def test_a_key_of_other_or_several_meanings_is_not_made_up(key):
    known = known_key(key)
    assert known is None or known.rank < 9


def test_a_whole_key_wins_over_its_words():
    assert known_key("Registry Expiry Date").rank < known_key("Expiry date of the registry").rank


def test_the_end_of_a_registrars_sponsorship_is_the_next_best_expiry():
    assert known_key("Expiry date at registrar").rank > known_key("Expiry date at registry").rank


def test_what_persons_have_too_is_told_apart():
    assert known_key("Record modified by on").bare
    assert not known_key("Domain record modified").bare
    assert not known_key("Will expire at").bare


def test_a_key_may_mean_something_below_a_heading_only():
    assert known_key("Organization") is None
    assert known_below("registrar", "Organization").field == "registrar_name"
    assert known_below("registrant", "Organization") is None


def test_headings_say_whose_data_follows():
    assert part_of("Administrative Contact") is Part.PERSON
    assert part_of("Registrar information") is Part.REGISTRAR
    assert part_of("nsset") is Part.OTHER
    assert part_of("Expires") is None
