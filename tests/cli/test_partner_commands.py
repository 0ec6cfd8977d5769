from __future__ import annotations

import json

import pytest

from abusetrack.exchange import block_lists, giving

LIST = (
    "url,reference,outcome,kind,legal category,law\n"
    "https://www.one.example/p?id=7,R-1,confirmed,dedicated,A,Law 1\n"
    "https://two.example/q,R-2,confirmed,forum,A,Law 1\n"
    "https://three.example/q,R-3,,,,\n"
)


@pytest.fixture
def house(abusetrack, tmp_path):
    """A case file with two confirmed domains, and two partners in the settings."""
    abusetrack.config.write_text(
        '[organisation]\nname = "Test Hotline"\n[names]\nextra_suffixes = "suffixes"\n'
        '[partners.other]\nlevel = "url"\n[partners.isp]\nkind = "industry"\n'
    )
    suffixes = abusetrack.config.with_name("suffixes")
    suffixes.write_text("// ===BEGIN ICANN DOMAINS===\nexample\n")
    (abusetrack.folder / "list.csv").write_text(LIST)
    abusetrack.said("import", "list.csv")
    return abusetrack


def test_a_preview_writes_nothing_and_records_nothing(house):
    said = house.said("share", "--to", "other", "--preview").output
    assert "hxxps://www[.]one[.]example/p?id=7" in said
    assert "three" not in said
    assert "R-1" not in said
    assert [path.name for path in house.folder.glob("*.json*")] == []
    assert house.here("check", "--json")["problems"] == []


@pytest.mark.parametrize("form", ["stix", "misp"])
def test_a_file_is_written_for_a_partner_once_and_for_itself_alone(house, form):
    out = house.folder / f"{form}.json"
    said = house.said("share", "--to", "other", "--format", form, "--plain", "--out", out).output
    assert "2 domains for other" in " ".join(said.split())
    assert "nothing was sent" in " ".join(said.split())
    assert "https://www.one.example/p?id=7" in json.dumps(json.loads(out.read_text()))
    assert "R-1" not in out.read_text()
    again = house.said("share", "--to", "other", "--format", form, "--plain", "--out", out, code=2)
    assert "exists already" in " ".join(again.output.split())


@pytest.mark.parametrize(
    ("command", "form"),
    [("blocklist", form) for form in block_lists.FORMATS] + [("share", f) for f in giving.FORMATS],
)
def test_in_every_format_a_file_in_the_clear_has_to_be_asked_for(house, command, form):
    refused = house.said(command, "--to", "isp", "--format", form, "--out", "list", code=2)
    assert not (house.folder / "list").exists()
    assert "partners.isp.openpgp_fingerprint" in " ".join(refused.output.split())


def test_a_list_in_the_clear_has_the_names_alone(house):
    out = house.folder / "list"
    house.said("blocklist", "--to", "isp", "--format", "plain", "--plain", "--out", out)
    assert out.read_text().splitlines()[1:] == ["one.example"]


def test_a_partner_nobody_knows_and_a_missing_file_are_said(house):
    unknown = house.said("share", "--to", "nobody", "--preview", code=2)
    assert "No partner is called 'nobody'" in " ".join(unknown.output.split())
    unnamed = house.said("share", "--to", "other", code=2)
    assert "--out" in unnamed.output
