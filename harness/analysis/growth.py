"""Whether a benchmark grows from iteration to iteration: something is kept that nobody needs."""

from collections.abc import Callable, Iterator, Sequence

from harness.analysis.intervals import estimate
from harness.protocol.messages import Growth
from harness.records.pace import ArmRound

LEVEL = 0.95
"""The confidence level of what came: that of every round must then be positive where rounds are few."""

LEAST_BYTES = 64 * 1024
"""The bytes by which a worker must grow in half of its iterations: an allocator keeps less for later."""


def growing(parts: Sequence[ArmRound]) -> tuple[str, ...]:
    """Flag an arm whose workers had more memory, or descriptors, at their end than halfway."""
    growths = [part.summary.growth for part in parts]
    known = [growth for growth in growths if growth is not None]
    return tuple(_slopes(known)) if known and len(known) == len(growths) else ()


def _slopes(growths: Sequence[Growth]) -> Iterator[str]:
    if memory := _slope(growths, lambda growth: growth.memory, LEAST_BYTES):
        yield f"grows by {memory:,.0f} bytes an iteration"
    if descriptors := _slope(growths, lambda growth: growth.descriptors, 1):
        yield f"opens {descriptors:.2g} descriptors an iteration and keeps them"


def _slope(growths: Sequence[Growth], grown: Callable[[Growth], int], least: int) -> float | None:
    """Return the growth per iteration where it is beyond noise; None where it is not."""
    total = estimate([grown(growth) for growth in growths], LEVEL)
    if total.low is None or total.low < least:
        return None
    return estimate([grown(growth) / growth.iterations for growth in growths], LEVEL).value
