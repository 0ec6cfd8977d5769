"""Dates of WHOIS answers in every form, and the order of day and month."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup import whois_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-02T03:04:05Z", "2025-01-02T03:04:05+00:00"),
        ("2025-01-02T03:04:05.123+02:00", "2025-01-02T01:04:05.123000+00:00"),
        ("2025-01-02 03:04:05+09", "2025-01-01T18:04:05+00:00"),
        ("2025/01/02 03:04:05 (JST)", "2025-01-01T18:04:05+00:00"),
        ("2025. 01. 02.", "2025-01-02T00:00:00+00:00"),
        ("02-Jan-2025", "2025-01-02T00:00:00+00:00"),
        ("2-abr-2025", "2025-04-02T00:00:00+00:00"),
        ("02.01.2025 03:04:05", "2025-01-02T03:04:05+00:00"),
        ("January 2, 2025", "2025-01-02T00:00:00+00:00"),
        ("Thu Jan  2 03:04:05 GMT 2025", "2025-01-02T03:04:05+00:00"),
        ("20250102", "2025-01-02T00:00:00+00:00"),
        ("20250102 #12345", "2025-01-02T00:00:00+00:00"),
        ("2025-01-02 (GMT+0:00)", "2025-01-02T00:00:00+00:00"),
        ("before Aug-1996", None),
        ("N/A", None),
        ("31.02.2025", None),
        ("03/04/2025", None),
        ("9999-99-99", None),
        ("", None),
    ],
)
def test_dates(text, expected):
    date = whois_dates.parse(text)
    assert (date.isoformat() if date else None) == expected


def test_a_date_of_uncertain_order_is_read_where_the_registry_is_known():
    assert whois_dates.parse("03/04/2025", day_first=True).month == 4
    assert whois_dates.parse("03/04/2025", day_first=False).month == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue Dec 12 2000", "2000-12-12T00:00:00+00:00"),
        ("Sun Mar 28 23:59:00 2027", "2027-03-28T23:59:00+00:00"),
        ("Wednesday 29th Sep 2027", "2027-09-29T00:00:00+00:00"),
        ("30th April 2003 at 00:00:00.000", "2003-04-30T00:00:00+00:00"),
        ("1 de enero de 2010", "2010-01-01T00:00:00+00:00"),
        ("10-février-2007", "2007-02-10T00:00:00+00:00"),
        ("3. März 2007", "2007-03-03T00:00:00+00:00"),
        ("7 мая 2007", "2007-05-07T00:00:00+00:00"),
        ("2001-Aug-23.", "2001-08-23T00:00:00+00:00"),
        ("15-sep-97", "1997-09-15T00:00:00+00:00"),
        ("0-REG 20021204010203", "2002-12-04T01:02:03+00:00"),
        ("2002-10-22 17:48:23 CLST", "2002-10-22T20:48:23+00:00"),
        ("07.01.1998 00:00:00 GMT+1", "1998-01-06T23:00:00+00:00"),
        ("2001年08月23日", "2001-08-23T00:00:00+00:00"),
        ("25/12/2020", "2020-12-25T00:00:00+00:00"),
        ("before 1 January 1996", None),
        ("12-34-5678", None),
        ("2020-01-01 00:00:00 +99:00", None),
    ],
)
def test_more_dates(text, expected):
    date = whois_dates.parse(text)
    assert (date.isoformat() if date else None) == expected


@pytest.mark.parametrize(
    ("text", "tld", "expected"),
    [
        ("created: 03/04/2025", "test", True),
        ("created: 03/04/2025", "tk", False),
        ("created: 03/04/2025\nexpires: 04/13/2026", "test", False),
        ("created: 03/04/2025\nexpires: 13/04/2026", "tk", True),
        ("Creation Date (mm/dd/yyyy): 03/04/2025", "test", False),
        ("%% complete date format : DD/MM/YYYY\ncreated: 03/04/2025", "tk", True),
    ],
)
def test_the_answer_itself_shows_the_order_of_day_and_month(text, tld, expected):
    assert whois_dates.day_first(text, tld) is expected


@given(st.text(max_size=200), st.booleans())
def test_no_text_makes_it_raise(text, day_first):
    found = whois_dates.parse(text, day_first=day_first)
    assert found is None or found.tzinfo is UTC
    assert whois_dates.day_first(text, "test") in {True, False}
