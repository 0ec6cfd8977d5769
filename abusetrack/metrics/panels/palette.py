"""Colours of figures: Okabe and Ito's palette, which colour-blind people can tell apart."""

from __future__ import annotations

ON_LIGHT = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#555555",
)  # fmt: skip
# The same hues, those first that stand out from a dark ground.
ON_DARK = (
    "#56B4E9", "#E69F00", "#2FC39B", "#DE9CC0", "#3E93C9", "#F07F3C", "#F0E442", "#B5BDC5",
)  # fmt: skip
