"""The time ratio of a case over time as a small drawing, with the versions where its level changed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.report.site.history import CaseHistory, DataPoint
from harness.report.site.summary import RecordSummary

WIDTH, HEIGHT, EDGE = 220, 44, 6
"""The size of a drawing, and the room at its edges, in pixels."""

FEWEST = 2
"""The fewest records that make a line."""

LEAST = math.log(1.1)
"""The least that the height of a drawing stands for, in ln of the ratio: noise shall not look like change."""


@dataclass(frozen=True, slots=True)
class SparkDot:
    """A record in a drawing: where it stands, whether a new level begins there, and what is said of it."""

    x: float
    y: float
    changed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A drawing: its line, the band of the intervals around it, as points of SVG, and its dots."""

    line: str
    band: str
    dots: tuple[SparkDot, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def changes(self) -> tuple[str, ...]:
        """What is said of the records that begin a new level."""
        return tuple(dot.words for dot in self.dots if dot.changed)


def sparkline(history: CaseHistory) -> Sparkline | None:
    """Return the drawing of a series; None where fewer than two of its records have a ratio."""
    points = [point for point in history.points if point.case.ratio is not None]
    if len(points) < FEWEST:
        return None
    ends = [_ends(point) for point in points]
    low, high = min(low for low, _, _ in ends), max(high for _, _, high in ends)
    room = max(0.0, LEAST - (high - low)) / 2
    low, high = low - room, high + room
    step = (WIDTH - 2 * EDGE) / (len(points) - 1)
    xs = [EDGE + step * index for index in range(len(points))]

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2 * EDGE), 1)

    upper = [(x, y(end)) for x, (_, _, end) in zip(xs, ends, strict=True)]
    lower = [(x, y(end)) for x, (end, _, _) in zip(xs, ends, strict=True)]
    middle = [(x, y(value)) for x, (_, value, _) in zip(xs, ends, strict=True)]
    dots = (
        SparkDot(round(x, 1), at, point.changed, words)
        for (x, at), point, words in zip(middle, points, _words(points), strict=True)
    )
    return Sparkline(_text(middle), _text([*upper, *reversed(lower)]), tuple(dots))


def _ends(point: DataPoint) -> tuple[float, float, float]:
    """Return the logarithms of a ratio and of its interval's ends, around it; itself where it has none."""
    ratio = point.case.ratio
    if ratio is None:
        raise ValueError("a point without a ratio has no place")
    if ratio.low is None or ratio.high is None or ratio.low <= 0:
        return (math.log(ratio.value),) * 3
    return math.log(ratio.low), math.log(ratio.value), math.log(ratio.high)


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _words(points: Sequence[DataPoint]) -> Iterator[str]:
    """Yield what is said of each record: when, its ratio, and which versions changed before it."""
    before: DataPoint | None = None
    for point in points:
        ratio = "" if point.case.ratio is None else f"{point.case.ratio.value:.2f}×"
        moved = () if before is None else moved_versions(before.summary, point.summary, point.case.backend)
        yield ", ".join((point.summary.started[:10], ratio, *moved))
        before = point


def moved_versions(before: RecordSummary, after: RecordSummary, backend: str) -> tuple[str, ...]:
    """Return what is of another version where a backend ran: "uvloop 0.21.0 → 0.22.1"."""
    old, new = before.versions_of(backend), after.versions_of(backend)
    names = (name for name in new if name in old and old[name] != new[name])
    return tuple(f"{name} {old[name]} → {new[name]}" for name in names)
