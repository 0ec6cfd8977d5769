from __future__ import annotations

from importlib import resources

import pytest

from abusetrack.notices.legal import Clause, clauses, is_generic, situation
from abusetrack.records import Role, Terms
from abusetrack.settings import Organisation, TrustedFlagger

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


NAMED = Organisation(
    designated_in=("ZZ",), trusted_flagger=TrustedFlagger(authority="Coordinator", number="7")
)
ALL, SOME, NONE = ["a.example", "b.test"], ["a.example", "b.zz"], ["b.zz"]
UNION = Terms(in_union=True, online_platform=True)


@pytest.mark.parametrize(
    ("role", "iana_id", "domains", "terms", "expected"),
    [
        (Role.REGISTRAR, 64500, ALL, Terms(), "accreditation, own agreement"),
        (Role.REGISTRAR, 64500, SOME, Terms(), "accreditation of some, own agreement"),
        (Role.REGISTRAR, 64500, NONE, Terms(country="ZZ"), "own agreement"),
        (Role.REGISTRAR, None, ALL, Terms(country="ZZ"), "own agreement"),
        (
            Role.REGISTRAR, 64500, ALL, Terms(country="ZZ", signatory=True),
            "accreditation, designated, framework, own agreement",
        ),
        (Role.REGISTRAR, 64500, ALL, Terms(country="XX"), "accreditation, own agreement"),
        (Role.REGISTRAR, 64500, ALL, UNION, "accreditation, own agreement"),
        (Role.REGISTRY, None, ALL, Terms(), "registry contact, registry interest"),
        (Role.REGISTRY, None, NONE, Terms(signatory=True), "country policy, framework"),
        (Role.HOST, None, ALL, Terms(), "own terms"),
        (Role.HOST, None, ALL, Terms(in_union=False, online_platform=True), "own terms"),
        (Role.HOST, None, ALL, Terms(in_union=True), "own terms, dsa notice"),
        (Role.PLATFORM, None, ALL, UNION, "own terms, dsa notice, dsa flagger"),
        (Role.CDN, None, ALL, UNION, "own terms"),
        (Role.SEARCH_ENGINE, None, ALL, UNION, "own terms"),
        (Role.HOTLINE, None, ALL, UNION, "exchange"),
        (Role.AUTHORITY, None, ALL, UNION, "local law"),
        (Role.ICANN, None, ALL, UNION, "handling"),
    ],
)  # fmt: skip
def test_each_recipient_is_told_only_what_applies_to_it(role, iana_id, domains, terms, expected):
    assert ", ".join(clauses(situation(role, iana_id, domains, terms, NAMED))) == expected


@pytest.mark.parametrize("flagger", [{}, {"authority": "x"}, {"number": "x"}])
def test_a_flagger_is_one_only_with_authority_and_number(flagger):
    organisation = Organisation(trusted_flagger=TrustedFlagger(**flagger))
    found = clauses(situation(Role.PLATFORM, None, ALL, UNION, organisation))
    assert Clause.DSA_FLAGGER not in found


@pytest.mark.parametrize("clause", list(Clause), ids=lambda clause: clause.value)
def test_every_clause_has_its_sentence(clause):
    part = resources.files("abusetrack.resources") / "templates/en/parts/clauses.txt.jinja"
    assert f'clause == "{clause.value}"' in part.read_text(encoding="utf-8")
