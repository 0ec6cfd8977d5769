"""The colours of the window: light, dark, each of them also calm and with high contrast.

Colours carry no judgement: a chip's tone groups states, and its text always says
which one it is. Every pair of text and ground (:func:`pairs`) keeps the contrast of
WCAG 2.2: level AA, and level AAA with high contrast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto


class Tone(Enum):
    """What a chip groups by."""

    PLAIN = auto()
    ACCENT = auto()
    CALM = auto()
    NOTE = auto()
    FAINT = auto()


@dataclass(frozen=True, slots=True)
class Chip:
    """Text and ground of a chip."""

    text: str
    ground: str


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one scheme, as ``#rrggbb``."""

    dark: bool
    window: str
    surface: str  # tables, panels, fields
    raised: str  # buttons, headers
    rail: str
    line: str
    text: str
    muted: str
    accent: str  # links to actions, focus
    on_accent: str
    selection: str
    on_selection: str
    note: str  # ground of messages that need care
    on_note: str
    chips: tuple[tuple[Tone, Chip], ...]

    def chip(self, tone: Tone) -> Chip:
        """Return the chip of a tone."""
        return dict(self.chips)[tone]


LIGHT = Colours(
    dark=False,
    window="#f3f5f7",
    surface="#ffffff",
    raised="#e9edf1",
    rail="#e4e9ee",
    line="#cbd3db",
    text="#1a222b",
    muted="#52606d",
    accent="#0b5c7d",
    on_accent="#ffffff",
    selection="#cfe6f1",
    on_selection="#10202b",
    note="#fdf1d3",
    on_note="#4a3508",
    chips=(
        (Tone.PLAIN, Chip("#26323d", "#e3e8ed")),
        (Tone.ACCENT, Chip("#0a4a66", "#d3e9f3")),
        (Tone.CALM, Chip("#1d4f35", "#d6eedf")),
        (Tone.NOTE, Chip("#5a3f06", "#fbe9bd")),
        (Tone.FAINT, Chip("#52606d", "#f3f5f7")),
    ),
)

DARK = Colours(
    dark=True,
    window="#171c21",
    surface="#1e242b",
    raised="#2a323b",
    rail="#12171b",
    line="#3b4650",
    text="#e7ecf1",
    muted="#a5b1bd",
    accent="#6cc4e8",
    on_accent="#07202c",
    selection="#1f4a5e",
    on_selection="#f2f8fb",
    note="#3d3216",
    on_note="#f6e4b4",
    chips=(
        (Tone.PLAIN, Chip("#dbe2e9", "#36414c")),
        (Tone.ACCENT, Chip("#bfe4f5", "#1c4356")),
        (Tone.CALM, Chip("#bfe8cf", "#1f4631")),
        (Tone.NOTE, Chip("#f6e0a5", "#4a3b12")),
        (Tone.FAINT, Chip("#a5b1bd", "#171c21")),
    ),
)


def _all_tones(chip: Chip) -> tuple[tuple[Tone, Chip], ...]:
    return tuple((tone, chip) for tone in Tone)


# Calm: greys alone, so that nothing calls out.
CALM_LIGHT = replace(
    LIGHT,
    window="#f4f4f4",
    raised="#ebebeb",
    rail="#e6e6e6",
    line="#cfcfcf",
    text="#222222",
    muted="#5c5c5c",
    accent="#4a4a4a",
    selection="#dcdcdc",
    on_selection="#1a1a1a",
    note="#ebebeb",
    on_note="#222222",
    chips=_all_tones(Chip("#2c2c2c", "#ebebeb")),
)
CALM_DARK = replace(
    DARK,
    window="#1a1a1a",
    surface="#212121",
    raised="#2e2e2e",
    rail="#141414",
    line="#434343",
    text="#e6e6e6",
    muted="#aeaeae",
    accent="#c4c4c4",
    on_accent="#1a1a1a",
    selection="#454545",
    on_selection="#f4f4f4",
    note="#2e2e2e",
    on_note="#e6e6e6",
    chips=_all_tones(Chip("#dedede", "#333333")),
)
CONTRAST_LIGHT = Colours(
    dark=False,
    window="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    rail="#ffffff",
    line="#000000",
    text="#000000",
    muted="#000000",
    accent="#00358a",
    on_accent="#ffffff",
    selection="#00358a",
    on_selection="#ffffff",
    note="#ffff66",
    on_note="#000000",
    chips=_all_tones(Chip("#000000", "#ffffff")),
)
CONTRAST_DARK = Colours(
    dark=True,
    window="#000000",
    surface="#000000",
    raised="#000000",
    rail="#000000",
    line="#ffffff",
    text="#ffffff",
    muted="#ffffff",
    accent="#ffe14d",
    on_accent="#000000",
    selection="#ffe14d",
    on_selection="#000000",
    note="#000000",
    on_note="#ffe14d",
    chips=_all_tones(Chip("#ffffff", "#000000")),
)
SCHEMES = (LIGHT, DARK, CALM_LIGHT, CALM_DARK, CONTRAST_LIGHT, CONTRAST_DARK)


def scheme(*, dark: bool, contrast: bool, calm: bool) -> Colours:
    """Return the colours to wear; high contrast is stronger than calm."""
    if contrast:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    if calm:
        return CALM_DARK if dark else CALM_LIGHT
    return DARK if dark else LIGHT


def pairs(colours: Colours) -> Iterator[tuple[str, str]]:
    """Yield every (text, ground) that the window puts together."""
    for ground in (colours.window, colours.surface, colours.raised, colours.rail):
        yield colours.text, ground
    for ground in (colours.window, colours.surface):
        yield colours.muted, ground
        yield colours.accent, ground
    yield colours.muted, colours.rail
    yield colours.on_accent, colours.accent
    yield colours.on_selection, colours.selection
    yield colours.on_note, colours.note
    for _tone, chip in colours.chips:
        yield chip.text, chip.ground


def contrast(text: str, ground: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
