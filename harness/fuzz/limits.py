"""Where a campaign ends, and which part of a series it runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

CHUNK = 50
"""Programs of neighbouring numbers that are run before their line is written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a campaign ends: how many programs a backend is given, and for how many seconds."""

    programs: float = inf
    seconds: float = inf


@dataclass(frozen=True, slots=True)
class Part:
    """Which chunks of the series this campaign runs: every so many-th, so that several can share it."""

    index: int = 0
    count: int = 1

    def chunks(self, programs: float) -> Iterator[tuple[int, int]]:
        """The first numbers of its chunks, and how many programs each has."""
        first = self.index * CHUNK
        while first < programs:
            yield first, int(min(CHUNK, programs - first))
            first += self.count * CHUNK
