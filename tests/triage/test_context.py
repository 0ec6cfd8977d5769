from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack.errors import SettingsError
from abusetrack.settings import load
from abusetrack.triage.context import actor_of, make_context


def test_parking_tables_add_to_the_shipped_one(tmp_path, clock):
    (tmp_path / "parking.toml").write_text(
        "[[parking]]\nname = 'Place'\nname_servers = ['PARK.example']\n", encoding="utf-8"
    )
    (tmp_path / "config.toml").write_text(
        "[network]\nparking_tables = ['parking.toml']\n[organisation]\nanalyst = 'Ann'\n",
        encoding="utf-8",
    )
    settings = load(tmp_path / "config.toml")
    context = make_context(settings, clock)
    assert ("park.example", "Place") in context.parking
    assert len(context.parking) > 1
    assert actor_of(settings) == "Ann"


@pytest.mark.parametrize(
    "text",
    ["[[parking]]\nname = 'x'\n", "not toml", "parking = 3", "[[parking]]\nname_servers=[1]"],
)
def test_a_broken_table_is_said(tmp_path, clock, text):
    (tmp_path / "parking.toml").write_text(text, encoding="utf-8")
    (tmp_path / "config.toml").write_text(
        "[network]\nparking_tables = ['parking.toml']\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError, match=r"parking\.toml"):
        make_context(load(tmp_path / "config.toml"), clock)


def test_lists_of_names_count_and_lists_of_addresses_are_left_to_the_lookups(tmp_path, clock):
    (tmp_path / "some-parking.json").write_text(
        '{"type": "hostname", "list": ["Park.example.", "ns.lot.example"]}', encoding="utf-8"
    )
    (tmp_path / "addresses.json").write_text('{"type": "cidr", "list": ["192.0.2.0/24"]}')
    (tmp_path / "blocks.toml").write_text(
        "[[parking]]\nname = 'Lot'\nprefixes = ['198.51.100.0/24']\n", encoding="utf-8"
    )
    (tmp_path / "config.toml").write_text(
        "[network]\nparking_tables = ['some-parking.json', 'addresses.json', 'blocks.toml']\n"
    )
    found = make_context(load(tmp_path / "config.toml"), clock).parking
    assert [row for row in found if row[0].endswith("example")] == [
        ("park.example", "list some-parking"),
        ("ns.lot.example", "list some-parking"),
    ]
    assert not any("192.0.2" in suffix or name == "Lot" for suffix, name in found)


def test_name_servers_of_sinkholes_count_as_well(tmp_path, clock):
    (tmp_path / "own.toml").write_text(
        "[[sinkhole]]\nname = 'Hole'\nname_servers = ['hole.example']\n", encoding="utf-8"
    )
    (tmp_path / "config.toml").write_text("[network]\nsinkhole_tables = ['own.toml']\n")
    found = make_context(load(tmp_path / "config.toml"), clock).parking
    assert ("hole.example", "Hole") in found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"list": 5}', '{"list": [5]}', "[" * 9999])
def test_a_broken_list_is_said(tmp_path, clock, text):
    (tmp_path / "parking.json").write_text(text, encoding="utf-8")
    (tmp_path / "config.toml").write_text("[network]\nparking_tables = ['parking.json']\n")
    with pytest.raises(SettingsError, match=r"network\.parking_tables"):
        make_context(load(tmp_path / "config.toml"), clock)


LISTS = Path(__file__).parents[3] / "shared" / "data" / "lists"


@pytest.mark.skipif(not LISTS.exists(), reason="the recorded lists are not beside the checkout")
def test_the_recorded_lists_can_be_imported(tmp_path, clock):
    paths = [str(LISTS / f"{name}.json") for name in ("parking-domain-ns", "parking-domain")]
    (tmp_path / "config.toml").write_text(f"[network]\nparking_tables = {paths}\n")
    found = make_context(load(tmp_path / "config.toml"), clock).parking
    assert sum(name == "list parking-domain-ns" for _suffix, name in found) > 100


def test_a_missing_table_is_said(tmp_path, clock):
    (tmp_path / "config.toml").write_text(
        "[network]\nparking_tables = ['none.toml']\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError, match=r"none\.toml"):
        make_context(load(tmp_path / "config.toml"), clock)
