"""How long a worker has been waited for, where only time counts in which it could have run.

A process that is stopped (Ctrl-Z), a container that is paused and a machine that sleeps lose time that nobody
could use. A worker that wanted a CPU and was given none is starved, which says nothing of its backend.
"""

import time
from collections.abc import Callable

from harness.protocol.run_queue import nanoseconds_ready

STOPPED_SECONDS = 1.0
"""The seconds by which a wait must outlast what was asked for to show that this process was stopped."""

LEAST_CREDIT = 0.1
"""The share of a deadline by which it is put off at the least, for a worker that waited so long for a CPU."""

MOST_CREDIT = 9.0
"""The most deadlines by which one is put off: a worker that had a tenth of a CPU is starved, and given up."""

ATTEMPTS = 3
"""The times that a round or an observation is begun again which was stopped in between."""


class Stopwatch:
    """Counts the seconds in which this process could run, and beside them those in which it was stopped."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self.stopped = 0.0

    def restart(self) -> None:
        """Leave out the time since the last call, in which nobody was waited for."""
        self._last = self._clock()

    def spent(self, longest: float) -> float:
        """Return the seconds since the last call that count, of which a wait took `longest` at the most."""
        now = self._clock()
        seconds, self._last = now - self._last, now
        if seconds <= longest + STOPPED_SECONDS:
            return seconds
        self.stopped += seconds - longest
        return longest


class Patience:
    """The seconds that are left until a worker must have answered, put off while it waits for a CPU."""

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid = pid
        self._ready_before = seconds_without_a_cpu(pid)
        self.seconds = seconds
        self.left = seconds
        self.starved = 0.0

    def credit(self) -> float:
        """Give back the seconds that the worker waited for a CPU since the last call; 0 if they are few."""
        starved = seconds_without_a_cpu(self._pid) - self._ready_before
        credit, self.starved = starved - self.starved, starved
        if credit < LEAST_CREDIT * self.seconds:
            return 0.0
        self.left += credit
        return credit

    @property
    def is_starved(self) -> bool:
        """Whether the worker waited for a CPU for so long that nothing can be said of it."""
        return self.starved > MOST_CREDIT * self.seconds


def seconds_without_a_cpu(pid: int) -> float:
    """Return how long a process's threads were ready to run and had no CPU; 0 where the system does not tell.

    It is that of the thread that waited the longest.
    """
    return max(nanoseconds_ready(pid), default=0) / 1e9
