from __future__ import annotations

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


def test_a_missing_table_is_said(tmp_path, clock):
    (tmp_path / "config.toml").write_text(
        "[network]\nparking_tables = ['none.toml']\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError, match=r"none\.toml"):
        make_context(load(tmp_path / "config.toml"), clock)
