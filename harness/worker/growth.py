"""What a worker's process has at the end of its turns that it had not halfway."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.protocol.messages import Growth
from harness.worker.memory import process_memory
from harness.worker.open_descriptors import open_descriptors


class _Sample(NamedTuple):
    iterations: int
    memory: int
    descriptors: int


class GrowthMeter:
    """Counts iterations, and what the process has before each turn; nothing of it is inside the clock."""

    def __init__(self) -> None:
        self._samples: list[_Sample] = []
        self._iterations = 0

    def count(self, iterations: int) -> None:
        """Take in a turn of so many iterations, which begins now."""
        self._sample()
        self._iterations += iterations

    def growth(self) -> Growth | None:
        """Return what came in the second half of the iterations; None where that is not known."""
        self._sample()
        last = self._samples[-1]
        half = _nearest(self._samples, last.iterations / 2)
        if half.iterations in (0, last.iterations) or not last.memory:
            return None
        return Growth(
            iterations=last.iterations - half.iterations,
            memory=last.memory - half.memory,
            descriptors=last.descriptors - half.descriptors,
        )

    def _sample(self) -> None:
        memory = process_memory("VmRSS") or 0
        self._samples.append(_Sample(self._iterations, memory, len(open_descriptors())))


def _nearest(samples: Sequence[_Sample], iterations: float) -> _Sample:
    return min(samples, key=lambda sample: abs(sample.iterations - iterations))
