"""The figures as panels: each built from one metric, ready to be drawn."""

from __future__ import annotations

from abusetrack.metrics.panels import lasting, places, registration, removal
from abusetrack.metrics.panels.model import Panel, PanelKind, Surroundings

PANELS: tuple[PanelKind, ...] = (
    *registration.PANELS,
    *places.PANELS,
    *removal.PANELS,
    *lasting.PANELS,
)

__all__ = ["PANELS", "Panel", "PanelKind", "Surroundings"]
