from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QMenuBar, QTreeWidget, QTreeWidgetItem

from abusetrack.ui import schemes, theme

AA = 4.5  # WCAG 2.2, 1.4.3, for text of ordinary size
AAA = 7  # 1.4.6
HIGH = (schemes.CONTRAST_LIGHT, schemes.CONTRAST_DARK)


def test_contrast_is_counted_as_the_standard_does():
    assert schemes.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert schemes.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", schemes.SCHEMES, ids=lambda one: one.window)
def test_every_text_keeps_the_contrast_of_its_level(colours):
    least = AAA if colours in HIGH else AA
    weak = [pair for pair in schemes.pairs(colours) if schemes.contrast(*pair) < least]
    assert not weak


def test_calm_schemes_have_no_colour_but_greys():
    for colours in (schemes.CALM_LIGHT, schemes.CALM_DARK):
        found = {colour for pair in schemes.pairs(colours) for colour in pair}
        assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in found)


@pytest.mark.parametrize("contrast", [False, True])
@pytest.mark.parametrize("calm", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_widgets_get_the_colours_of_the_scheme(qapp, qtbot, dark, calm, contrast):
    theme.apply(qapp, dark=dark, contrast=contrast)
    theme.set_calm(qapp, calm)
    colours = schemes.scheme(dark=dark, contrast=contrast, calm=calm)
    label = QLabel()
    qtbot.addWidget(label)
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == colours.text
    assert theme.worn() is colours
    theme.set_calm(qapp, False)


def test_every_tone_has_a_chip():
    for colours in schemes.SCHEMES:
        assert {tone for tone, _chip in colours.chips} == set(theme.Tone)


@pytest.mark.parametrize("dark", [False, True])
def test_the_current_row_has_a_flat_line_around_it(qapp, qtbot, dark):
    theme.apply(qapp, dark=dark, contrast=False)
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    heading = QTreeWidgetItem(tree, [""])
    heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
    with qtbot.waitActive(tree):
        tree.show()
        tree.activateWindow()
    tree.setFocus()
    tree.setCurrentItem(heading)
    place = tree.visualItemRect(heading)
    image = tree.viewport().grab(place).toImage()
    drawn = {image.pixelColor(place.width() // 2, line).name() for line in range(place.height())}
    assert drawn == {theme.worn().accent, theme.worn().surface}


def test_a_menu_bar_that_cannot_be_used_looks_so(qapp, qtbot):
    bar = QMenuBar()
    qtbot.addWidget(bar)
    bar.addMenu("File")
    before = bar.grab().toImage()
    bar.setEnabled(False)
    assert bar.grab().toImage() != before
