"""The chart of a sweep: time over a parameter on log axes, a curve for each backend; memory in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial

from harness.analysis.sweeps import Curve, Sweep
from harness.records.estimate import Estimate
from harness.report.charts.chart import BACKEND_COLORS, SHAPES, Chart, Datum, Spec, named_data, themed_spec
from harness.report.formatting import format_estimate, format_ratio, format_seconds, label
from harness.report.tables.table import Column, Table, names, numbers

SWEEP_WIDTH, SWEEP_HEIGHT = 520, 300


def sweep_chart(sweep: Sweep, shown: Mapping[str, str]) -> Chart:
    """Return the curves of one scenario, each with its power, under the names that people see."""
    curves = (replace(curve, backend=label(shown[curve.backend])) for curve in sweep.curves)
    sweep = replace(sweep, curves=tuple(curves))
    title = f"{label(sweep.name)}: time against {label(sweep.parameter)}"
    powers = "; ".join(f"{curve.backend} {_power(curve)}" for curve in sweep.curves)
    number = sweep.curves[0].points[0].result_index + 1
    return Chart(
        f"chart-sweep-{number}",
        f"sweep-{number}",
        title,
        f"Time per iteration against {label(sweep.parameter)}, both log axes, "
        f"with the power between the two largest values: {powers}.{_weights(sweep)}",
        Table(title, tuple(_columns(sweep)), tuple(_rows(sweep)), tuple(_notes(sweep))),
        _sweep_spec(sweep),
        tuple(_sweep_data(sweep)),
    )


def _weights(sweep: Sweep) -> str:
    """Return what memory one more of the parameter takes, in words; an empty text where that is not known."""
    weighed = [curve for curve in sweep.curves if curve.weight is not None]
    if not weighed:
        return ""
    weights = "; ".join(f"{curve.backend} {_bytes(curve.weight)}" for curve in weighed)
    return f" Peak memory for one more of {label(sweep.parameter)}: {weights}."


def _bytes(weight: Estimate | None) -> str:
    return "not told apart" if weight is None else format_estimate(weight, " bytes")


def _columns(sweep: Sweep) -> Iterator[Column]:
    yield from names("backend")
    yield from numbers(label(sweep.parameter), "time per iteration", "grows as")
    if _weights(sweep):
        yield from numbers("memory for one more")


def _rows(sweep: Sweep) -> Iterator[tuple[str, ...]]:
    weighed = bool(_weights(sweep))
    for curve in sweep.curves:
        whole = (_power(curve), _bytes(curve.weight)) if weighed else (_power(curve),)
        for point in curve.points:
            yield curve.backend, f"{point.value:g}", format_seconds(point.seconds), *whole


def _notes(sweep: Sweep) -> Iterator[str]:
    yield (
        "Grows as: the power between the two largest values. The machine's drift from one benchmark to the "
        "next is not in its interval; ratios are free of it."
    )
    yield from filter(None, map(partial(_growth, label(sweep.parameter)), sweep.curves))
    if _weights(sweep):
        yield (
            f"Memory: the peak at the largest {label(sweep.parameter)} less that at the smallest, for one of "
            "those between; not told apart where the larger is not twice the smaller."
        )


def _growth(parameter: str, curve: Curve) -> str | None:
    """Say how a backend's ratio moves over the sweep, and what garbage collection has to do with it."""
    growth = curve.growth
    if growth is None or growth.smallest.ratio is None or growth.largest.ratio is None:
        return None
    small, large = growth.smallest, growth.largest
    return (
        f"{curve.backend}: {format_ratio(growth.smallest.ratio)} of the baseline's time at {parameter} = "
        f"{small.value:,.0f}, {format_ratio(growth.largest.ratio)} at {large.value:,.0f}; garbage collection "
        f"takes {small.collecting:.0%} of its own time there, and {large.collecting:.0%} here."
    )


def _power(curve: Curve) -> str:
    return f"n^{format_estimate(curve.exponent)}"


def _sweep_data(sweep: Sweep) -> Iterator[Datum]:
    for number, curve in enumerate(sweep.curves):
        for point in curve.points:
            seconds = point.seconds.scaled(1e6)
            yield {
                "backend": f"{curve.backend}  {_power(curve)}",
                "order": number,
                "at": point.value,
                "value": float(seconds.value),
                "low": float(seconds.value if seconds.low is None else seconds.low),
                "high": float(seconds.value if seconds.high is None else seconds.high),
                "says": f"{curve.backend}, {point.value:g}: {format_seconds(point.seconds)}",
            }


def _sweep_spec(sweep: Sweep) -> Spec:
    values = sorted({point.value for curve in sweep.curves for point in curve.points})
    return _sweep_spec_over(label(sweep.parameter), tuple(values), len(sweep.curves))


@lru_cache(maxsize=256)
def _sweep_spec_over(parameter: str, values: tuple[float, ...], count: int) -> Spec:
    import altair as alt

    by_order = alt.EncodingSortField("order", op="min", order="ascending")
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=400, symbolSize=70)
    hues = alt.Scale(range=[BACKEND_COLORS[number % len(BACKEND_COLORS)] for number in range(count)])
    shapes = alt.Scale(
        range=[SHAPES[(number + number // len(BACKEND_COLORS)) % len(SHAPES)] for number in range(count)]
    )
    base = alt.Chart(named_data()).encode(
        x=alt.X(
            "at:Q",
            title=parameter,
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(format="~r", values=list(values), labelOverlap=True),
        ),
        color=alt.Color("backend:N", sort=by_order, scale=hues, legend=None),
    )
    y = alt.Y(
        "value:Q",
        title="µs per iteration",
        scale=alt.Scale(type="log", nice=False, padding=12),
        axis=alt.Axis(format=",~g", values=[10.0**power for power in range(-3, 10)]),
    )
    lines = base.mark_line(strokeWidth=1.5, aria=False).encode(y=y)
    spans = base.mark_rule(strokeWidth=2, aria=False).encode(
        y=alt.Y("low:Q", title="µs per iteration"), y2="high:Q"
    )
    # Filled, and not colored like the lines: so one legend shows color and shape together.
    dots = base.mark_point(size=70, strokeWidth=0, opacity=1, aria=False).encode(
        y=y,
        fill=alt.Fill("backend:N", sort=by_order, scale=hues, legend=legend),
        shape=alt.Shape("backend:N", sort=by_order, scale=shapes, legend=legend),
        tooltip=alt.Tooltip("says:N"),
    )
    return themed_spec(alt.layer(lines, spans, dots).properties(width=SWEEP_WIDTH, height=SWEEP_HEIGHT))
