"""The charts of a record as Vega-Lite, each with the table behind it and a text that says what it shows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any

from harness.audited import PROCEDURES
from harness.estimate import Estimate, Judgement
from harness.evidence import microseconds, scaled
from harness.record import Cell, Line, Record
from harness.reliability import answered
from harness.report.matrix import order
from harness.report.text import label
from harness.sweep import Curve, Sweep, sweeps
from harness.table import Table, interval

if TYPE_CHECKING:
    import altair as alt

Datum = dict[str, Any]
Spec = dict[str, Any]

INK, SOFT, RULE, ACCENT = (
    "var(--ink, #1c2128)", "var(--soft, #59636e)", "var(--rule, #d1d9e0)", "var(--accent, #0a5fb4)",
)  # fmt: skip
"""Colors of the page that holds a chart, and what they are where there is no page."""

HUES = tuple(
    f"var(--hue-{at}, {hue})"
    for at, hue in enumerate(("#1c2128", "#0072b2", "#c44e00", "#007a5a", "#a8327d", "#8a6d00"), start=1)
)
"""Colors of backends, after Okabe and Ito, Color Universal Design (2008), darkened to read on white."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
PANELS = 4
"""Backends side by side before the next begin a new line."""

PANEL_WIDTH, STRIP_WIDTH, SWEEP_WIDTH, SWEEP_HEIGHT = 250, 620, 520, 300
ROW_HEIGHT, STRIP_HEIGHT = 17, 34
FEWEST_TICKS, MOST_TICKS = 3, 8


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


def charts(record: Record) -> tuple[Chart, ...]:
    """The charts about the whole record, as far as it has what they show."""
    found = (
        trials(record), forest(record), contrasts(record), memory(record), *map(_sweep_chart, sweeps(record)),
    )  # fmt: skip
    return tuple(chart for chart in found if chart is not None)


def strips(record: Record) -> Mapping[int, Chart]:
    """The strip of rounds of every row that has one, by the row's number from 1."""
    found = ((number, _strip_of(line, record)) for number, line in enumerate(record.lines, start=1))
    some = {number: data for number, data in found if data}
    if not some:
        return {}
    spec = _strip_spec("round", "its median")
    return {number: _strip(number, record.lines[number - 1], data, spec) for number, data in some.items()}


# Ratios and memory: rows over backends, a panel for each backend.


def forest(record: Record) -> Chart | None:
    """The time ratios with their intervals on a log axis, 1 marked; None where there are none."""
    data = tuple(_dots(record, _ratio))
    if not data:
        return None
    baseline = record.begun.plan.baseline
    judged = [cell.timing.judgement for line in record.lines for cell in line.cells if cell.timing]
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


def memory(record: Record) -> Chart | None:
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


def contrasts(record: Record) -> Chart | None:
    """What the differences are due to, a panel for each pair that is compared; None where nothing is."""
    data = tuple(_contrasted(record))
    if not data:
        return None
    title = "What the differences are due to"
    return Chart(
        "chart-contrasts",
        "contrasts",
        title,
        f"{len(data)} contrasts on a log axis: two backends that differ in one part, compared in each turn.",
        _dots_table(title, data),
        _panels(data, "time ratio, log scale", log=True),
        data,
    )


def _contrasted(record: Record) -> Iterator[Datum]:
    known = [
        (number, line.row.id, one)
        for number, line in enumerate(record.lines, start=1)
        for one in line.contrasts
        if one.due != "interaction"
    ]
    pairs = list(dict.fromkeys(f"{one.arm} / {one.against}" for _, _, one in known))
    for number, row, one in known:
        pair = f"{one.arm} / {one.against}"
        yield _dot(number, row, label(pair), pairs.index(pair), one.ratio, interval(one.ratio, "×"))


def _ratio(cell: Cell) -> tuple[Estimate, str] | None:
    timing = cell.timing
    if timing is None or timing.ratio is None:
        return None
    return timing.ratio, f"{interval(timing.ratio, '×')}, {timing.judgement}"


def _peak(cell: Cell) -> tuple[Estimate, str] | None:
    if cell.timing is None or cell.timing.peak is None:
        return None
    peak = scaled(cell.timing.peak, 1 / 1024)
    return peak, interval(peak, " KiB")


def _dots(record: Record, what: Any) -> Iterator[Datum]:
    """A dot with its interval for every case that has the figure."""
    backends = order(record)
    for number, line in enumerate(record.lines, start=1):
        for cell in line.cells:
            found = what(cell)
            if found is not None:
                at = backends.index(cell.backend)
                yield _dot(number, line.row.id, label(cell.backend), at, *found)


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
    return Table(title, ("scenario", *heads), lines)


def _panels(data: Sequence[Datum], axis: str, *, log: bool) -> Spec:
    ticks = tuple(ratio_ticks(data) if log else size_ticks(data))
    return _panels_spec(axis, ticks, min(PANELS, len({one["backend"] for one in data})), log=log)


