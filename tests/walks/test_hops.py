"""The same string under several endings: found by a finding, seen, and followed."""

from __future__ import annotations

from abusetrack import settings
from abusetrack.casefile import check
from abusetrack.records import SystemClock
from abusetrack.triage import links
from abusetrack.triage.context import make_context

STRINGS = "Strings under several endings"
LABEL = "slateatlas"


def test_a_string_is_found_hopping_and_leads_to_its_domains(sit_down, settings_of, looked_up, read):
    case, config = looked_up(5, label=LABEL), settings_of()
    analyst = sit_down("--case", case, "--config", config)
    analyst.press("ctrl+4")
    analyst.find("No string hops")
    analyst.press("ctrl+3")
    analyst.row("Domains", "••")
    analyst.press("ctrl+a")
    analyst.assess("confirmed", "dedicated", Legal_category="A", Law="Act 1")
    analyst.press("ctrl+4")
    analyst.row(STRINGS, "• · 4 endings")
    assert not any(LABEL in text for row in analyst.rows(STRINGS) for text in row["texts"])
    analyst.press("ctrl+shift+m")
    analyst.row(STRINGS, f"{LABEL} · 4 endings")
    analyst.wait(lambda: analyst.ask("focus")["name"] == STRINGS, "the strings to have the keys")
    analyst.press("Down", "Down", "Return")
    analyst.wait(lambda: len(analyst.rows("Domains")) == 1, "the one domain")
    (led_to,) = (row["texts"][0] for row in analyst.rows("Domains"))
    analyst.close()

    context = make_context(settings.load(config), SystemClock())
    (string,), _watched = read(case, lambda c: links.hop_strings(context, c))
    assert (string.label, string.endings) == (LABEL, 4)
    assert led_to in string.domains
    assert read(case, lambda c: check.check(c).problems) == ()
