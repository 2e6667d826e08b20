"""Words, numbers and signs as every report prints them."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.errors import escape_controls
from harness.records.counting import counted
from harness.records.estimate import Estimate, Judgement
from harness.records.record import BenchmarkResult, CaseResult, Timing
from harness.records.units import Unit


def single_line(text: str) -> str:
    """Text on one line, for attributes and labels."""
    return escape_controls(text).replace("\n", " ")


LONGEST_LABEL = 80
"""Characters of a name in a chart or a badge; the tables have it whole."""


def label(text: str) -> str:
    """A name on one line; a long one is cut, and ends in a digest that keeps it apart from others."""
    whole = single_line(text)
    if len(whole) <= LONGEST_LABEL:
        return whole
    return f"{whole[: LONGEST_LABEL - 7]}…{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


JUDGEMENT_MARKS = {Judgement.NO_CLEAR_DIFFERENCE: " ~", Judgement.EQUAL: " ="}
"""What is put behind a ratio: no clear difference, and equal within the margin."""


def case_id(result: BenchmarkResult, cell: CaseResult) -> str:
    """Return the name of one case as programs know it: benchmark and backend, both whole."""
    return f"{result.benchmark.id} on {cell.backend}"


def significant(value: float) -> str:
    """Three significant digits or all of its integer part."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate as text, its value (with the unit) apart from its interval."""

    value: str
    interval: str

    def __str__(self) -> str:
        return f"{self.value} {self.interval}"


def figure_of(
    estimate: Estimate, unit: str = "", *, signed: bool = False, reference: float | None = None
) -> Figure:
    """Return an estimate as text, with as many digits as its interval bears, and two at the least.

    An end that is not the `reference` is not shown as if it were: on which side of it the end lies is what
    matters.
    """
    decimals = _decimals(estimate, signed=signed)

    def shown(number: float) -> str:
        return _number(number, decimals, signed=signed, reference=reference)

    value = shown(estimate.value) + unit
    if estimate.low is None or estimate.high is None:
        return Figure(value, "[too few rounds]")
    return Figure(value, f"[{shown(estimate.low)}, {shown(estimate.high)}]")


def _decimals(estimate: Estimate, *, signed: bool) -> int:
    """Return how many decimals tell numbers apart that lie as far apart as the interval is wide."""
    if not estimate.has_interval:
        return 0 if signed else 2
    if estimate.half_width <= 0:
        return _decimals_for(estimate.value, 3)
    return min(3, _decimals_for(estimate.half_width, 1))


def _decimals_for(number: float, digits: int) -> int:
    """Return how many decimals a number needs to be shown with so many significant digits."""
    return 0 if number == 0 else max(0, digits - 1 - math.floor(math.log10(abs(number))))


def _number(number: float, decimals: int, *, signed: bool, reference: float | None) -> str:
    for_two_digits = _decimals_for(number, 2)
    decimals = max(decimals, min(for_two_digits, decimals + 2) if signed else for_two_digits)
    while (
        reference not in (None, number) and round(number, decimals) == reference and decimals < _MOST_DECIMALS
    ):
        decimals += 1
    return f"{number:{'+' if signed else ''},.{decimals}f}"


_MOST_DECIMALS = 9
"""The most decimals that are shown to keep an end apart from what it is compared with."""


def format_estimate(estimate: Estimate, unit: str = "") -> str:
    """Return an estimate with its interval, the unit behind the value."""
    return str(figure_of(estimate, unit))


def ratio_figure(ratio: Estimate) -> Figure:
    """Return a ratio as text; an end that is not 1 is not shown as 1."""
    return figure_of(ratio, "×", reference=1)


def format_ratio(ratio: Estimate) -> str:
    """Return a ratio with its interval; an end that is not 1 is not shown as 1."""
    return str(ratio_figure(ratio))


_TIME_UNITS = ((1.0, " s"), (1e-3, " ms"), (1e-6, " µs"), (1e-9, " ns"))
"""Units of time, the largest first: seconds in one, and how it is written."""

_SIZE_UNITS = ((2.0**30, " GiB"), (2.0**20, " MiB"), (2.0**10, " KiB"), (1.0, " bytes"))
"""Units of memory, the largest first: bytes in one, and how it is written."""


def _unit(number: float, units: Sequence[tuple[float, str]]) -> tuple[float, str]:
    """Return the largest unit in which a number is at least 1; the smallest where there is none."""
    return next(((size, name) for size, name in units if abs(number) >= size), units[-1])


def seconds_figure(seconds: Estimate) -> Figure:
    """Return a time in the unit that fits it."""
    size, unit = _unit(seconds.value, _TIME_UNITS)
    return figure_of(seconds.scaled(1 / size), unit)


def format_seconds(seconds: Estimate) -> str:
    """Return a time with its interval in the unit that fits it."""
    return str(seconds_figure(seconds))


def excess_figure(microseconds: Estimate) -> Figure:
    """Return how much longer than its ideal something took, given in µs, in the unit that fits it."""
    seconds = microseconds.scaled(1e-6)
    width = seconds.half_width if seconds.has_interval else 0.0
    size, unit = _unit(max(abs(seconds.value), width), _TIME_UNITS)
    return figure_of(seconds.scaled(1 / size), unit, signed=True, reference=0)


def format_excess(microseconds: Estimate) -> str:
    """Return how much longer than its ideal something took, given in µs, with its interval."""
    return str(excess_figure(microseconds))


def format_self_test(result: BenchmarkResult) -> str:
    """Return the self-test of a benchmark: a ratio, or where it sleeps a difference; empty without one."""
    if result.self_test is None:
        return ""
    return (format_ratio if result.benchmark.ideal is None else format_excess)(result.self_test)


def case_figure(timing: Timing) -> Figure:
    """Return what a case's timing comes to: a ratio, a time, or for what sleeps the excess over its ideal."""
    if timing.excess is not None:
        return excess_figure(timing.excess)
    return seconds_figure(timing.seconds) if timing.ratio is None else ratio_figure(timing.ratio)


def format_bytes(size: Estimate) -> str:
    """Return an amount of memory, given in bytes, with its interval in the unit that fits it."""
    unit_size, unit = _unit(size.value, _SIZE_UNITS)
    return str(figure_of(size.scaled(1 / unit_size), unit))


def format_share(share: Estimate) -> str:
    """Return a share of 1 with its interval, in percent."""
    return format_estimate(share.scaled(100), "%")


def format_rate(rate: Estimate) -> str:
    """Return how often something happens in a second, with its interval."""
    return format_estimate(rate, " a second")


_FORMATS: dict[Unit, Callable[[Estimate], str]] = {
    Unit.SECONDS: format_seconds,
    Unit.MICROSECONDS_BEYOND_IDEAL: format_excess,
    Unit.BYTES: format_bytes,
    Unit.RATIO: format_ratio,
    Unit.SHARE: format_share,
    Unit.COUNT: format_estimate,
    Unit.PER_SECOND: format_rate,
}


def format_in(estimate: Estimate, unit: Unit) -> str:
    """Return an estimate with its interval, in the size of its unit that fits it."""
    return _FORMATS[unit](estimate)


def format_duration(seconds: float) -> str:
    """Return a time without an interval, to three significant digits, in the unit that fits it."""
    size, unit = _unit(seconds, _TIME_UNITS)
    return significant(seconds / size) + unit


def count_benchmarks(count: int) -> str:
    """Return how many benchmarks, in words."""
    return counted(count, "benchmark")
