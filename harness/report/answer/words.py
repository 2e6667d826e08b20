"""Changes in words: "36% less ±2"."""

import math

from harness.records.estimate import Estimate, Judgement

TOO_FEW_ROUNDS = "too few rounds"


def change_words(
    ratio: Estimate, judgement: Judgement | None, margin: float | None = None, *, of: str = ""
) -> str:
    """Return a time ratio in words: its change in percent with half the interval's width in points.

    `of` says of what it is more or less, where nothing beside the words does: "time", "time than asyncio".
    There is no percentage without an interval, and none where the interval says nothing of the direction.
    """
    if not ratio.has_interval:
        return TOO_FEW_ROUNDS
    width = half_width_text(ratio)
    match judgement:
        case Judgement.LESS_TIME | Judgement.MORE_TIME:
            return f"{change_percent(ratio)} {direction(ratio)}{of and ' '}{of} ±{width}"
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
    """Return half the width of a ratio's interval in percentage points, rounded up to its change's digits."""
    decimals = _decimals(ratio)
    units = ratio.half_width * 100 * 10**decimals
    return f"{math.ceil(units - ROUNDING) / 10**decimals:,.{decimals}f}"


ROUNDING = 1e-6
"""How far above a whole number a product of whole numbers may come out."""


def _change(ratio: Estimate) -> float:
    return abs(ratio.value - 1) * 100


_FINE, _SMALL, _LARGE = 0.25, 5.0, 10.0
"""A half-width in percentage points and changes in percent: beyond them a decimal says nothing."""


def _decimals(ratio: Estimate) -> int:
    """Return the decimals of a change in percent: none where the first would say nothing."""
    width, change = ratio.half_width * 100, _change(ratio)
    if width < _FINE / 5:
        return 1 if width == 0 else 2
    if width < _FINE or change < min(_LARGE, max(_SMALL, 2 * width)):
        return 1
    return 0


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
