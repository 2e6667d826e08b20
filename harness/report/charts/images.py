"""The charts of a record as images in files of their own, which a Markdown report shows."""

from dataclasses import dataclass

from harness.records.record import Record
from harness.report.charts import Chart, charts
from harness.report.charts.rendering import ChartRenderer, image_budget, standalone_svg

FOLDER = "charts"
"""Where images stand, beside the report."""


@dataclass(frozen=True, slots=True)
class ChartImage:
    """A chart as an SVG image; `file` is its path from the report's folder."""

    chart: Chart
    file: str
    svg: str


def chart_images(record: Record) -> tuple[ChartImage, ...]:
    """The images of a record's charts, as many as there is room for."""
    drawn = charts(record)
    workshop = ChartRenderer(image_budget(len(drawn)), standalone_svg)
    found = ((chart, workshop.image(chart)) for chart in drawn)
    return tuple(ChartImage(chart, f"{FOLDER}/{_short(chart)}.svg", svg) for chart, svg in found if svg)


def _short(chart: Chart) -> str:
    return chart.name.removeprefix("chart-")
