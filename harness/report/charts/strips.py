"""Charts of strips: how far each round, or each comparison of an audit, lies from the middle, in order."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import median

from harness.analysis.audit import completed
from harness.records.record import BenchmarkResult, Record
from harness.report.backend_names import backend_order, shown_names
from harness.report.charts.chart import ACCENT, Chart, Datum, Spec, named_data, themed_spec
from harness.report.formatting import label
from harness.report.tables.audit import PROCEDURES
from harness.report.tables.table import Table, names, numbers, texts

STRIP_WIDTH, STRIP_HEIGHT = 620, 34

TALLEST = 6
"""Half the height of a strip, in medians of how far rounds lie apart: about four standard deviations.

One round that was disturbed would otherwise flatten all others, and hide a drift.
"""


def round_strips(record: Record) -> Mapping[int, Chart]:
    """Return the strip of rounds of every benchmark that has one, by the benchmark's number from 1."""
    results = enumerate(record.results, start=1)
    strips = {number: data for number, result in results if (data := _strip_data(result, record))}
    if not strips:
        return {}
    spec = _strip_spec("round", "its median")
    return {number: _strip(number, record.results[number - 1], data, spec) for number, data in strips.items()}


def trial_chart(record: Record) -> Chart | None:
    """Return how far identical code was measured apart, trial by trial; None of a run."""
    away = {
        words: [float(f"{(trial.comparisons[0].ratio.value - 1) * 100:.3g}") for trial in trials]
        for name, words in PROCEDURES.items()
        if (trials := completed(record.trials, name))
    }
    if not away:
        return None
    span = _span([abs(percent) for series in away.values() for percent in series])
    data: tuple[Datum, ...] = tuple(
        {"backend": words, "order": order, "apart": series, "span": span, "unit": "%"}
        for order, (words, series) in enumerate(away.items())
    )
    rows = tuple((strip["backend"], str(len(strip["apart"])), _extent(strip)) for strip in data)
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


def _strip_data(result: BenchmarkResult, record: Record) -> tuple[Datum, ...]:
    """Return how far each round's sample lies from its case's median: in % of a ratio, in µs of a sleep."""
    asleep = result.benchmark.ideal is not None
    away = {
        case.backend: _away_from_median(case.timing.samples, asleep=asleep)
        for case in result.cases
        if case.timing is not None and len(case.timing.samples) > 1
    }
    span = _span([abs(sample) for series in away.values() for sample in series])
    backends, shown = backend_order(record), shown_names(record.backends)
    return tuple(
        {
            "backend": label(shown[name]),
            "order": backends.index(name),
            "apart": series,
            "span": span,
            "unit": "µs" if asleep else "%",
        }
        for name, series in away.items()
    )


def _span(away: Sequence[float]) -> float:
    """Return half the height of a strip: as far as any round lies, or TALLEST where few lie further."""
    if not away:
        return 1.0
    return min(max(away), TALLEST * median(away)) or max(away) or 1.0


def _edge(data: Sequence[Datum]) -> str:
    """Return how high a strip is, and what of it does not fit, in words."""
    beyond = sum(abs(sample) > strip["span"] for strip in data for sample in strip["apart"])
    height = f"a strip is ±{data[0]['span']:.3g} {data[0]['unit']} high"
    if not beyond:
        return f"{height}."
    return f"{height}; {beyond} beyond that {'is' if beyond == 1 else 'are'} on its edge."


def _away_from_median(samples: Sequence[float], *, asleep: bool) -> list[float]:
    middle = median(samples)
    away = (sample - middle if asleep else math.expm1(sample - middle) * 100 for sample in samples)
    return [float(f"{difference:.3g}") for difference in away]


def _strip(number: int, result: BenchmarkResult, data: tuple[Datum, ...], spec: Spec) -> Chart:
    unit = data[0]["unit"]
    rows = tuple(
        (strip["backend"], _extent(strip), " ".join(f"{sample:+g}" for sample in strip["apart"]))
        for strip in data
    )
    title = "Rounds"
    return Chart(
        f"chart-row-{number}",
        "strip",
        title,
        f"Each round of {label(result.benchmark.id)} in the order it was taken, "
        "away from its backend's median; " + _edge(data),
        Table(title, (*names("backend"), *numbers(f"from the median, {unit}", f"each round, {unit}")), rows),
        spec,
        data,
    )


def _extent(strip: Datum) -> str:
    return f"{min(strip['apart']):+.3g} to {max(strip['apart']):+.3g}"


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
