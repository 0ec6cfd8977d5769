from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QPushButton

import abusetrack.ui
from abusetrack.ui import icons, theme

FOLDER = resources.files("abusetrack.resources") / "icons" / "lucide"
SIZE = QSize(16, 16)
NAMES = sorted(f.name[:-4] for f in FOLDER.iterdir() if f.name.endswith(".svg"))


def inks(pixmap):
    """Return the colours that are drawn with full strength."""
    image = pixmap.toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_drawn_in_the_colour_asked_for(qapp, name):
    assert inks(icons.picture(name, "#12ab34", 64)) == {"#12ab34"}


def test_the_set_has_its_licence_and_no_icon_that_nobody_uses():
    licence = (FOLDER / "LICENSE.txt").read_text("utf-8")
    assert "ISC License" in licence
    assert "The MIT License" in licence
    source = "".join(p.read_text("utf-8") for p in Path(abusetrack.ui.__path__[0]).rglob("*.py"))
    assert [name for name in NAMES if not re.search(rf'"{name}"', source)] == []


@pytest.mark.parametrize(("dark", "colours"), [(False, theme.LIGHT), (True, theme.DARK)])
def test_a_button_keeps_its_icon_in_the_colours_of_the_scheme(qapp, qtbot, dark, colours):
    theme.apply(qapp, dark=not dark, contrast=False)
    rail = QFrame(objectName="rail")  # has a ground of its own in the style sheet
    qtbot.addWidget(rail)
    button = QPushButton("Save", rail)
    rail.show()
    icons.Tint(button, "square")
    theme.apply(qapp, dark=dark, contrast=False)
    shown = button.icon().pixmap(SIZE, 2, QIcon.Mode.Normal, QIcon.State.Off)
    assert inks(shown) == {colours.text}
    disabled = button.icon().pixmap(SIZE, 2, QIcon.Mode.Disabled, QIcon.State.Off)
    assert inks(disabled) == {colours.muted}