@lru_cache(maxsize=256)
def _panels_spec(axis: str, ticks: tuple[float, ...], columns: int, *, log: bool) -> Spec:
    import altair as alt  # noqa: PLC0415 - two seconds, only where charts are drawn

    scale = alt.Scale(type="log", nice=False, padding=12) if log else alt.Scale(type="symlog", constant=64)
    marks = alt.Axis(
        format="~r" if log else ",~r", values=list(ticks), labelOverlap="greedy", labelSeparation=6
    )
    x = alt.X("value:Q", title=axis, scale=scale, axis=marks)
    y = alt.Y(
        "row:N",
        title=None,
        sort=alt.EncodingSortField("number", op="min", order="ascending"),
        axis=alt.Axis(labelLimit=260, grid=True, ticks=False, domain=False),
    )
    says = "datum.row + ' on ' + datum.backend + ': ' + datum.says"
    base = alt.Chart().transform_calculate(whole=says).encode(y=y)
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
    drawn = (
        alt.layer(*layers)
        .properties(width=PANEL_WIDTH, height=alt.Step(ROW_HEIGHT))
        .facet(
            facet=alt.Facet(
                "backend:N",
                title=None,
                sort=alt.EncodingSortField("order", op="min", order="ascending"),
                header=alt.Header(labelFontWeight="bold", labelFontSize=13),
            ),
            columns=columns,
            data=_named_data(),
        )
    )
    return _finished(drawn)


STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Distances between the marks of a ratio axis, in powers of two."""


def ratio_ticks(data: Sequence[Datum]) -> list[float]:
    """Marks of an axis of ratios, 1 among them: powers of two, or parts of one where all lie close."""
    ends = [math.log2(one[end]) for one in data for end in ("low", "high")]
    low, high = min(0.0, *ends), max(0.0, *ends)
    step = next((one for one in STEPS if (high - low) / one >= FEWEST_TICKS), STEPS[-1])
    step = max(step, math.ceil((high - low) / MOST_TICKS) if high - low > MOST_TICKS else 0.0)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{2 ** (at * step):.3g}") for at in range(first, last + 1)]


def size_ticks(data: Sequence[Datum]) -> list[float]:
    """Marks of an axis of KiB: nothing, and powers of four from four pages up."""
    most = max(float(one["high"]) for one in data)
    return [0.0, *(4.0**power for power in range(2, 16) if 4.0**power <= most)]


# An audit's comparisons of identical code, one strip for each procedure.


def trials(record: Record) -> Chart | None:
    """How far identical code was measured apart, trial by trial; None of a run."""
    apart = {
        words: [float(f"{(one.compared[0].ratio.value - 1) * 100:.3g}") for one in some]
        for name, words in PROCEDURES.items()
        if (some := answered(record.trials, name))
    }
    if not apart:
        return None
    span = max(abs(one) for some in apart.values() for one in some) or 1.0
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
        f"How far each comparison of identical code lies from 1; a strip is ±{span:.3g} % high.",
        Table(title, ("procedure", "comparisons", "away from 1, %"), rows),
        _strip_spec("comparison", "1"),
        data,
    )


# A row's rounds, one strip for each backend.


def _strip_of(line: Line, record: Record) -> tuple[Datum, ...]:
    """How far each round's sample lies from its case's median: in % of a ratio, in µs of a sleep."""
    asleep = line.row.ideal is not None
    apart = {
        cell.backend: _apart(cell.timing.samples, asleep=asleep)
        for cell in line.cells
        if cell.timing is not None and len(cell.timing.samples) > 1
    }
    span = max((abs(one) for some in apart.values() for one in some), default=0.0) or 1.0
    return tuple(
        {
            "backend": label(name),
            "order": order(record).index(name),
            "apart": some,
            "span": span,
            "unit": "µs" if asleep else "%",
        }
        for name, some in apart.items()
    )


def _apart(samples: Sequence[float], *, asleep: bool) -> list[float]:
    middle = median(samples)
    away = (one - middle if asleep else math.expm1(one - middle) * 100 for one in samples)
    return [float(f"{one:.3g}") for one in away]


def _strip(number: int, line: Line, data: tuple[Datum, ...], spec: Spec) -> Chart:
    unit, span = data[0]["unit"], data[0]["span"]
    rows = tuple((one["backend"], _extent(one), " ".join(f"{x:+g}" for x in one["apart"])) for one in data)
    title = "Rounds"
    return Chart(
        f"chart-row-{number}",
        "strip",
        title,
        f"Each round of {label(line.row.id)} in the order it was taken, away from its backend's median; "
        f"a strip is ±{span:.3g} {unit} high.",
        Table(title, ("backend", f"from the median, {unit}", f"each round, {unit}"), rows),
        spec,
        data,
    )


def _extent(one: Datum) -> str:
    return f"{min(one['apart']):+.3g} to {max(one['apart']):+.3g}"


@cache
def _strip_spec(counted: str, middle: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - as above

    says = (
        f"datum.backend + ', {counted} ' + datum.round + ': ' + format(datum.apart, '+.3~g')"
        f" + ' ' + datum.unit + ' from {middle}'"
    )
    base = (
        alt.Chart(_named_data())
        .transform_flatten(["apart"])
        .transform_window(round="row_number()", groupby=["backend"])
        .transform_calculate(height="datum.apart / datum.span", says=says)
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
                axis=alt.Axis(grid=True, ticks=False, domain=False),
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
    return _finished(drawn)


# A scenario over one of its parameters.


def _sweep_chart(sweep: Sweep) -> Chart:
    title = f"{label(sweep.name)}: time against {label(sweep.parameter)}"
    said = "; ".join(f"{label(one.backend)} {_power(one)}" for one in sweep.curves)
    rows = tuple(
        (label(one.backend), f"{point.at:g}", microseconds(point.seconds), _power(one))
        for one in sweep.curves
        for point in one.points
    )
    heads = ("backend", label(sweep.parameter), "time per iteration", "grows as")
    number = sweep.curves[0].points[0].row + 1
    return Chart(
        f"chart-sweep-{number}",
        f"sweep-{number}",
        title,
        f"Time per iteration against {label(sweep.parameter)}, both log axes, "
        f"with the power fitted to each: {said}.",
        Table(title, heads, rows),
        _sweep_spec(sweep),
        tuple(_sweep_data(sweep)),
    )


def _power(curve: Curve) -> str:
    low, high = curve.exponent.low, curve.exponent.high
    return f"n^{curve.exponent.value:.2f} [{low:.2f}, {high:.2f}]"


def _sweep_data(sweep: Sweep) -> Iterator[Datum]:
    for number, curve in enumerate(sweep.curves):
        for point in curve.points:
            seconds = scaled(point.seconds, 1e6)
            yield {
                "backend": f"{label(curve.backend)}  {_power(curve)}",
                "order": number,
                "at": point.at,
                "value": float(seconds.value),
                "low": float(seconds.value if seconds.low is None else seconds.low),
                "high": float(seconds.value if seconds.high is None else seconds.high),
                "says": f"{label(curve.backend)}, {point.at:g}: {interval(seconds, ' µs')}",
            }


def _sweep_spec(sweep: Sweep) -> Spec:
    at = sorted({point.at for one in sweep.curves for point in one.points})
    return _sweep_spec_over(label(sweep.parameter), tuple(at), len(sweep.curves))


@lru_cache(maxsize=256)
def _sweep_spec_over(parameter: str, at: tuple[float, ...], count: int) -> Spec:
    import altair as alt  # noqa: PLC0415 - as above

    by_order = alt.EncodingSortField("order", op="min", order="ascending")
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=400, symbolSize=70)
    hues = alt.Scale(range=[HUES[at % len(HUES)] for at in range(count)])
    shapes = alt.Scale(range=[SHAPES[(at + at // len(HUES)) % len(SHAPES)] for at in range(count)])
    base = alt.Chart(_named_data()).encode(
        x=alt.X(
            "at:Q",
            title=parameter,
            scale=alt.Scale(type="log", padding=10),
            axis=alt.Axis(format="~r", values=list(at), labelOverlap=True),
        ),
        color=alt.Color("backend:N", sort=by_order, scale=hues, legend=legend),
        shape=alt.Shape("backend:N", sort=by_order, scale=shapes, legend=legend),
    )  # fmt: skip
    y = alt.Y(
        "value:Q",
        title="µs per iteration",
        scale=alt.Scale(type="log", padding=10),
        axis=alt.Axis(format="~g", labelOverlap=True),
    )
    lines = base.mark_line(strokeWidth=1.5, aria=False).encode(y=y)
    spans = base.mark_rule(strokeWidth=2, aria=False).encode(
        y=alt.Y("low:Q", title="µs per iteration"), y2="high:Q"
    )
    dots = base.mark_point(size=70, filled=True, opacity=1, aria=False).encode(
        y=y, tooltip=alt.Tooltip("says:N")
    )
    return _finished(alt.layer(lines, spans, dots).properties(width=SWEEP_WIDTH, height=SWEEP_HEIGHT))


DATA = "rows"
"""The name of the data that a spec leaves out."""


def _named_data() -> "alt.NamedData":
    import altair as alt  # noqa: PLC0415 - as above

    return alt.NamedData(name=DATA)


def _finished(drawn: Any) -> Spec:
    """The chart as Vega-Lite, in the colors and the type of the page."""
    spec: Spec = drawn.to_dict()
    quiet = {
        "labelColor": SOFT, "titleColor": SOFT, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    spec["config"] = {
        "font": "system-ui, sans-serif",
        "background": "transparent",
        "view": {"stroke": None},
        "axis": quiet,
        "axisX": {"labelFlush": False},
        "legend": {"labelColor": INK, "labelFontSize": 12},
        "header": {"labelColor": INK},
        "line": {"strokeCap": "round"},
    }
    return spec
