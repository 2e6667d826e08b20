"""A clock stands around a turn's iterations; CPU time, switches and collections are read outside it."""

import gc
from bisect import bisect_left
from collections.abc import Sequence
from resource import RUSAGE_SELF, getrusage
from time import perf_counter_ns, process_time_ns, thread_time_ns
from typing import NamedTuple

from harness.protocol.descriptions import Description
from harness.protocol.laps import pack
from harness.protocol.messages import LapCollections, Value

CLOCKS = (
    *("time:perf_counter_ns", "time:process_time_ns", "time:thread_time_ns"),
    *(f"harness.worker.clock:{name}" for name in ("perf_counter_ns", "process_time_ns", "thread_time_ns")),
    *(
        "harness.worker.clock:Clock",
        "harness.worker.operation_timer:perf_counter_ns",
        "harness.worker.timing:perf_counter_ns",
    ),
)
"""What a turn is timed with, as Python has it and as our own modules do: "module:attribute"."""


class Readings(NamedTuple):
    """All that is read right before and right after the clock.

    `cpu` is the process's CPU time and `own` that of the loop's thread, in nanoseconds, as is `collecting`,
    the time in collections; `full` counts full collections and holds their nanoseconds.
    """

    cpu: int
    own: int
    voluntary: int
    involuntary: int
    collections: tuple[int, ...]
    collecting: int
    full: tuple[int, int]


class Span(NamedTuple):
    """What a clock read from its start to its stop; `wall` and the times of its `laps` are in nanoseconds.

    `lap_collections` are the garbage collections that began in them.
    """

    wall: int
    before: Readings
    after: Readings
    laps: tuple[int, ...]
    lap_collections: LapCollections


class Clock:
    """A clock that is started and stopped around a turn's iterations, and counts collections meanwhile."""

    def __init__(self) -> None:
        self._collecting = 0
        self._full = (0, 0)
        self._began = 0
        self._collections: list[tuple[int, int]] = []
        self._oldest = _oldest_generation()
        gc.callbacks.append(self._collection)
        self.start()

    def _collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = perf_counter_ns()
            self._collections.append((self._began, info["generation"]))
            return
        took = perf_counter_ns() - self._began
        self._collecting += took
        if info["generation"] >= self._oldest:
            count, spent = self._full
            self._full = (count + 1, spent + took)

    def _read(self) -> Readings:
        usage = getrusage(RUSAGE_SELF)
        counts = tuple(generation["collections"] for generation in gc.get_stats())
        cpu, switches = (process_time_ns(), thread_time_ns()), (usage.ru_nvcsw, usage.ru_nivcsw)
        return Readings(*cpu, *switches, counts, self._collecting, self._full)

    def start(self) -> None:
        """Read everything, the clock last."""
        self._before = self._read()
        self._collections.clear()
        self._start = perf_counter_ns()

    def stop(self, marks: Sequence[int]) -> Span:
        """Read everything but the clock, which was read at the `marks`, the end of each lap."""
        after = self._read()
        collections = tuple(
            (bisect_left(marks, start), generation)
            for start, generation in self._collections
            if start <= marks[-1]
        )
        laps = tuple(end - start for start, end in zip((self._start, *marks), marks, strict=False))
        return Span(marks[-1] - self._start, self._before, after, laps, collections)


def _oldest_generation() -> int:
    """Return the lowest generation whose automatic collection counts as full.

    CPython 3.14.0 to 3.14.4 collect old objects in increments, each of them in a collection of generation 1,
    and say that generation 2 has the threshold 0 (What's New in Python 3.15: gc; cpython#148726).
    """
    return 1 if gc.get_threshold()[2] == 0 else 2


def value_of(span: Span, loops: int, waited: int, idle_cpu: int, result: Description | None) -> Value:
    """Return the value of `loops` iterations that took a span, after a wait for the turn, in nanoseconds."""
    before, after = span.before, span.after
    young, middle, full = (
        late - early for early, late in zip(before.collections, after.collections, strict=True)
    )
    cpu, own = after.cpu - before.cpu, after.own - before.own
    return Value(
        loops=loops,
        wall=span.wall,
        cpu=cpu,
        helper_cpu=max(0, cpu - own),
        switches=(after.voluntary - before.voluntary, after.involuntary - before.involuntary),
        collections=(young, middle, full),
        collecting=after.collecting - before.collecting,
        full_collections=(after.full[0] - before.full[0], after.full[1] - before.full[1]),
        waited=waited,
        idle_cpu=idle_cpu,
        result=result,
        laps=pack(span.laps) if len(span.laps) > 1 else "",
        lap_collections=span.lap_collections if len(span.laps) > 1 else (),
    )
