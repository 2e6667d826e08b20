"""Times every iteration by itself, and keeps a sketch of all their times in little memory.

The sketch is DDSketch (Masson, Rim and Lee, VLDB 2019): its quantiles are right to a share of themselves,
whatever the times are. Bins are those of the library of that name because it is pure Python, so that any
interpreter can have it; hdrhistogram has to be compiled where there is no wheel, and brings setuptools into
every worker.
"""

from array import array
from collections import Counter
from collections.abc import Callable
from time import perf_counter_ns

from harness.protocol.latency_bins import ACCURACY, pack
from harness.protocol.messages import LatencySketch
from harness.worker.loading import Operation


class OperationTimer:
    """Puts a clock around each iteration of an operation, and sketches the times when the turn is over."""

    def __init__(self) -> None:
        self._times = array("q")
        self._counts = Counter[int]()
        self._bin_of: Callable[[int], int] | None = None

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
        """Add the times of the turn that is over to the sketch: a microsecond each, outside the clock.

        A time that the clock is too coarse to tell counts as a nanosecond, for ratios are taken of it.
        """
        if self._bin_of is None:
            self._bin_of = _mapping()
        self._counts.update(map(self._bin_of, (max(1, time) for time in self._times)))

    def latency_sketch(self) -> LatencySketch | None:
        """Return the sketch of all iterations; None where none was timed by itself."""
        if not self._counts:
            return None
        return LatencySketch(self._counts.total(), bins=pack(self._counts))


def _mapping() -> Callable[[int], int]:
    """Return the function that says in which bin a time in nanoseconds lies."""
    from ddsketch.mapping import LogarithmicMapping

    return LogarithmicMapping(ACCURACY).key
