"""Changes in words: "36% less ±2"."""

from harness.records.estimate import Estimate, Judgement

TOO_FEW_ROUNDS = "too few rounds"


def change_words(ratio: Estimate, judgement: Judgement | None, margin: float | None = None) -> str:
    """Return a time ratio in words: its change in percent with half the interval's width in points.

    There is no percentage without an interval, and none where the interval says nothing of the direction.
    """
    if not ratio.has_interval:
        return TOO_FEW_ROUNDS
    width = half_width_text(ratio)
    match judgement:
        case Judgement.LESS_TIME | Judgement.MORE_TIME:
            return f"{change_percent(ratio)} {direction(ratio)} ±{width}"
        case Judgement.EQUAL:
            equal = "equal within the margin" if margin is None else f"equal within {margin * 100:g}%"
            return f"{change_percent(ratio)} {direction(ratio)}, {equal}" if ratio.excludes_one else equal
        case _:
            return f"{Judgement.NO_CLEAR_DIFFERENCE} ±{width}"


def direction(ratio: Estimate) -> str:
    """Return whether a ratio of times means less or more of it."""
    return "less" if ratio.value < 1 else "more"


def change_percent(ratio: Estimate) -> str:
    """Return by how many percent a ratio differs from 1, with the digits that its interval bears."""
    return f"{_change(ratio):,.{_decimals(ratio)}f}%"


def half_width_text(ratio: Estimate) -> str:
    """Return half the width of a ratio's interval in percentage points, with the digits of its change."""
    return f"{ratio.half_width * 100:,.{_decimals(ratio)}f}"


def _change(ratio: Estimate) -> float:
    return abs(ratio.value - 1) * 100


_FINE, _SMALL = 0.5, 5.0
"""A half-width in percentage points, and a change in percent, below which a decimal says something."""


def _decimals(ratio: Estimate) -> int:
    """Return the decimals of a change in percent: none where the first would say nothing."""
    width, change = ratio.half_width * 100, _change(ratio)
    if width == 0:
        return 1
    if width < _FINE / 10:
        return 2
    return 1 if width < _FINE or change < max(_SMALL, 2 * width) else 0


def lateness_words(excess: Estimate) -> str:
    """Return how late a benchmark that sleeps woke, given in microseconds: "0.68 ms late ±0.10"."""
    if not excess.has_interval:
        return f"{lateness(excess)}"
    size = 1e3 if abs(excess.value) >= _MILLISECOND else 1.0
    digits = 2 if size > 1 else 0
    return f"{lateness(excess)} ±{excess.half_width / size:,.{digits}f}"


def lateness(excess: Estimate) -> str:
    """Return how late a benchmark that sleeps woke, without its interval: "0.68 ms late"."""
    late = "late" if excess.value >= 0 else "early"
    if abs(excess.value) >= _MILLISECOND:
        return f"{abs(excess.value) / 1e3:,.2f} ms {late}"
    return f"{abs(excess.value):,.0f} µs {late}"


_MILLISECOND = 100.0
"""The microseconds from which a time is shown in milliseconds: two decimals are then two digits."""
