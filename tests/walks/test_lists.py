"""Domains by filters that are saved, a note on one of them, and what can be undone."""

from __future__ import annotations

from abusetrack.casefile import check, notes, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.records import SiteKind


def test_a_filter_is_chosen_typed_saved_and_found_again(sit_down, settings_of, looked_up, read):
    case = looked_up(6, assessed=True)
    ending = ListQuery(kind=SiteKind.DEDICATED, tld="test")
    wanted = read(case, lambda c: c.value("SELECT count(*) FROM domain_now WHERE tld = 'test'"))
    assert 0 < wanted < 6
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.press("ctrl+3")
    analyst.wait(lambda: len(analyst.rows("Domains")) == 6, "all domains")
    analyst.pick("Filter", "Kind of site", "dedicated")
    analyst.find("Filter Kind of site: dedicated; press to take it away")
    analyst.pick("Filter", "Ending…")
    analyst.wait(lambda: analyst.ask("focus")["name"] == "Ending", "the line to have the keys")
    analyst.type("test")
    analyst.press("Return")
    analyst.wait(lambda: len(analyst.rows("Domains")) == wanted, "those of the ending")
    assert analyst.ask("focus")["name"] == "Search"
    analyst.pick("Saved", "Save this filter…")
    analyst.wait(lambda: analyst.ask("focus")["name"] == "Save as", "the name to have the keys")
    analyst.type("for the board")
    analyst.press("Return")
    analyst.wait(lambda: read(case, saved.names) == ["for the board"], "the filter")
    analyst.click("Clear all")
    analyst.wait(lambda: len(analyst.rows("Domains")) == 6, "all domains again")
    analyst.close()

    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.press("ctrl+3")
    analyst.pick("Saved", "for the board")
    analyst.wait(lambda: len(analyst.rows("Domains")) == wanted, "those of the filter")
    analyst.close()
    kept = read(case, lambda c: saved.load(c, "for the board"))
    assert (kept.kind, kept.tld) == (ending.kind, ending.tld)
    assert read(case, lambda c: check.check(c).problems) == ()


def test_what_was_said_last_is_undone_first(sit_down, settings_of, looked_up, read):
    case = looked_up(1)
    (domain,) = read(case, lambda c: c.rows("SELECT domain FROM domain_now"))[0]
    analyst = sit_down("--case", case, "--config", settings_of())

    def noted():
        return [note.text for note in read(case, lambda c: notes.of_domain(c, domain))]

    analyst.press("ctrl+z")
    analyst.find("Nothing was recorded since the window was opened.")
    analyst.press("ctrl+3")
    analyst.click_at(analyst.row("Domains", "••"))
    for text in ("first note", "second note"):
        analyst.pick("Record", "Add a note")
        analyst.wait(lambda: analyst.ask("focus")["name"] == "Note", "the note to have the keys")
        analyst.type(text)
        analyst.press("ctrl+Return")
        analyst.wait(lambda: text in noted(), text)  # noqa: B023  (asked before the next)
    analyst.assess("not illegal")
    analyst.wait(lambda: outcome(read, case) == "not illegal", "the finding")
    analyst.press("ctrl+z")
    analyst.find("Undone: the finding. The history keeps both.")
    assert outcome(read, case) == "not yet assessed"
    analyst.press("ctrl+z")
    analyst.wait(lambda: noted() == ["first note"], "the second note to go")
    analyst.press("ctrl+z")
    analyst.wait(lambda: not noted(), "the first note to go")
    analyst.close()
    assert read(case, lambda c: check.check(c).problems) == ()
    done = read(
        case, lambda c: c.rows("SELECT action FROM audit WHERE actor != 'Ann' ORDER BY seq")
    )
    assert [action for (action,) in done] == ["note", "note", "assess", "undo", "undo", "undo"]


def outcome(read, case):
    return read(case, lambda c: c.value("SELECT outcome FROM report"))
