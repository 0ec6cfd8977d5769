"""CDN tables from the lists that others publish."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from abusetrack.errors import SettingsError
from abusetrack.lookup.cdn import CdnTable

LISTS = Path(__file__).parents[3] / "shared" / "data" / "lists"
RANGES = ("akamai", "bunny-net", "cloudflare", "fastly", "stackpath")


@pytest.mark.skipif(not LISTS.exists(), reason="the recorded lists are not beside the checkout")
@pytest.mark.parametrize("name", RANGES)
def test_the_recorded_lists_can_be_imported(name):
    path = LISTS / f"{name}.json"
    table = CdnTable([path])
    listed = json.loads(path.read_text("utf-8"))
    for text in listed["list"]:
        address = ip_network(text, strict=False).network_address
        match = table.by_address(ip_address(address), ())
        assert match.facts.name.casefold() == name.replace("-", " ")
        assert match.source == f"table {name} {listed['version']}"


def test_a_list_of_names(tmp_path):
    path = tmp_path / "example-edge.json"
    path.write_text('{"type": "hostname", "version": 3, "list": ["Edge.example."]}')
    match = CdnTable([path]).by_alias(("a.edge.example",))
    assert (match.facts.name, match.source) == ("Example Edge", "table example-edge 3")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"list": "abc"}', '{"type": "cidr", "list": ["x"]}', "[" * 99999]
)
def test_a_broken_list_is_said(tmp_path, text):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"network\.cdn_tables"):
        CdnTable([path])
