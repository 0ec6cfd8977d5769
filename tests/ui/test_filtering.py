from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from abusetrack.casefile.filters import ListQuery
from abusetrack.records import SiteKind
from abusetrack.ui import filtering

BY_FIELD = {facet.field: facet for facet in filtering.facets()}


def test_every_filter_of_the_list_has_its_place(qapp):
    wanted = {field.name for field in fields(ListQuery)} - {"text", "sort", "descending"}
    assert set(BY_FIELD) == wanted


@pytest.mark.parametrize(
    ("field", "text", "value", "chip"),
    [
        ("asn", "as64500", 64500, "Network: AS64500"),
        ("country", "nl", "NL", "Hosting country: NL"),
        ("tld", ".Test", "test", "Ending: .test"),
        ("registrar", "Any", "k", "Registrar: any"),
        (
            "reported_since",
            "2026-03-01",
            datetime(2026, 3, 1, tzinfo=UTC),
            "Reported from: 2026-03-01",
        ),
    ],
)
def test_what_is_typed_becomes_a_filter_and_its_chip(qapp, field, text, value, chip):
    facet, known = BY_FIELD[field], [("any", "k")] if field == "registrar" else []
    assert filtering.typed(facet, text, known) == value
    query = filtering.with_value(ListQuery(text="x"), facet, value)
    assert [filtering.chip_text(*item, known) for item in filtering.active(query)] == [chip]
    assert filtering.with_value(query, facet, None) == ListQuery(text="x")


@pytest.mark.parametrize(
    ("field", "text"),
    [("asn", "AS"), ("asn", "64500a"), ("country", "NLD"), ("reported_since", "1.3."), ("tld", "")],
)
def test_what_is_no_value_is_said(qapp, field, text):
    with pytest.raises(ValueError, match=r"\.$"):
        filtering.typed(BY_FIELD[field], text)


def test_clearing_keeps_the_order(qapp):
    query = ListQuery(text="x", kind=SiteKind.FORUM, persistent=False, sort="asn", descending=False)
    assert len(list(filtering.active(query))) == 2
    assert filtering.without_facets(query) == ListQuery(sort="asn", descending=False)
