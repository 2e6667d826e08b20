"""Charts of dots with their intervals: benchmarks by backends, of ratios, of memory, and of contrasts."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from harness.records.estimate import Estimate, Judgement
from harness.records.record import CaseResult, Record
from harness.report.backend_names import backend_order, shown_names
from harness.report.charts.chart import ACCENT, INK, Chart, Datum, Spec, themed_spec
from harness.report.charts.panels import benchmark_axis, faceted, panel_columns
from harness.report.formatting import format_bytes, label, ratio_figure
from harness.report.tables import contrasts as contrast_tables
from harness.report.tables.table import Table, names, numbers

FEWEST_TICKS, MOST_TICKS = 3, 8
"""The marks that an axis of ratios has, at least and at most."""


def ratio_chart(record: Record) -> Chart | None:
    """Return the time ratios with their intervals on a log axis, 1 marked; None where there are none."""
    data = tuple(_dots(record, _ratio))
    if not data:
        return None
    baseline = label(shown_names(record.backends)[record.run.plan.baseline])
    judged = [case.timing.judgement for result in record.results for case in result.cases if case.timing]
    counts = ", ".join(f"{kind} in {judged.count(kind)}" for kind in Judgement if kind in judged)
    title = f"Time divided by {baseline}'s"
    return Chart(
        "chart-forest",
        "forest",
        title,
        f"{len(data)} time ratios with intervals on a log axis, "
        f"left of 1 less time than {baseline}: {counts}.",
        _dots_table(title, data),
        _panels(data, "time ratio, log scale", log=True),
        data,
    )


def memory_chart(record: Record) -> Chart | None:
    """Return the peak memory above what was resident before the first iteration; None where none is known."""
    data = tuple(_dots(record, _peak))
    if not data:
        return None
    most = max(data, key=lambda dot: float(dot["value"]))
    title = "Peak memory above the start"
    return Chart(
        "chart-memory",
        "memory",
        title,
        f"Peak memory of {len(data)} cases above the start. "
        f"The most: {most['says']}, {most['row']} on {most['backend']}.",
        _dots_table(title, data),
        _panels(data, "KiB above the start", log=False),
        data,
    )


def contrast_chart(record: Record) -> Chart | None:
    """Return what differences are due to, a panel for each pair that is compared; None where nothing is."""
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
    contrasts = [
        shown for shown in contrast_tables.shown_contrasts(record) if shown.contrast.factor != "interaction"
    ]
    pairs = list(dict.fromkeys(shown.pair for shown in contrasts))
    for shown in contrasts:
        ratio, at = shown.contrast.ratio, pairs.index(shown.pair)
        yield _dot(shown.number, shown.benchmark, label(shown.pair), at, ratio, str(ratio_figure(ratio)))


def _ratio(case: CaseResult) -> tuple[Estimate, str] | None:
    timing = case.timing
    if timing is None or timing.ratio is None:
        return None
    return timing.ratio, f"{ratio_figure(timing.ratio)}, {timing.judgement}"


def _peak(case: CaseResult) -> tuple[Estimate, str] | None:
    if case.timing is None or case.timing.peak_memory is None:
        return None
    peak = case.timing.peak_memory
    return peak.scaled(1 / 1024), format_bytes(peak)


def _dots(
    record: Record, figure_of_case: Callable[[CaseResult], tuple[Estimate, str] | None]
) -> Iterator[Datum]:
    """Yield a dot with its interval for every case that has the figure."""
    backends, shown = backend_order(record), shown_names(record.backends)
    for number, result in enumerate(record.results, start=1):
        for case in result.cases:
            if (figure := figure_of_case(case)) is not None:
                panel = backends.index(case.backend)
                yield _dot(number, result.benchmark.id, label(shown[case.backend]), panel, *figure)


def _dot(number: int, benchmark: str, panel: str, order: int, estimate: Estimate, words: str) -> Datum:
    return {
        "row": label(benchmark),
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
    backends = tuple(dict.fromkeys(dot["backend"] for dot in sorted(data, key=lambda dot: int(dot["order"]))))
    benchmarks: dict[str, dict[str, str]] = {}
    for dot in data:
        benchmarks.setdefault(dot["row"], {})[dot["backend"]] = dot["says"]
    rows = tuple(
        (name, *(words.get(backend, "no number") for backend in backends))
        for name, words in benchmarks.items()
    )
    return Table(title, (*names("benchmark"), *numbers(*backends)), rows)


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
        equal = alt.Chart().transform_aggregate(cases="count()").encode(x=alt.datum(1))
        layers.insert(0, equal.mark_rule(color=INK, strokeDash=[4, 3], aria=False))
    return themed_spec(faceted(layers, beside))


STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""The distances that there may be between the marks of a ratio axis, in powers of two."""

COARSE = 0.2
"""The distance from which two digits keep neighboring marks apart."""


def ratio_ticks(data: Sequence[Datum]) -> list[float]:
    """Return the marks of an axis of ratios, 1 among them: powers of two, or parts of one if all lie close.

    They are rounded, and stand where the rounded figure belongs.
    """
    ends = [math.log2(dot[end]) for dot in data for end in ("low", "high")]
    low, high = min(0.0, *ends), max(0.0, *ends)
    step = next((step for step in STEPS if (high - low) / step >= FEWEST_TICKS), STEPS[-1])
    if high - low > MOST_TICKS:
        step = max(step, math.ceil((high - low) / MOST_TICKS))
    first, last = math.ceil(low / step), math.floor(high / step)
    digits = 2 if step >= COARSE else 3
    return sorted({float(f"{2 ** (number * step):.{digits}g}") for number in range(first, last + 1)})


def size_ticks(data: Sequence[Datum]) -> list[float]:
    """Return the marks of an axis of KiB: 0, and powers of four from four pages up."""
    most = max(float(dot["high"]) for dot in data)
    return [0.0, *(4.0**power for power in range(2, 16) if 4.0**power <= most)]
