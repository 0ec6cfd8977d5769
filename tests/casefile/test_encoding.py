from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.casefile.encoding import canonical, clean, column, escape_like, moment, stamp

TEXTS = st.text(st.characters())  # surrogates and NUL as well


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1971, 1, 1)))  # noqa: DTZ001
def test_times_come_back_and_sort_as_text(when):
    text = stamp(when)
    assert moment(text) == when.astimezone(UTC)
    assert len(text) == 27
    assert text.endswith("Z")
    assert stamp(when.astimezone(UTC) - timedelta(microseconds=1)) < text


def test_a_time_in_another_zone_is_written_in_utc():
    when = datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(when) == "2026-02-28T23:00:00.000000Z"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 3, 1))  # noqa: DTZ001


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": 1, "a": ("x", None)}) == '{"a":["x",null],"b":1}'
    assert canonical({"a": ("x", None), "b": 1}) == '{"a":["x",null],"b":1}'


@given(TEXTS)
def test_every_text_can_be_written_and_read_back_the_same(text):
    once = clean(text)
    assert clean(once) == once
    once.encode()
    assert "\0" not in once
    assert json.loads(canonical({"x": [text]})) == {"x": [once]}


@given(st.text())
def test_ordinary_text_is_left_alone(text):
    if "\0" not in text:
        assert clean(text) == text


def test_pairs_of_surrogates_become_the_character_they_stand_for():
    assert clean("\ud83d\ude00") == "\N{GRINNING FACE}"


def test_columns_hold_what_sqlite_can():
    assert column(2**63) is None
    assert column(-(2**63) + 1) == -(2**63) + 1
    assert column(("a", "b")) == '["a","b"]'
    assert column(True) is True
    with pytest.raises(TypeError):
        column({"a": 1})


def test_like_patterns_are_literal():
    assert escape_like(r"100%_\x") == r"%100\%\_\\x%"
