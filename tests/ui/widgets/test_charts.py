from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from abusetrack.metrics.panels.model import Bars, Curve, Curves, Stack, World
from abusetrack.ui import theme
from abusetrack.ui.widgets.charts import chart_of, pictures

BARS = Bars(
    ("First <b>Registrar</b>", "Second"), (6.0, 2.0), ("iana:1", None), (0.6, 0.8), (), (0,)
)
STACK = Stack(("2026-01", "2026-02"), tuple((f"series {n}", (float(n), 1.0)) for n in range(1, 12)))
CURVES = Curves(
    (
        Curve("all", (1.0, 5.0), (0.6, 0.2), (0.5, 0.1), (0.6, 0.2)),
        Curve("other", (2.0,), (0.5,), (0.4,), (0.5,)),
    )
)
WORLD = World({"NL": 40, "SG": 3, "BR": 1})
CHARTS = {"bars": BARS, "stack": STACK, "curves": CURVES, "world": WORLD}
ALL = pytest.mark.parametrize("name", list(CHARTS))


@pytest.fixture
def shown(qtbot):
    def make(chart):
        view = chart_of(chart, "domains")
        view.resize(700, 360)
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
        QApplication.processEvents()
        return view

    return make


def test_the_library_waits_for_the_first_chart():
    code = (
        "import sys, abusetrack.ui.main_window; "
        "sys.exit('pyqtgraph' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@ALL
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_on_the_ground_of_the_scheme(shown, qapp, name, dark):
    view = shown(CHARTS[name])
    theme.apply(qapp, dark=dark)
    picture = view.grab().toImage()
    ground = (theme.DARK if dark else theme.LIGHT).surface
    assert picture.pixelColor(1, 1).name() == ground
    assert len({picture.pixel(x, y) for x in range(0, 700, 5) for y in range(0, 360, 5)}) > 2


@ALL
def test_it_goes_along_as_a_picture(shown, name):
    view = shown(CHARTS[name])
    picture = QImage.fromData(pictures.png(view, "What it says"))
    assert picture.width() == 1400
    assert picture.height() > 720
    drawing = ET.fromstring(pictures.svg(view, "What <it> says"))
    assert drawing.tag.endswith("svg")
    texts = " ".join("".join(item.itertext()) for item in drawing.iter() if "text" in item.tag)
    assert "What <it> says" in texts


def test_a_bar_tells_its_value_and_leads_on(shown, qtbot):
    view = shown(BARS)
    mark = view.mark_at(view.place_of(1, 0))
    assert mark.text == "First <b>Registrar</b>: 6 domains; with all above 60 % of all"
    with qtbot.waitSignal(view.chosen) as led:
        place = view.plot.viewport().mapFrom(view, view.place_of(1, 0))
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert led.args == ["iana:1"]


def test_a_bar_without_a_key_leads_nowhere(shown, qtbot):
    view = shown(BARS)
    assert view.mark_at(view.place_of(1, 1)).key is None
    with qtbot.assertNotEmitted(view.chosen):
        view.click(view.place_of(1, 1))
    assert view.mark_at(QPoint(2, 2)) is None


def test_a_month_tells_all_its_amounts_and_puts_the_rest_together(shown):
    view = shown(STACK)
    lines = view.mark_at(view.place_of(0, 1)).text.split("\n")
    assert lines[0] == "2026-01"
    assert lines[1] == "series 1: 1 domains"
    assert lines[-1] == "others: 38 domains"  # 8 + 9 + 10 + 11


def test_a_day_tells_what_is_left(shown):
    view = shown(CURVES)
    assert view.mark_at(view.place_of(3, 0.5)).text == "day 3\nall: 60 %\nother: 50 %"


def test_a_country_tells_its_value_and_leads_on(shown, qtbot):
    view = shown(WORLD)
    assert view.mark_at(view.place_of("BR")).text == "Brazil: 1 domains"
    with qtbot.waitSignal(view.chosen) as led:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of("SG"))
    assert led.args == ["SG"]
    empty = view.mark_at(view.place_of("AU"))
    assert (empty.text, empty.key) == ("Australia: 0 domains", None)


def test_the_map_has_every_country_that_regions_name():
    from abusetrack.metrics.regions import regions
    from abusetrack.ui.widgets.charts.world import _shapes

    shapes = _shapes()
    missing = set(regions().names) - set(shapes.paths)
    # Territories that the source draws as part of a country, or not at all.
    assert missing <= {
        "AC", "AQ", "BQ", "BV", "CC", "CP", "CQ", "CX", "DG", "EA", "GF", "GI", "GP", "IC", "MQ",
        "RE", "SJ", "TA", "TK", "TV", "UM", "YT",
    }  # fmt: skip
    assert all(
        0 <= path.boundingRect().right() <= shapes.width + 1 for path in shapes.paths.values()
    )
    assert {"SG", "HK", "SC", "VG", "MT"} <= set(shapes.dots)
    assert "RU" not in shapes.dots
