"""What this process and the system say of a timing worker, whatever the worker says itself.

A loop may do anything inside its worker: halve the clock that is read there, move to another CPU, raise its
priority, or have a helper work while others have their turn. None of it changes this process's own clock, nor
what the system counts.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter_ns

from harness.protocol.messages import Turn, Value

CLOCK_SHARE, CLOCK_GRACE = 1.5, 1_000_000
"""How many times the time that a worker says may be the CPU time that the system says, and nanoseconds more.

What a turn costs beside its iterations is subtracted: a last turn of one iteration measures it. The CPU time
of one thread cannot exceed its wall time; the rest is for garbage, of which many iterations leave more than
one does. With 1.3, honest turns of many nested gathers on a busy machine were called a slow clock.
"""

MOST_SLOWER = 4.0
"""How many times slower the machine may have been in the turns than in the last one, by the worker's account.

What a turn costs beside its iterations, mostly a collection of all garbage, is as much slower: virtual
machines were seen to change their speed threefold within a round.
"""

FEWEST_LOOPS = 8
"""The fewest iterations of a turn beside which a turn of one says what both cost apart from them."""


@dataclass(frozen=True, slots=True)
class _Reading:
    clock: int
    loop_cpu: int | None
    helper_cpu: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """A turn: the CPU time in nanoseconds that the system counted, and the value that the worker sent."""

    cpu: int
    value: Value


class Scrutiny:
    """Observes one worker from outside, turn by turn; `cpus` are those that it is pinned to."""

    def __init__(self, pid: int, cpus: frozenset[int] | None) -> None:
        self._pid = pid
        self._cpus = cpus
        self._before = self._read()
        self._helpers_left_at: int | None = None
        self._turns: list[_Counted] = []

    def begin(self) -> None:
        """Read everything right before the worker is told that it is its turn."""
        self._before = self._read()

    def end(self, turn: Turn, value: Value) -> Value:
        """Return the value with the CPU time that the worker's children used between its turns."""
        before, after = self._before, self._read()
        if turn.timed == "whole" and turn.loops >= FEWEST_LOOPS and after.loop_cpu and before.loop_cpu:
            self._turns.append(_Counted(after.loop_cpu - before.loop_cpu, value))
        idle = 0 if self._helpers_left_at is None else max(0, before.helper_cpu - self._helpers_left_at)
        self._helpers_left_at = after.helper_cpu
        return replace(value, idle_cpu=value.idle_cpu + idle)

    def fault_of(self, value: Value) -> str | None:
        """Say why a value that the worker just sent cannot be; None if it can."""
        passed = perf_counter_ns() - self._before.clock
        if value.wall > passed:
            return f"says that {value.wall:,} ns passed in a turn of {passed:,} ns"
        allowed = os.cpu_count() or 1 if self._cpus is None else len(self._cpus)
        if value.cpu > value.wall * allowed * CLOCK_SHARE + CLOCK_GRACE:
            return (
                f"says that {value.cpu:,} ns of CPU time passed in {value.wall:,} ns on "
                f"{allowed} CPU{'s' * (allowed != 1)}"
            )
        return None

    @property
    def can_probe(self) -> bool:
        """Whether a turn of one iteration would say whether the worker's clock was right."""
        return bool(self._turns)

    def fault_of_clock(self, probe: Value) -> str | None:
        """Say whether the worker's clock was slow in the turns before the probe, a turn of one iteration."""
        after, before = self._read().loop_cpu, self._before.loop_cpu
        if not self._turns or after is None or before is None:
            return None
        beside = (after - before) * _times_slower(self._turns, probe)
        if any(turn.cpu - beside <= _allowed(turn.value.wall, beside) for turn in self._turns):
            return None  # a clock that is slow is slow in every turn
        used = median(turn.cpu for turn in self._turns) - beside
        claimed = median(turn.value.wall for turn in self._turns)
        counted = f"the system counted {used:,.0f} ns of CPU time"
        return f"says that {claimed:,.0f} ns passed in turns in which {counted}"

    def fault_of_conduct(self) -> str | None:
        """Say whether the worker, or a thread or child of it, is not where and how it was started."""
        with suppress(OSError, AttributeError):  # it has ended, or the system does not tell
            for process in (self._pid, *descendants_of(self._pid)):
                for thread in _threads(process):
                    if fault := self._fault_of_thread(thread):
                        return fault
        return None

    def _fault_of_thread(self, thread: int) -> str | None:
        allowed = os.sched_getaffinity(thread)
        if self._cpus is not None and not allowed <= self._cpus:
            return f"moved to the CPUs {_listed(allowed)}, from {_listed(self._cpus)}"
        if os.sched_getscheduler(thread) != os.sched_getscheduler(0):
            return "changed the policy by which the system schedules it"
        if os.getpriority(os.PRIO_PROCESS, thread) < os.getpriority(os.PRIO_PROCESS, 0):
            return "raised its own priority"
        return None

    def _read(self) -> _Reading:
        helpers = sum(cpu_time_of(child) or 0 for child in descendants_of(self._pid))
        return _Reading(perf_counter_ns(), cpu_time_of(self._pid), helpers)


def _times_slower(turns: Sequence[_Counted], probe: Value) -> float:
    """Return how many times slower iterations were in the turns than in the probe; 1 where they were not.

    A clock that is slow says so of both, and does not change it. It is by CPU time, for to wait for a CPU in
    the turns makes nothing beside them slower.
    """
    slower = median(turn.value.cpu / turn.value.loops for turn in turns) / max(1, probe.cpu)
    return min(max(1.0, slower), MOST_SLOWER)


def _allowed(wall: int, beside: float) -> float:
    """Return the CPU time in nanoseconds that a turn of this wall time may take for its iterations.

    Where the iterations take less than the grace, nearly all of a turn is garbage collection, whose time may
    be twice as much from turn to turn.
    """
    return wall * CLOCK_SHARE + CLOCK_GRACE + (beside if wall < CLOCK_GRACE else 0)


def _listed(cpus: frozenset[int] | set[int]) -> str:
    return ", ".join(map(str, sorted(cpus)))


def cpu_time_of(pid: int) -> int | None:
    """Return the CPU time of a process's first thread in nanoseconds; None where the system does not tell.

    It is the first number of /proc/PID/schedstat (Linux's documentation of sched-stats).
    """
    with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/schedstat") as file:  # noqa: PTH123 - quicker
        return int(file.read().split()[0])
    return None


def _threads(pid: int) -> list[int]:
    with suppress(OSError):
        return [*map(int, os.listdir(f"/proc/{pid}/task"))]  # noqa: PTH208 - only names are wanted
    return []


def descendants_of(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs, as far as the system tells."""
    for thread in _threads(pid):
        with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as file:  # noqa: PTH123 - quicker
            for child in map(int, file.read().split()):
                yield child
                yield from descendants_of(child)
