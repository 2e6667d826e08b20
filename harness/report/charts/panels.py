"""Panels side by side: one for each backend, all over the same benchmarks and the same axis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.report.charts.chart import Datum, named_data

if TYPE_CHECKING:
    import altair as alt

PANELS = 4
"""The most panels side by side; the next begin a new line."""

PANEL_WIDTH, ROW_HEIGHT = 250, 17


def panel_columns(data: Sequence[Datum]) -> int:
    """Return how many panels stand side by side."""
    return min(PANELS, len({datum["backend"] for datum in data}))


def benchmark_axis() -> "alt.Y":
    """Return the axis of the record's benchmarks, in their order."""
    import altair as alt

    return alt.Y(
        "row:N",
        title=None,
        sort=alt.EncodingSortField("number", op="min", order="ascending"),
        axis=alt.Axis(labelLimit=260, grid=True, ticks=False, domain=False),
    )


def faceted(layers: Sequence[Any], beside: int) -> "alt.FacetChart":
    """Return these layers for every backend, with `beside` panels next to each other."""
    import altair as alt

    facet = alt.Facet(
        "backend:N",
        title=None,
        sort=alt.EncodingSortField("order", op="min", order="ascending"),
        header=alt.Header(labelFontWeight="bold", labelFontSize=13),
    )
    layered = alt.layer(*layers).properties(width=PANEL_WIDTH, height=alt.Step(ROW_HEIGHT))
    return layered.facet(facet=facet, columns=beside, data=named_data())
