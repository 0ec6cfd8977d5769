"""What both faces need to build panels, and to hand their numbers on."""

from __future__ import annotations

import csv
import io

from abusetrack.metrics.managed import names_under_management
from abusetrack.metrics.panels import Panel, Surroundings
from abusetrack.notices.formats.table import neutral
from abusetrack.triage.context import Context


def surroundings(context: Context) -> Surroundings:
    """Return what panels need besides the case file.

    Raises:
        InputError: a table of the settings cannot be read.
    """
    chosen = context.settings.metrics
    return Surroundings(
        now=context.clock.now(),
        families=context.reference.registrars.families,
        hop_tlds=context.settings.policy.hop_tlds,
        home=chosen.home_country,
        managed=names_under_management(map(context.settings.path, chosen.names_under_management)),
    )


def panel_csv(panel: Panel) -> str:
    """Return a panel's table as CSV, its cells without formulas."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(panel.table.headers)
    for row in panel.table.rows:
        writer.writerow([neutral(value) if isinstance(value, str) else value for value in row])
    return text.getvalue()
