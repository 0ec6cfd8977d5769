from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from abusetrack.ui.text import (
    Masker,
    age,
    copied,
    mask_name,
    mask_url,
    plain_tip,
    plain_url,
    raw,
)

_LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=4, max_size=20)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_nothing_in_a_raw_answer_is_unseen(body):
    text, whole = raw(body)
    assert whole
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert all(c in "\n\t" or unicodedata.category(c) not in hidden for c in text)


def test_bidirectional_and_control_characters_are_written_out():
    assert raw("a\u202eb\x1b[31m".encode())[0] == "a\\u202eb\\u001b[31m"


def test_a_long_answer_is_cut_and_long_lines_are_broken():
    text, whole = raw(b"x" * 5000, limit=1000)
    assert not whole
    assert len(text.replace("\n", "")) == 1000
    assert max(map(len, text.split("\n"))) == 400


@given(_LABEL, _LABEL)
def test_a_masked_name_does_not_hold_its_label(label, host):
    shown = mask_name(f"{host}.{label}.co.test", 2)
    assert label not in shown
    assert host not in shown
    assert shown.endswith(".co.test")
    assert shown.startswith(host[0])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("192.0.2.7", "192.••••••"),
        ("2001:db8::7", "2001:••••••"),
        ("test", "t•••"),
    ],
)
def test_addresses_and_single_labels_are_masked(name, shown):
    assert mask_name(name, 0) == shown


def test_a_masked_url_hides_host_path_and_query():
    assert mask_url("https://www.amber.test/path/x?id=7") == "hxxps://w•••.a••••.test/•••"
    assert mask_url("//amber.test/") == "a••••.test"
    assert plain_url("//amber.test/") == "amber.test"
    assert plain_url("https://amber.test/") == "https://amber.test/"


def test_what_is_copied_is_defanged():
    assert copied("see https://amber.test/x and\nbirch.example") == (
        "see hxxps://amber[.]test/x and\nbirch[.]example"
    )


def test_a_masker_hides_names_anywhere_and_also_defanged():
    masker = Masker.of(["amber.test", "www.amber.test"], keep=1, revealed=False)
    assert masker("ns1.AMBER.test, www.amber.test") == "ns1.a••••.test, w•••.a••••.test"
    assert masker.within("1.  amber[.]test\n    x") == "1.  a••••.test\n    x"
    assert Masker.of(["amber.test"], keep=1, revealed=True)("amber.test") == "amber.test"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=90), "90 minutes ago"),
        (timedelta(hours=30), "30 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-1), "just now"),
    ],
)
def test_an_age_is_told_in_the_largest_unit(passed, said):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert age(now - passed, now) == said


def test_a_tooltip_shows_markup_as_text(qtbot):
    document = QTextDocument()
    document.setHtml(plain_tip("<b>bold</b> & <img src=x>"))
    assert document.toPlainText() == "<b>bold</b> & <img src=x>"
    assert plain_tip("") == ""


def test_names_of_other_cases_are_hidden_too_the_longest_first():
    masker = Masker.of(["a.co.test"], keep=2, revealed=False).and_of(
        ["long.a.co.test", "b.example"]
    )
    assert masker("a.co.test shares b[.]example and long.a.co.test") == (
        "a•••.co.test shares b•••.example and l•••.a•••.c•••.test"
    )
