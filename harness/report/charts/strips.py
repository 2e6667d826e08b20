"""Strips: how far each round, or each comparison of an audit, lies from the middle, in its order."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import median

from harness.analysis.audit import completed
from harness.records.record import BenchmarkResult, Record
from harness.report.charts.chart import ACCENT, Chart, Datum, Spec, named_data, themed_spec
from harness.report.formatting import label
from harness.report.html.matrix import backend_order
from harness.report.tables.audit import PROCEDURES
from harness.report.tables.table import Table, names, numbers, texts

STRIP_WIDTH, STRIP_HEIGHT = 620, 34

TALLEST = 6
"""Half the height of a strip, in medians of how far rounds lie apart: about four standard deviations.

One round that was disturbed would otherwise flatten all others, and hide a drift.
"""


def round_strips(record: Record) -> Mapping[int, Chart]:
    """The strip of rounds of every row that has one, by the row's number from 1."""
    found = ((number, _strip_of(line, record)) for number, line in enumerate(record.results, start=1))
    some = {number: data for number, data in found if data}
    if not some:
        return {}
    spec = _strip_spec("round", "its median")
    return {number: _strip(number, record.results[number - 1], data, spec) for number, data in some.items()}


def trial_chart(record: Record) -> Chart | None:
    """How far identical code was measured apart, trial by trial; None of a run."""
    apart = {
        words: [float(f"{(one.comparisons[0].ratio.value - 1) * 100:.3g}") for one in some]
        for name, words in PROCEDURES.items()
        if (some := completed(record.trials, name))
    }
    if not apart:
        return None
    span = _span([abs(one) for some in apart.values() for one in some])
    data: tuple[Datum, ...] = tuple(
        {"backend": words, "order": at, "apart": some, "span": span, "unit": "%"}
        for at, (words, some) in enumerate(apart.items())
    )
    rows = tuple((one["backend"], str(len(one["apart"])), _extent(one)) for one in data)
    title = "Identical code, comparison by comparison"
    return Chart(
        "chart-trials",
        "trials",
        title,
        f"How far each comparison of identical code lies from 1; {_edge(data)}",
        Table(title, (*texts("procedure"), *numbers("comparisons", "away from 1, %")), rows),
        _strip_spec("comparison", "1"),
        data,
    )


def _strip_of(line: BenchmarkResult, record: Record) -> tuple[Datum, ...]:
    """How far each round's sample lies from its case's median: in % of a ratio, in µs of a sleep."""
    asleep = line.benchmark.ideal is not None
    apart = {
        cell.backend: _apart(cell.timing.samples, asleep=asleep)
        for cell in line.cases
        if cell.timing is not None and len(cell.timing.samples) > 1
    }
    span = _span([abs(one) for some in apart.values() for one in some])
    return tuple(
        {
            "backend": label(name),
            "order": backend_order(record).index(name),
            "apart": some,
            "span": span,
            "unit": "µs" if asleep else "%",
        }
        for name, some in apart.items()
    )


def _span(away: Sequence[float]) -> float:
    """Half the height of a strip: as far as any round lies, or where few lie further."""
    if not away:
        return 1.0
    return min(max(away), TALLEST * median(away)) or max(away) or 1.0


def _edge(data: Sequence[Datum]) -> str:
    """How high a strip is, and what of it does not fit."""
    beyond = sum(abs(x) > one["span"] for one in data for x in one["apart"])
    high = f"a strip is ±{data[0]['span']:.3g} {data[0]['unit']} high"
    return (
        f"{high}; {beyond} beyond that {'is' if beyond == 1 else 'are'} on its edge."
        if beyond
        else f"{high}."
    )


def _apart(samples: Sequence[float], *, asleep: bool) -> list[float]:
    middle = median(samples)
    away = (one - middle if asleep else math.expm1(one - middle) * 100 for one in samples)
    return [float(f"{one:.3g}") for one in away]


def _strip(number: int, line: BenchmarkResult, data: tuple[Datum, ...], spec: Spec) -> Chart:
    unit = data[0]["unit"]
    rows = tuple((one["backend"], _extent(one), " ".join(f"{x:+g}" for x in one["apart"])) for one in data)
    title = "Rounds"
    return Chart(
        f"chart-row-{number}",
        "strip",
        title,
        f"Each round of {label(line.benchmark.id)} in the order it was taken, "
        "away from its backend's median; " + _edge(data),
        Table(title, (*names("backend"), *numbers(f"from the median, {unit}", f"each round, {unit}")), rows),
        spec,
        data,
    )


def _extent(one: Datum) -> str:
    return f"{min(one['apart']):+.3g} to {max(one['apart']):+.3g}"


@cache
def _strip_spec(counted: str, middle: str) -> Spec:
    import altair as alt

    says = (
        f"datum.backend + ', {counted} ' + datum.round + ': ' + format(datum.apart, '+.3~g')"
        f" + ' ' + datum.unit + ' from {middle}'"
    )
    base = (
        alt.Chart(named_data())
        .transform_flatten(["apart"])
        .transform_window(round="row_number()", groupby=["backend"])
        .transform_calculate(height="clamp(datum.apart / datum.span, -1, 1)", says=says)
        .encode(
            x=alt.X(
                "round:Q",
                title=counted,
                axis=alt.Axis(tickMinStep=1, tickCount=10, grid=False),
                scale=alt.Scale(nice=False, zero=False),
            ),
            y=alt.Y(
                "backend:N",
                title=None,
                sort=alt.EncodingSortField("order", op="min", order="ascending"),
                scale=alt.Scale(paddingInner=0.2, paddingOuter=0.1),
                axis=alt.Axis(labelLimit=260, grid=True, ticks=False, domain=False),
            ),
            yOffset=alt.YOffset("height:Q", scale=alt.Scale(domain=[-1.08, 1.08], nice=False)),
        )
    )  # fmt: skip
    line = base.mark_line(color=ACCENT, strokeWidth=1.3, aria=False).encode(
        detail="backend:N", order="round:Q"
    )
    drawn = line.encode(tooltip=alt.Tooltip("says:N")).properties(
        width=STRIP_WIDTH, height=alt.Step(STRIP_HEIGHT)
    )
    return themed_spec(drawn)
