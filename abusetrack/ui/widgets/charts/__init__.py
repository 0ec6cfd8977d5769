"""Charts of figures; pyqtgraph is imported when the first one is made."""

from __future__ import annotations

from abusetrack.metrics.panels.model import Bars, Chart, Curves, Stack, World
from abusetrack.ui.widgets.charts.view import ChartView

__all__ = ["ChartView", "chart_of"]


def chart_of(chart: Chart, unit: str) -> ChartView:
    """Return the widget that draws a chart; ``unit`` is what its amounts are."""
    if isinstance(chart, World):
        from abusetrack.ui.widgets.charts.world import WorldView

        return WorldView(chart, unit)
    from abusetrack.ui.widgets.charts.bars import BarsView
    from abusetrack.ui.widgets.charts.curves import CurvesView
    from abusetrack.ui.widgets.charts.stack import StackView

    match chart:
        case Bars():
            return BarsView(chart, unit)
        case Stack():
            return StackView(chart, unit)
        case Curves():
            return CurvesView(chart, unit)
