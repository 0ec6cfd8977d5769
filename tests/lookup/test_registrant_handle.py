from __future__ import annotations

import pytest

from abusetrack.lookup.rdap_parse import parse_domain

REDACTED = [{"name": {"description": "Registry Registrant ID"}}]


@pytest.mark.parametrize(
    ("changes", "handle"),
    [
        ({}, "C123-TEST"),
        ({"redacted": REDACTED}, None),
        ({"handle": "REDACTED FOR PRIVACY"}, None),
        ({"handle": "REDACTED"}, None),
        ({"handle": "Ann Example 7"}, None),  # a name with spaces is no handle
        ({"handle": None}, None),
        ({"roles": ["technical"]}, None),
    ],
    ids=str,
)
def test_a_registrants_handle_is_read_where_it_is_public(changes, handle):
    entity = {"objectClassName": "entity", "handle": "C123-TEST", "roles": ["registrant"]}
    entity |= {key: value for key, value in changes.items() if key != "redacted"}
    answer = {
        "objectClassName": "domain",
        "ldhName": "site.test",
        "entities": [entity],
        "redacted": changes.get("redacted", []),
    }
    assert parse_domain(answer, "site.test").registration.registrant_handle == handle


def test_a_handle_inside_another_entity_is_not_the_registrants():
    inner = {"objectClassName": "entity", "handle": "R-1", "roles": ["registrant"]}
    outer = {"objectClassName": "entity", "roles": ["registrar"], "entities": [inner]}
    answer = {"objectClassName": "domain", "ldhName": "site.test", "entities": [outer]}
    assert parse_domain(answer, "site.test").registration.registrant_handle is None
