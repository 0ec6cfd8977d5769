from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pytest
from msgspec import Struct

import abusetrack
from abusetrack.settings import Settings, split_endpoint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5300", ("192.0.2.1", 5300)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5300", ("2001:db8::1", 5300)),
        ("whois.example:4343", ("whois.example", 4343)),
    ],
)
def test_endpoints(text, expected):
    assert split_endpoint(text, 53) == expected


@pytest.mark.parametrize("text", ["", ":53", "a:b", "192.0.2.1:0", "[2001:db8::1", "a b:c:d"])
def test_what_is_no_endpoint_is_refused(text):
    with pytest.raises(ValueError, match="not a"):
        split_endpoint(text, 53)


def test_every_key_stands_in_the_documentation():
    page = Path(abusetrack.__file__).parent.parent / "docs" / "config.md"
    text = page.read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_0-9]+", text))
    missing = [key for key in _keys(Settings) if key not in words]
    assert missing == []


def _keys(table: type[Struct]):
    for name, kind in get_type_hints(table).items():
        if name == "base":  # our own
            continue
        yield name
        if isinstance(kind, type) and issubclass(kind, Struct):
            yield from _keys(kind)
