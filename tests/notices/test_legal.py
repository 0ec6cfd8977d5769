from __future__ import annotations

import pytest

from abusetrack.notices.legal import Basis, is_generic, registrar_basis

# ZZ is left for private use by ISO 3166 and never a country's ending.


@pytest.mark.parametrize(
    ("domain", "generic"),
    [
        ("bad.example", True),
        ("bad.co.test", True),
        ("bad.zz", False),
        ("bad.co.zz", False),
        ("bad.xn--zckzah", False),  # might be a country's: left out
        ("bad.edu", False),
    ],
)
def test_generic_endings(domain, generic):
    assert is_generic(domain) is generic


@pytest.mark.parametrize(
    ("iana_id", "domains", "basis"),
    [
        (64500, ["a.example", "b.test"], Basis.GENERIC),
        (64500, ["a.example", "b.zz"], Basis.MIXED),
        (64500, ["b.zz"], Basis.OWN_TERMS),
        (None, ["a.example"], Basis.OWN_TERMS),
    ],
)
def test_the_agreement_is_named_only_where_it_binds(iana_id, domains, basis):
    assert registrar_basis(iana_id, domains) is basis
