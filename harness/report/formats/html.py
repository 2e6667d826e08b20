"""A record as one page that needs nothing else: no request leaves it, and it opens from a file."""

from harness.records.record import Record
from harness.report.charts.rendering import ChartDrawings, ChartRenderer
from harness.report.html.assets import inline_assets
from harness.report.html.page import page_of
from harness.report.html.templating import fill_page


def render(record: Record, drawings: ChartDrawings | None = None) -> str:
    """Return the whole page, with its style, its data and the runtime of its charts inside.

    `drawings` are charts of this record that were drawn already for another report.
    """
    renderer = ChartRenderer(drawings=drawings)
    page = page_of(record, renderer)
    return fill_page("report.html.j2", page=page, assets=inline_assets(page.charts, renderer))
