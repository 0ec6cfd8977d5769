"""From a figure to the domains behind it, and filters that are kept."""

from __future__ import annotations

from abusetrack.metrics import choices, concentration
from abusetrack.metrics.filters import Filters, Period

TABLE = "Registrars, as a table"


def test_a_row_leads_to_its_domains_and_filters_are_kept(sit_down, settings_of, looked_up, read):
    case = looked_up(8, assessed=True)
    ranked = read(case, lambda c: concentration.concentration(c, "registrars", Filters()).rows)
    manager = sit_down("--case", case, "--config", settings_of())
    manager.press("ctrl+6")
    manager.click_at(manager.row(TABLE, ranked[0].name))
    manager.press("Return")
    manager.wait(lambda: len(manager.rows("Domains")) == ranked[0].domains, "the domains counted")

    manager.press("ctrl+6")
    manager.choose("Commercial or not", "commercial")
    commercial = Filters(commercial=True)
    wanted = read(case, lambda c: concentration.concentration(c, "registrars", commercial).rows)
    assert len(wanted) < len(ranked)
    manager.wait(lambda: len(manager.rows(TABLE)) == len(wanted), "other figures")
    manager.click("Saved filters")
    manager.type("for the board")
    manager.click("Save")
    manager.wait(lambda: "for the board" in read(case, choices.choices).saved, "the filters")
    manager.close()
    kept = read(case, lambda c: choices.load(c, "for the board"))
    assert (kept.filters, kept.named) == (commercial, Period.ALL)
