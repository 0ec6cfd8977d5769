"""Without numbers and colours: by a key for now, by the settings for good, and past the lock."""

from __future__ import annotations

from abusetrack import settings
from abusetrack.casefile import check

CONFIRMED = "SELECT count(*) FROM report WHERE outcome = 'confirmed'"
SECRET = "correct horse battery"


def test_calm_hides_numbers_and_colours_and_survives_the_lock_and_the_settings(
    sit_down, settings_of, looked_up, read
):
    case = looked_up(3, assessed=True, passphrase=SECRET)
    config = settings_of("\n[window]\ncolours = 'light' # at the desk\n")
    analyst = open_it(sit_down, case, config)
    analyst.press("ctrl+3")
    analyst.click_at(analyst.row("Domains", "••"))
    analyst.find("3 domains · 1 selected")
    assert analyst.ask("vivid")["share"] > 0
    analyst.press("ctrl+shift+h")
    analyst.find("1 selected")
    analyst.wait(lambda: analyst.ask("vivid")["share"] == 0, "no colour")
    assert not [tab for tab in analyst.ask("tabs") if any(map(str.isdigit, tab["name"]))]
    analyst.press("ctrl+shift+l")
    analyst.find("Locked")
    analyst.type("wrong")
    analyst.press("Return")
    analyst.find("That passphrase does not open it…")
    analyst.type(SECRET)
    analyst.press("Return")
    analyst.row("Domains", "••")
    analyst.find("1 selected")

    analyst.press("ctrl+comma")
    analyst.wait(lambda: analyst.ask("focus")["name"] == "Find a setting", "the search")
    analyst.type("calm")
    analyst.choose("Calm at the start", "yes")
    assert analyst.ask("vivid")["share"] == 0  # of the dialog
    analyst.click("Save")
    analyst.wait(lambda: settings.load(config).window.calm, "the setting")
    assert "colours = 'light' # at the desk\n" in config.read_text("utf-8")
    analyst.row("Domains", "••")
    analyst.close()

    analyst = open_it(sit_down, case, config, calm=True)
    analyst.press("ctrl+3")
    analyst.row("Domains", "••")
    analyst.wait(lambda: analyst.ask("vivid") == {"share": 0}, "no colour from the start")
    analyst.press("ctrl+shift+h")
    analyst.find("3 domains…")
    analyst.wait(lambda: analyst.ask("vivid")["share"] > 0, "colour")
    analyst.close()
    assert settings.load(config).window.calm
    assert read(case, lambda c: c.value(CONFIRMED), passphrase=SECRET) == 3
    assert read(case, lambda c: check.check(c).problems, passphrase=SECRET) == ()


def open_it(sit_down, case, config, *, calm=False):
    analyst = sit_down("--case", case, "--config", config)
    analyst.find("Passphrase of the case file")
    assert (analyst.ask("vivid")["share"] == 0) is calm
    analyst.type(SECRET)
    analyst.press("Return")
    analyst.find("Reveal names")
    return analyst
