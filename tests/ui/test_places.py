"""The pages of the window: made when they are wanted, and then as the others are."""

from __future__ import annotations

from abusetrack.ui.places import all_places, first_place


def test_a_window_comes_with_the_page_it_begins_at_alone(filled):
    window = filled.window(start=True)
    assert set(window.pages._made) == {"activity"} == {window.pages.here}
    window.pages.go("hops")
    assert set(window.pages._made) == {"activity", "hops"}


def test_a_page_that_comes_late_shows_names_and_numbers_as_the_others_do(filled, qtbot):
    window = filled.window()
    window.reveal_names(True)
    window.set_calm(True)
    window.pages.go("domains")
    page = window.pages.domains
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    shown = {page.model.index(row, 0).data() for row in range(4)}
    assert "amber.test" in shown
    assert "reports" not in page.column_menu.shown()


def test_every_page_is_made_where_all_are_wanted(bench):
    window = bench.window()
    made = list(window.pages.every())
    assert [getattr(window.pages, place.key) for place in all_places()] == made
    assert len(set(made)) == 8


def test_where_to_begin(bench):
    with bench.case() as case:
        assert first_place(case) == "intake"
    bench.take()
    with bench.case() as case:
        assert first_place(case) == "activity"
