"""A chart: its Vega-Lite, the table behind it, what it shows in words, and the colors of the page."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.report.tables.table import Table

if TYPE_CHECKING:
    import altair as alt

Datum = dict[str, Any]
Spec = dict[str, Any]

INK, SOFT, RULE, ACCENT = (
    "var(--ink, #1c2128)", "var(--soft, #59636e)", "var(--rule, #d1d9e0)", "var(--accent, #0a5fb4)",
)  # fmt: skip
"""The colors of the page that holds a chart, each with what it is where there is no page."""

BACKEND_COLORS = tuple(
    f"var(--hue-{number}, {color})"
    for number, color in enumerate(
        ("#1c2128", "#0072b2", "#c44e00", "#007a5a", "#a8327d", "#8a6d00"), start=1
    )
)
"""The colors of backends, after Okabe and Ito, Color Universal Design (2008), darkened to read on white."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""The shapes of marks, so that nothing is told by a color alone."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its name on the page, what it is called, what it shows in words, the table behind it.

    `spec` is Vega-Lite. Charts of the same `kind` differ in `data` only, which stands apart from the spec.
    """

    name: str
    kind: str
    title: str
    alternative: str
    table: Table
    spec: Spec = field(compare=False, repr=False)
    data: tuple[Datum, ...] = field(compare=False, repr=False)


DATA = "rows"
"""The name of the data that a spec leaves out."""


def named_data() -> "alt.NamedData":
    """Return the place of the data, which stand apart from the spec."""
    import altair as alt

    return alt.NamedData(name=DATA)


def themed_spec(drawn: Any) -> Spec:
    """Return an Altair chart as Vega-Lite, in the colors and the type of the page."""
    spec: Spec = drawn.to_dict()
    axis = {
        "labelColor": SOFT, "titleColor": SOFT, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    spec["config"] = {
        "font": "system-ui, sans-serif",
        "background": "transparent",
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"labelFlush": False},
        "legend": {"labelColor": INK, "labelFontSize": 12},
        "header": {"labelColor": INK},
        "line": {"strokeCap": "round"},
    }
    return spec
