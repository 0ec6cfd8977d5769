from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.names.plain import field, fill, one_line, slug, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sample\nTo: x@y.test", "Sample\\u000aTo: x@y.test"),
        ("a\r\nb\tc\x00", "a\\u000d\\u000ab\\u0009c\\u0000"),
        ("moc.\u202eelpmaxe", "moc.\\u202eelpmaxe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("filler\u3164\ufe0f", "filler\\u3164\\ufe0f"),
        ("lone \ud800", "lone \\ud800"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("wide\u3000 and\u00a0no-break  ", "wide and no-break"),
        ("Škoda, 東京, मन्त्री", "Škoda, 東京, मन्त्री"),
    ],
)
def test_what_cannot_be_seen_is_shown(text, shown):
    assert visible(text) == shown


def test_stacked_marks_are_cut_short():
    assert visible("z" + "\u0301" * 6) == "z" + "\u0301" * 4 + "\\u0301" * 2


def test_a_long_text_says_that_it_is_cut():
    assert visible("x" * 300) == "x" * 199 + "…"
    assert visible(" " * 300 + "x").endswith("…")
    assert visible("\n" * 200) == "\\u000a" * 33 + "\\…"
    assert visible("x" * 200) == "x" * 200


@given(st.text())
def test_visible_text_is_one_safe_line(text):
    shown = visible(text)
    assert len(shown) <= 200
    assert shown.isprintable()
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl"}
    shown.encode()


def test_own_text_may_have_line_breaks():
    assert one_line("first line\n  second\tone\r\n") == "first line second one"


def test_lines_are_wrapped_to_72_columns_beside_the_lead():
    wrapped = fill("word " * 40, "a) ").splitlines()
    assert max(map(len, wrapped)) <= 72
    assert wrapped[0].startswith("a) word")
    assert all(line.startswith("   word") for line in wrapped[1:])


def test_names_and_dates_are_not_broken():
    name = "a-very-long-" * 8 + "name.example"
    assert name in fill(f"see {name} now")
    day = "6\u00a0March\u00a02026"
    assert all(day in fill("x" * before + f" {day}") for before in range(55, 72))


def test_an_empty_value_keeps_its_label():
    assert field("", "Status") == "   Status"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Sample Names, Ltd.", "Sample-Names-Ltd"),
        ("Müller & Söhne", "Muller-Sohne"),
        ("../../etc/passwd", "etc-passwd"),
        ("東京", "otherwise"),
        ("", "otherwise"),
        ("x" * 39 + "  y", "x" * 39),
    ],
)
def test_slugs(text, part):
    assert slug(text, "otherwise") == part
