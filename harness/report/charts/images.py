"""The charts of a record as images in files of their own, which a Markdown report shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from harness.records.record import Record
from harness.report.charts import Chart, charts
from harness.report.charts.answer_picture import answer_picture
from harness.report.charts.rendering import ChartDrawings, ChartRenderer, image_budget, standalone_svg

FOLDER = "charts"
"""The folder of the images, beside the report."""


@dataclass(frozen=True, slots=True)
class ChartImage:
    """A chart as an SVG image; `file` is its path from the report's folder."""

    chart: Chart
    file: str
    svg: str


def chart_images(record: Record, drawings: ChartDrawings | None = None) -> tuple[ChartImage, ...]:
    """Return the images of a record's charts, as many as there is room for; the one chart comes first."""
    all_charts = charts(record)
    renderer = ChartRenderer(image_budget(len(all_charts)), standalone_svg, drawings)
    images: Iterable[tuple[Chart, str]] = ((chart, renderer.image(chart)) for chart in all_charts)
    if (first := answer_picture(record)) is not None:
        chart, drawn = first
        images = chain([(chart, standalone_svg(drawn))], images)
    return tuple(ChartImage(chart, f"{FOLDER}/{_short(chart)}.svg", svg) for chart, svg in images if svg)


def _short(chart: Chart) -> str:
    return chart.name.removeprefix("chart-")
