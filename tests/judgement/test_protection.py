from __future__ import annotations

import pytest

from abusetrack.judgement.protection import NameSet
from abusetrack.records import ProtectedCategory, ProtectedName


@pytest.fixture
def names():
    listed = ("partner.example", "files.shared.example", "gov.test")
    return NameSet(ProtectedName(name, ProtectedCategory.PARTNER) for name in listed)


@pytest.mark.parametrize(
    ("domain", "entry"),
    [
        ("partner.example", "partner.example"),
        ("shared.example", "files.shared.example"),  # suspending it would take that along
        ("ministry.gov.test", "gov.test"),
        ("a.partner.example", "partner.example"),
        ("other.example", None),
        ("notpartner.example", None),
        ("example", "partner.example"),
        ("xgov.test", None),
    ],
)
def test_a_domain_is_protected_by_its_own_name_one_above_and_one_below(names, domain, entry):
    found = names.find(domain)
    assert (found and found.name) == entry


def test_what_stands_below_a_listed_name_is_not_what_has_it_below(names):
    assert names.at_or_below("shared.example").name == "files.shared.example"
    assert names.at_or_below("ministry.gov.test") is None
