from __future__ import annotations

import pytest

from abusetrack.casefile.filters import ListQuery
from abusetrack.metrics.filters import Filters
from abusetrack.records import SiteKind
from abusetrack.triage.leading import query_of


@pytest.mark.parametrize(
    ("kind", "key", "field", "value"),
    [
        ("registrar", "iana:9", "registrar", "iana:9"),
        ("party", "iana:9", "registrar", "iana:9"),
        ("party", "tld:test", "tld", "test"),
        ("party", "asn:64500", "asn", 64500),
        ("tld", "test", "tld", "test"),
        ("asn", "64500", "asn", 64500),
        ("asn", "asn:64500", "asn", 64500),
        ("country", "NL", "country", "NL"),
    ],
)
def test_a_key_leads_to_confirmed_domains_of_it(kind, key, field, value):
    query = query_of(kind, key, Filters(category="A", kind=SiteKind.DEDICATED))
    assert query is not None
    assert getattr(query, field) == value
    assert query.confirmed_only
    assert (query.category, query.kind) == ("A", SiteKind.DEDICATED)


def test_one_domain_is_looked_for():
    assert query_of("domain", "a.test", Filters(category="A")) == ListQuery(text="a.test")


@pytest.mark.parametrize(
    ("kind", "key"), [("registrar", "family:Sisters"), ("asn", "cdn:Example"), ("cdn", "Example")]
)
def test_where_there_is_no_such_list_nothing_is_led_to(kind, key):
    assert query_of(kind, key, Filters()) is None
