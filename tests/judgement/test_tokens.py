from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.judgement.tokens import MANY_SIBLINGS, not_again, token_in


@pytest.mark.parametrize(
    "label",
    [
        "3f2a9c1d7e5b4a60",
        "550e8400-e29b-41d4-a716-446655440000",
        "1700000000123",
        "mfrggzdfmy2tqnzz7a3b",
        "a1b2c3d4e5f6g7h8",
        "xkcdqwrtpsdfghjk",
        "3F2A9C1D7E5B4A60",
    ],
)
def test_what_looks_made_for_one_visitor(label):
    assert token_in(label)


@pytest.mark.parametrize(
    "label",
    [
        "www",
        "img12",
        "mail2026",
        "s3-eu-west-1",
        "my-very-long-name-for-pictures",
        "internationalpictures",
        "strengthsandweaknesses",
        "xn--80ak6aa92e1b2c3d4",
        "deadbeefcafe",
        "facefacefaceface",
        "20261125",
        "",
    ],
)
def test_what_does_not(label):
    assert token_in(label) == ""


@settings(derandomize=True, max_examples=50)
@given(st.uuids(), st.binary(min_size=12, max_size=24))
def test_random_ones_are_known(token, raw):
    assert token_in(str(token))
    assert token_in(raw.hex()) or raw.hex().isalpha()


def test_only_hosts_below_the_domain_are_judged_each_with_its_reason():
    token = "3f2a9c1d7e5b4a60"
    hosts = [f"{token}.site.example", f"www.{token}.site.example", "www.site.example"]
    hosts += ["site.example", f"{token}.other.example"]
    found = not_again("site.example", hosts)
    assert sorted(found) == sorted(hosts[:2])
    assert all("16 hexadecimal digits" in why and token not in why for why in found.values())
    assert not_again(f"{token}.example", [f"{token}.example"]) == {}


def test_many_alike_side_by_side_are_tokens_though_each_is_short():
    alike = [f"u{number:05d}.site.example" for number in range(MANY_SIBLINGS)]
    words = [f"{'abcdefghij'[number % 10]}albums.site.example" for number in range(10)]
    found = not_again("site.example", [*alike, *words])
    assert sorted(found) == sorted(alike)
    assert "20 hosts" in next(iter(found.values()))
    assert not_again("site.example", alike[1:]) == {}
