"""Times every iteration by itself, and keeps a sketch of all their times in little memory.

The sketch is DDSketch (Masson, Rim and Lee, VLDB 2019): its quantiles are right to a share of themselves,
whatever the times are. It is the library of that name because that is pure Python, so that any interpreter
can have it; hdrhistogram has to be compiled where there is no wheel, and brings setuptools into every worker.
"""

from array import array
from time import perf_counter_ns
from typing import TYPE_CHECKING

from harness.protocol.messages import QUANTILES, LatencySketch
from harness.worker.loading import Operation

if TYPE_CHECKING:
    from ddsketch.ddsketch import BaseDDSketch

ACCURACY = 0.001
"""The share by which a quantile may differ from the true one: a tenth of the usual margin."""

BINS = 16_384
"""The number of counters, each 0.2% wide: they span 14 powers of ten, nanoseconds to a day, in 130 KB."""


class OperationTimer:
    """Puts a clock around each iteration of an operation, and sketches the times when the turn is over."""

    def __init__(self) -> None:
        self._times = array("q")
        self._operations = 0
        self._sketch: BaseDDSketch | None = None

    def timed(self, operation: Operation, loops: int) -> Operation:
        """Return an operation that runs `loops` timed iterations and returns the last one's result."""
        self._times = times = array("q", [0]) * loops  # now, for on the clock it would be allocated

        async def timed_operation() -> object:
            result: object = None
            for index in range(loops):
                start = perf_counter_ns()
                result = await operation()
                times[index] = perf_counter_ns() - start
            return result

        return timed_operation

    def take(self, times: "array[int]") -> None:
        """Add the times of operations that something else timed, in nanoseconds."""
        self._times = times
        self.take_in()

    def take_in(self) -> None:
        """Add the times of the turn that is over to the sketch: a microsecond each, outside the clock."""
        if self._sketch is None:
            self._sketch = _new_sketch()
        for time in self._times:
            self._sketch.add(time)
        self._operations += len(self._times)

    def latency_sketch(self) -> LatencySketch | None:
        """Return the sketch of all iterations; None where none was timed by itself."""
        if self._sketch is None:
            return None
        median, p99, p999 = (
            _at_least_a_tick(self._sketch.get_quantile_value(quantile)) for quantile in QUANTILES
        )
        return LatencySketch(self._operations, (median, p99, p999))


def _at_least_a_tick(nanoseconds: float | None) -> float:
    """Return a time of at least a nanosecond: ratios are taken of it, and a short one may read as 0."""
    return max(1.0, nanoseconds or 0.0)


def _new_sketch() -> "BaseDDSketch":
    from ddsketch.ddsketch import LogCollapsingLowestDenseDDSketch

    return LogCollapsingLowestDenseDDSketch(ACCURACY, BINS)
