"""The chart of latency: quantiles of one operation's time on a log axis, a panel for each backend."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from harness.analysis.merged_quantiles import quantile_name
from harness.analysis.passes.latency import LATENCY, LATENCY_TABLE
from harness.protocol.messages import QUANTILES
from harness.records.passes import PassResult
from harness.records.record import Record
from harness.report.backend_names import backend_order, shown_names
from harness.report.charts.chart import ACCENT, SHAPES, SOFT, Chart, Datum, Spec, themed_spec
from harness.report.charts.panels import benchmark_axis, faceted, panel_columns
from harness.report.formatting import format_seconds, label
from harness.report.tables.passes import pass_table

MOST_MARKS = 7
"""The most marks that a panel has the width for."""


def latency_chart(record: Record) -> Chart | None:
    """Return the quantiles with their intervals; None where no operation was timed by itself."""
    table, data = pass_table(record, LATENCY_TABLE), tuple(_data(record))
    if table is None or not data:
        return None
    names = tuple(dict.fromkeys(dot["quantile"] for dot in data))
    shown = f"{', '.join(names)} of one operation's time in µs on a log axis, with their intervals."
    return Chart(
        "chart-latency",
        "latency",
        table.title,
        f"{shown} {_worst(data)}",
        table,
        _latency_spec(tuple(time_marks(data)), names, panel_columns(data)),
        data,
    )


def _data(record: Record) -> Iterator[Datum]:
    backends, shown = backend_order(record), shown_names(record.backends)
    for number, result in enumerate(record.results, start=1):
        for case in result.cases:
            if case.timing is not None and LATENCY.name in case.timing.passes:
                place = {
                    "row": label(result.benchmark.id),
                    "number": number,
                    "backend": label(shown[case.backend]),
                    "order": backends.index(case.backend),
                }
                for dot in _dots(case.timing.passes[LATENCY.name]):
                    yield {**place, **dot}


def _dots(latency: PassResult) -> Iterator[Datum]:
    """Yield each quantile in µs but those for which too few operations were timed."""
    for quantile in QUANTILES:
        name = quantile_name(quantile)
        figure = latency.figures.get(f"latency_{name}_seconds")
        if figure is None or figure.estimate.value <= 0:
            continue
        microseconds = figure.estimate.scaled(1e6)
        yield {
            "quantile": name,
            "of": quantile,
            "value": float(microseconds.value),
            "low": float(microseconds.value if microseconds.low is None else microseconds.low),
            "high": float(microseconds.value if microseconds.high is None else microseconds.high),
            "open": microseconds.low is None,
            "says": f"{name} {format_seconds(figure.estimate)}",
        }


def _worst(data: Sequence[Datum]) -> str:
    """Return the longest of the times that are rarest, in words."""
    rarest = max(dot["of"] for dot in data)
    worst = max((dot for dot in data if dot["of"] == rarest), key=lambda dot: float(dot["value"]))
    return f"The longest: {worst['says']}, {worst['row']} on {worst['backend']}."


def time_marks(data: Sequence[Datum]) -> list[float]:
    """Return the marks of an axis of µs, from at or below the least time to at or above the greatest.

    They are 1, 2 and 5 of every power of ten; where those are too many, the powers alone.
    """
    low, high = min(float(dot["low"]) for dot in data), max(float(dot["high"]) for dot in data)
    fine, coarse = (list(_around(low, high, digits)) for digits in ((1, 2, 5), (1,)))
    return fine if len(fine) <= MOST_MARKS else coarse


def _around(low: float, high: float, digits: Sequence[int]) -> Iterator[float]:
    """Yield the marks with these digits that are needed to hold a span."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    marks = [float(f"{digit}e{power}") for power in powers for digit in digits]
    for before, mark, after in zip([0.0, *marks], marks, [*marks[1:], math.inf], strict=False):
        if after > low and before < high:
            yield mark


@lru_cache(maxsize=256)
def _latency_spec(marks: tuple[float, ...], names: tuple[str, ...], beside: int) -> Spec:
    import altair as alt

    scale = alt.Scale(type="log", nice=False, domain=[marks[0], marks[-1]], padding=8)
    axis = alt.Axis(format=",~g", values=list(marks), labelOverlap="greedy", labelSeparation=6)
    title = "µs, log scale"
    x = alt.X("value:Q", title=title, scale=scale, axis=axis)
    legend = alt.Legend(title=None, orient="bottom", symbolFillColor=ACCENT, symbolStrokeColor=ACCENT)
    shapes = alt.Scale(domain=list(names), range=list(SHAPES[: len(names)]))
    says = "datum.row + ' on ' + datum.backend + ': ' + datum.says"
    base = alt.Chart().transform_calculate(whole=says).encode(y=benchmark_axis())
    # From the shortest to the longest of a case: what it may cost to wait for the rare one.
    reach = base.mark_line(color=SOFT, strokeWidth=1, aria=False).encode(x=x, detail="row:N", order="of:Q")
    spans = base.mark_rule(color=ACCENT, strokeWidth=2, aria=False).encode(
        x=alt.X("low:Q", title=title, scale=scale), x2="high:Q"
    )
    dots = base.mark_point(color=ACCENT, size=52, strokeWidth=1.5, opacity=1, aria=False).encode(
        x=x,
        shape=alt.Shape("quantile:N", scale=shapes, legend=legend),
        fill=alt.condition("datum.open", alt.value(None), alt.value(ACCENT)),
        tooltip=alt.Tooltip("whole:N"),
    )
    return themed_spec(faceted((reach, spans, dots), beside))
