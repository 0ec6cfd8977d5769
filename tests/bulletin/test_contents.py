from __future__ import annotations

import pytest

from abusetrack.bulletin.contents import without_few
from abusetrack.metrics.panels.model import Bars, Curve, Curves, Panel, Stack, Table, World

HEADERS = ("party", "domains", "share", "told of")


def panel(**changes):
    return Panel(
        **{"key": "x", "title": "X", "unit": "domains", "chart": None,
           "table": Table(HEADERS, ()), "definition": "d"} | changes
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (("a", 5, 0.5, 9), ("a", 5, 0.5, 9)),
        (("a", 0, 0.0, 0), ("a", 0, 0.0, 0)),
        (("a", 50, 0.5, 1), ("a", 50, 0.5, "fewer than 5")),
        (("a", 50, 0.5, None), ("a", 50, 0.5, None)),
    ],
)
def test_small_counts_and_what_is_made_of_them_are_left_out(row, shown):
    table = Table(HEADERS, (row,), counts=(1, 3), keys=("k",))
    found = without_few(panel(table=table)).table
    assert found.rows == (shown,)
    assert found.keys == ()


def test_rows_of_few_stand_together():
    rows = (("a", 9, 0.9, 4), ("b", 4, 0.4, 4), ("c", 1, 0.1, 0))
    found = without_few(panel(table=Table(HEADERS, rows, counts=(1, 3)))).table
    assert found.rows == (
        ("a", 9, 0.9, "fewer than 5"),
        ("2 rows with fewer than 5 each", "–", "–", "–"),
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("4", "fewer than 5"),
        ("5", "5"),
        ("1,204", "1,204"),
        ("48 %", "48 %"),
        ("4 %", "4 %"),
        ("2.0 days", "2.0 days"),
        ("67 % of 3", "of fewer than 5"),
        ("67 % of 30", "67 % of 30"),
    ],
)
def test_small_figures_are_left_out(value, shown):
    assert without_few(panel(figures=(("F", value),))).figures == (("F", shown),)


def test_small_numbers_in_notes_are_left_out():
    notes = ("Only 3 domains: shares of so few say little.", "Not known: 1,342 domains.")
    assert without_few(panel(notes=notes)).notes == (
        "Only fewer than 5 domains: shares of so few say little.",
        "Not known: 1,342 domains.",
    )


@pytest.mark.parametrize(
    ("chart", "left"),
    [
        (Bars(("a", "b"), (9, 4), ("k", "l")), Bars(("a",), (9,), (None,))),
        (Bars(("a",), (4,), (None,)), None),
        (World({"NL": 7, "DE": 2}), World({"NL": 7})),
        (
            Stack(("m", "n"), (("a", (9.0, 3.0)),)),
            Stack(("m", "n"), (("a", (9.0, 0.0)),)),
        ),
        (Curves((Curve("all", (1, 2), (0.5, 0), (0, 0), (1, 1)),)), None),
    ],
)
def test_no_chart_draws_what_the_table_leaves_out(chart, left):
    assert without_few(panel(chart=chart)).chart == left
