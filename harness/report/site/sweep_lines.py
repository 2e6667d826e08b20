"""The time ratios of a scenario over one of its parameters, in numeric order, as a drawing."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.report.formatting import format_ratio
from harness.report.site.summary import CaseSummary, RecordSummary

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 260, 70, 90, 14, 34
"""The size of a drawing and the room around its lines, in pixels."""

_TICKS = (1.0, 0.5, 2.0, 0.25, 4.0, 0.125, 8.0, 0.7, 1.5, 0.8, 1.2, 0.6, 3.0, 0.9, 1.1)
"""The ratios that the axis may mark, those first that say most."""

_APART = 22
"""The least distance between two marks, in pixels."""


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """A ratio with its interval in a drawing, and what is said of it."""

    x: float
    y: float
    top: float
    bottom: float
    words: str


@dataclass(frozen=True, slots=True)
class SweepLine:
    """The ratios of a backend, in the order of the parameter."""

    backend: str
    line: str
    points: tuple[SweepPoint, ...]


@dataclass(frozen=True, slots=True)
class SweepLines:
    """A drawing: what is swept, the marks of both axes, where the baseline stands, and a line per backend."""

    record: RecordSummary
    parameter: str
    baseline: str
    across: tuple[tuple[float, str], ...]
    upwards: tuple[tuple[float, str], ...]
    same: float
    lines: tuple[SweepLine, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def sweep_lines(scenario: str, newest_first: Sequence[RecordSummary]) -> SweepLines | None:
    """Return the drawing of the newest finished record that swept a scenario; None where none did."""
    for summary in newest_first:
        cases = [case for case in summary.cases if case.scenario == scenario and case.ratio is not None]
        if summary.finished and (swept := _swept(cases)):
            return _drawing(summary, swept, cases)
    return None


def _swept(cases: Sequence[CaseSummary]) -> str:
    """Return the one parameter that takes two numbers or more while all others stay as they are."""
    settings = {case.benchmark: dict(case.parameters) for case in cases}.values()
    names = {name for setting in settings for name in setting}
    moving = [name for name in names if len({setting.get(name) for setting in settings}) > 1]
    if len(moving) != 1:
        return ""
    values = [setting.get(moving[0]) for setting in settings]
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return moving[0] if numeric else ""


def _drawing(summary: RecordSummary, parameter: str, cases: Sequence[CaseSummary]) -> SweepLines:
    values = sorted({_value(case, parameter) for case in cases})
    step = (WIDTH - LEFT - RIGHT) / (len(values) - 1)
    across = {value: round(LEFT + step * index, 1) for index, value in enumerate(values)}
    scale = _Scale.over(list(_ends(cases)))
    backends = dict.fromkeys(case.backend for case in cases)
    return SweepLines(
        record=summary,
        parameter=parameter,
        baseline=summary.shown(summary.baseline),
        across=tuple((x, f"{value:,g}") for value, x in across.items()),
        upwards=tuple(scale.ticks()),
        same=scale.y(0.0),
        lines=tuple(
            _line(summary.shown(name), _of_backend(cases, name), parameter, across, scale)
            for name in backends
        ),
    )


def _of_backend(cases: Sequence[CaseSummary], backend: str) -> list[CaseSummary]:
    return [case for case in cases if case.backend == backend]


def _value(case: CaseSummary, parameter: str) -> float:
    return float(dict(case.parameters)[parameter])


def _ends(cases: Sequence[CaseSummary]) -> Iterator[float]:
    """Yield the logarithms of the ends of all intervals, and of the ratios that have none."""
    for case in cases:
        if case.ratio is not None:
            yield from (math.log(end or case.ratio.value) for end in (case.ratio.low, case.ratio.high))


@dataclass(frozen=True, slots=True)
class _Scale:
    """The axis of the ratios; its ends are logarithms."""

    low: float
    high: float

    @classmethod
    def over(cls, logs: Sequence[float]) -> "_Scale":
        """Return an axis that holds these and the baseline, with some room."""
        room = math.log(1.1)
        return cls(min(0.0, *logs) - room, max(0.0, *logs) + room)

    def y(self, log: float) -> float:
        """Return the height at which the logarithm of a ratio stands; less time is lower."""
        share = (log - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield the marks that lie on the axis and far enough from each other, with their words."""
        taken: list[float] = []
        for ratio in _TICKS:
            y = self.y(math.log(ratio))
            if self.low <= math.log(ratio) <= self.high and all(abs(y - other) >= _APART for other in taken):
                taken.append(y)
                yield y, f"{ratio:g}×"


def _line(
    shown: str, cases: Sequence[CaseSummary], parameter: str, across: Mapping[float, float], scale: _Scale
) -> SweepLine:
    ordered = sorted(cases, key=lambda case: _value(case, parameter))
    points = tuple(_point(case, parameter, across, scale) for case in ordered)
    return SweepLine(shown, " ".join(f"{point.x},{point.y}" for point in points), points)


def _point(case: CaseSummary, parameter: str, across: Mapping[float, float], scale: _Scale) -> SweepPoint:
    ratio = case.ratio
    if ratio is None:
        raise ValueError("a case without a ratio has no place")
    return SweepPoint(
        x=across[_value(case, parameter)],
        y=scale.y(math.log(ratio.value)),
        top=scale.y(math.log(ratio.high or ratio.value)),
        bottom=scale.y(math.log(ratio.low or ratio.value)),
        words=f"{case.benchmark}: {format_ratio(ratio)}",
    )
