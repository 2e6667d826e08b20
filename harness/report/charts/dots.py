"""Dots with their intervals, rows over backends, a panel for each: ratios, memory, what is due to what."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from harness.records.estimate import Estimate, Judgement
from harness.records.record import CaseResult, Record
from harness.report.charts.chart import ACCENT, INK, Chart, Datum, Spec, themed_spec
from harness.report.charts.panels import benchmark_axis, faceted, panel_columns
from harness.report.formatting import format_estimate, format_ratio, label
from harness.report.html.matrix import backend_order
from harness.report.tables import contrasts as contrast_tables
from harness.report.tables.table import Table, names, numbers

FEWEST_TICKS, MOST_TICKS = 3, 8


def ratio_chart(record: Record) -> Chart | None:
    """The time ratios with their intervals on a log axis, 1 marked; None where there are none."""
    data = tuple(_dots(record, _ratio))
    if not data:
        return None
    baseline = record.run.plan.baseline
    judged = [cell.timing.judgement for line in record.results for cell in line.cases if cell.timing]
    said = ", ".join(f"{one} in {judged.count(one)}" for one in Judgement if one in judged)
    title = f"Time divided by {label(baseline)}'s"
    return Chart(
        "chart-forest",
        "forest",
        title,
        f"{len(data)} time ratios with intervals on a log axis, "
        f"left of 1 less time than {label(baseline)}: {said}.",
        _dots_table(title, data),
        _panels(data, "time ratio, log scale", log=True),
        data,
    )


def memory_chart(record: Record) -> Chart | None:
    """Peak memory above what was resident before the first iteration; None where it was not recorded."""
    data = tuple(_dots(record, _peak))
    if not data:
        return None
    most = max(data, key=lambda one: float(one["value"]))
    title = "Peak memory above the start"
    return Chart(
        "chart-memory",
        "memory",
        title,
        f"Peak memory of {len(data)} cases in KiB. "
        f"The most: {most['says']}, {most['row']} on {most['backend']}.",
        _dots_table(title, data),
        _panels(data, "KiB above the start", log=False),
        data,
    )


def contrast_chart(record: Record) -> Chart | None:
    """What the differences are due to, a panel for each pair that is compared; None where nothing is."""
    table, data = contrast_tables.table(record), tuple(_contrasted(record))
    if table is None or not data:
        return None
    return Chart(
        "chart-contrasts",
        "contrasts",
        table.title,
        f"{len(data)} contrasts on a log axis: two backends that differ in one part, compared in each turn.",
        table,
        _panels(data, "time ratio, log scale", log=True),
        data,
    )


def _contrasted(record: Record) -> Iterator[Datum]:
    known = [
        (number, line.benchmark.id, one)
        for number, line in enumerate(record.results, start=1)
        for one in line.contrasts
        if one.factor != "interaction"
    ]
    pairs = list(dict.fromkeys(f"{one.arm} / {one.against}" for _, _, one in known))
    for number, row, one in known:
        pair = f"{one.arm} / {one.against}"
        yield _dot(number, row, label(pair), pairs.index(pair), one.ratio, format_ratio(one.ratio))


def _ratio(cell: CaseResult) -> tuple[Estimate, str] | None:
    timing = cell.timing
    if timing is None or timing.ratio is None:
        return None
    return timing.ratio, f"{format_ratio(timing.ratio)}, {timing.judgement}"


def _peak(cell: CaseResult) -> tuple[Estimate, str] | None:
    if cell.timing is None or cell.timing.peak_memory is None:
        return None
    peak = cell.timing.peak_memory.scaled(1 / 1024)
    return peak, format_estimate(peak, " KiB")


def _dots(record: Record, what: Any) -> Iterator[Datum]:
    """A dot with its interval for every case that has the figure."""
    backends = backend_order(record)
    for number, line in enumerate(record.results, start=1):
        for cell in line.cases:
            found = what(cell)
            if found is not None:
                at = backends.index(cell.backend)
                yield _dot(number, line.benchmark.id, label(cell.backend), at, *found)


def _dot(number: int, row: str, panel: str, order: int, estimate: Estimate, words: str) -> Datum:
    return {
        "row": label(row),
        "number": number,
        "backend": panel,
        "order": order,
        "value": float(estimate.value),
        "low": float(estimate.value if estimate.low is None else estimate.low),
        "high": float(estimate.value if estimate.high is None else estimate.high),
        "open": estimate.low is None,
        "says": words,
    }


def _dots_table(title: str, data: Sequence[Datum]) -> Table:
    backends = [one["backend"] for one in sorted(data, key=lambda one: int(one["order"]))]
    heads = tuple(dict.fromkeys(backends))
    rows: dict[str, dict[str, str]] = {}
    for one in data:
        rows.setdefault(one["row"], {})[one["backend"]] = one["says"]
    lines = tuple((row, *(said.get(name, "no number") for name in heads)) for row, said in rows.items())
    return Table(title, (*names("benchmark"), *numbers(*heads)), lines)


def _panels(data: Sequence[Datum], axis: str, *, log: bool) -> Spec:
    ticks = tuple(ratio_ticks(data) if log else size_ticks(data))
    return _panels_spec(axis, ticks, panel_columns(data), log=log)


@lru_cache(maxsize=256)
def _panels_spec(axis: str, ticks: tuple[float, ...], beside: int, *, log: bool) -> Spec:
    import altair as alt

    scale = alt.Scale(type="log", nice=False, padding=12) if log else alt.Scale(type="symlog", constant=64)
    marks = alt.Axis(
        format="~r" if log else ",d", values=list(ticks), labelOverlap="greedy", labelSeparation=6
    )
    x = alt.X("value:Q", title=axis, scale=scale, axis=marks)
    says = "datum.row + ' on ' + datum.backend + ': ' + datum.says"
    base = alt.Chart().transform_calculate(whole=says).encode(y=benchmark_axis())
    spans = base.mark_rule(color=ACCENT, strokeWidth=2, aria=False).encode(
        x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q"
    )
    dots = base.mark_point(color=ACCENT, size=44, strokeWidth=1.5, opacity=1, aria=False).encode(
        x=x,
        fill=alt.condition("datum.open", alt.value(None), alt.value(ACCENT)),
        tooltip=alt.Tooltip("whole:N"),
    )
    layers = [spans, dots]
    if log:
        one = alt.Chart().transform_aggregate(cases="count()").encode(x=alt.datum(1))
        one = one.mark_rule(color=INK, strokeDash=[4, 3], aria=False)
        layers.insert(0, one)
    return themed_spec(faceted(layers, beside))


STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Distances between the marks of a ratio axis, in powers of two."""

COARSE = 0.2
"""The distance from which two digits keep neighboring marks apart."""


def ratio_ticks(data: Sequence[Datum]) -> list[float]:
    """Marks of an axis of ratios, 1 among them: powers of two, or parts of one where all lie close.

    Those are rounded, and stand where the rounded figure belongs.
    """
    ends = [math.log2(one[end]) for one in data for end in ("low", "high")]
    low, high = min(0.0, *ends), max(0.0, *ends)
    step = next((one for one in STEPS if (high - low) / one >= FEWEST_TICKS), STEPS[-1])
    step = max(step, math.ceil((high - low) / MOST_TICKS) if high - low > MOST_TICKS else 0.0)
    first, last = math.ceil(low / step), math.floor(high / step)
    digits = 2 if step >= COARSE else 3
    return sorted({float(f"{2 ** (at * step):.{digits}g}") for at in range(first, last + 1)})


def size_ticks(data: Sequence[Datum]) -> list[float]:
    """Marks of an axis of KiB: nothing, and powers of four from four pages up."""
    most = max(float(one["high"]) for one in data)
    return [0.0, *(4.0**power for power in range(2, 16) if 4.0**power <= most)]
