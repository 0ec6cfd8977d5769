from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from abusetrack.ui import theme

AA = 4.5  # WCAG 2.2, 1.4.3, for text of ordinary size


def test_contrast_is_counted_as_the_standard_does():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_text_keeps_the_contrast_of_level_aa(colours):
    weak = [pair for pair in theme.pairs(colours) if theme.contrast(*pair) < AA]
    assert not weak


@pytest.mark.parametrize(("dark", "colours"), [(False, theme.LIGHT), (True, theme.DARK)])
def test_widgets_get_the_colours_of_the_scheme(qapp, qtbot, dark, colours):
    theme.apply(qapp, dark=dark)
    label = QLabel()
    qtbot.addWidget(label)
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == colours.text
    assert theme.of(label) is colours


def test_every_tone_has_a_chip():
    for colours in (theme.LIGHT, theme.DARK):
        assert {tone for tone, _chip in colours.chips} == set(theme.Tone)
