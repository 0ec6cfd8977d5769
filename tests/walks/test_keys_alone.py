"""Without the mouse: pages, the box of commands, a finding, undo, the lock."""

from __future__ import annotations

from abusetrack.casefile import check

CONFIRMED = "SELECT count(*) FROM report WHERE outcome = 'confirmed'"
SECRET = "correct horse battery"


def test_a_finding_is_recorded_and_undone_by_keys(sit_down, settings_of, looked_up, read):
    case = looked_up(2)
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.find("Reveal names")
    analyst.press("ctrl+k")
    analyst.wait(lambda: analyst.ask("front")["class"] == "CommandBox", "the box")
    analyst.type("reveal")
    analyst.row("Commands and domains", "Reveal names")
    analyst.press("Return")
    analyst.find("Mask names")
    analyst.press("ctrl+3")
    analyst.row("Domains", "test")
    analyst.press("ctrl+a", "ctrl+e")
    analyst.wait(lambda: analyst.ask("focus")["name"] == "Outcome", "the outcome to have the keys")
    analyst.type("conf")
    analyst.press("Tab")
    analyst.type("ded")
    analyst.press("Tab")
    analyst.type("A")
    analyst.press("Tab")
    analyst.type("Act 1")
    analyst.press("Return")
    analyst.wait(lambda: read(case, lambda c: c.value(CONFIRMED)) == 2, "the findings")
    kinds = read(case, lambda c: c.rows("SELECT DISTINCT kind, legal_category FROM report"))
    assert kinds == [("dedicated", "A")]
    analyst.press("ctrl+z")
    analyst.wait(lambda: read(case, lambda c: c.value(CONFIRMED)) == 0, "the findings to go")
    analyst.close()
    assert read(case, lambda c: c.value("SELECT count(*) FROM report")) == 2
    assert read(case, lambda c: check.check(c).problems) == ()


def test_the_lock_hides_everything_until_the_passphrase(sit_down, settings_of, looked_up, read):
    case = looked_up(2, passphrase=SECRET)
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.find("Passphrase of the case file")
    analyst.type("correct horse batery")
    analyst.press("Return")
    analyst.find("That passphrase does not open it…")
    analyst.press("ctrl+a")
    analyst.type(SECRET)
    analyst.press("Return")
    analyst.press("ctrl+3")
    analyst.row("Domains", "••")
    analyst.press("ctrl+shift+l")
    analyst.find("Locked")
    assert not analyst.rows("Domains")
    analyst.press("ctrl+3")  # no key leads past it
    analyst.find("Locked")
    analyst.click("Passphrase of the case file")
    analyst.type(SECRET)
    analyst.press("Return")
    analyst.row("Domains", "••")
    analyst.close()
    locked = read(case, lambda c: c.value("SELECT count(*) FROM report"), passphrase=SECRET)
    assert locked == 2
