"""The settings dialog: a value is found, refused as it is typed, and kept in the file."""

from __future__ import annotations

from abusetrack import settings

COMMENT = "# agreed with the board in March\n"


def test_a_wrong_value_is_refused_and_a_right_one_kept_with_comments(
    sit_down, settings_of, looked_up
):
    case = looked_up(2)
    config = settings_of(f"\n{COMMENT}[window]\nlock_minutes = 30 # for the open office\n")
    before = config.read_text("utf-8")
    analyst = sit_down("--case", case, "--config", config)
    analyst.press("ctrl+3")
    analyst.press("ctrl+comma")
    analyst.wait(lambda: analyst.ask("front")["class"] == "SettingsDialog", "the settings")
    analyst.wait(lambda: analyst.ask("focus")["name"] == "Find a setting", "the search")
    analyst.type("lock after")
    analyst.fill("Lock after", "soon")
    analyst.find('The setting "Lock after" is wrong: a number is needed here.')
    assert not analyst.find("Save", enabled=False)["enabled"]
    analyst.press("Return")  # nor by a key
    analyst.find("Lock after")
    analyst.fill("Lock after", "45")
    analyst.find("Save")
    assert config.read_text("utf-8") == before
    analyst.click("Save")
    analyst.wait(lambda: settings.load(config).window.lock_minutes == 45, "the value")
    assert config.read_text("utf-8") == before.replace("= 30 #", "= 45 #")
    analyst.row("Domains", "••")  # where it was, by the new settings
    analyst.press("ctrl+comma")
    analyst.find("Find a setting")
    analyst.type("lock after")
    analyst.fill("Lock after", "0")
    analyst.press("Escape")
    analyst.wait(lambda: analyst.ask("front")["class"] == "MainWindow", "the dialog to close")
    analyst.close()
    assert config.read_text("utf-8") == before.replace("= 30 #", "= 45 #")
