from __future__ import annotations

from abusetrack.triage import parties
from abusetrack.triage.refresh import look
from abusetrack.triage.views import FreshFacts


def keys(context, domain):
    view = look(context, FreshFacts(()), domain, [], suffix_kind=None)
    return [ref.key for ref in parties.of_domain(context, domain, view)]


def test_the_suffix_list_decides_whose_name_it_is(context):
    assert keys(context, "example.com") == ["tld:com", "search:google", "search:bing", "icann"]
    assert keys(context, "example.co.uk") == ["tld:uk", "search:google", "search:bing"]
    assert keys(context, "site.github.io") == ["platform:github.io", "search:google", "search:bing"]
    assert keys(context, "192.0.2.1") == ["search:google", "search:bing"]


def test_a_name_that_is_no_registrable_domain_any_more_has_no_registry(context):
    assert keys(context, "www.example.com") == ["search:google", "search:bing"]
