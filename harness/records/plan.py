"""A plan: which cases, in which order, and how much effort each benchmark is given."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from harness.backends.backend import Backend, Loop
from harness.backends.families import check_family
from harness.protocol.benchmarks import SCALE, Benchmark
from harness.records.estimate import ERROR_RATE, confidence_level, inner_level, rounds_needed

PROCESSES = 2
"""The number of fresh processes in which each case is observed."""

WARMUPS = 1
"""The number of values that a worker takes before those that count."""

FIRST_LOOK = 8
"""The number of rounds before the first look at a benchmark's intervals, if those suffice for one."""

LOOKS_APART = 10
"""The number by which the rounds at one look at intervals are divided: so many come before the next look."""

SCALE_PATIENCE = 20
"""How many times longer a benchmark tagged "scale" may be silent: a million tasks may take a minute."""


FALSE_ALARMS = 0.005
"""How often a gate may fail where nothing is slower, over all of its cases together (Bonferroni)."""

BASE, HEAD = "base", "head"
"""The environments of a gate: what is compared with, and the working copy."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how finely a benchmark is measured.

    `precision` is half the width of a ratio's 95% interval (0.02 is ±2%). A benchmark's rounds take at most
    `max_seconds`, if those give an interval; one value takes about `value_seconds` on the baseline. A worker
    takes `turns` in each. With `fixed_rounds`, a benchmark has that many rounds, and its intervals are 95%
    each, not adjusted for the number of comparisons.
    """

    name: str
    precision: float
    max_seconds: float
    value_seconds: float = 0.0057
    turns: int = 8
    fixed_rounds: int | None = None

    @property
    def adjusted(self) -> bool:
        """Whether intervals are adjusted for the number of comparisons."""
        return self.fixed_rounds is None


FAST = Effort("fast", precision=0.02, max_seconds=60.0, turns=5, fixed_rounds=6)
DEFAULT = Effort("default", precision=0.02, max_seconds=60.0)
RIGOROUS = Effort("rigorous", precision=0.01, max_seconds=300.0)
GATE = Effort("gate", precision=0.01, max_seconds=120.0)


USUAL_ARMS = 4
"""The arms for which a benchmark's time is meant: three backends and the self-test."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do, fixed before it begins; `timeout` is in seconds, see `timeout_of`."""

    benchmarks: tuple[Benchmark, ...]
    backends: tuple[Backend, ...]
    baseline: str
    effort: Effort
    margin: float
    timeout: float
    seed: int
    required: tuple[str, ...] = ()
    """The backends that were asked for by name: a run without one of them could not measure."""
    passes: tuple[str, ...] = ()
    """The passes that were asked for, by name: each is taken over every benchmark that it fits."""
    planted: int | None = None
    """How many iterations in every `pace.GRAIN` all arms but the baseline's run and do not report, in a trial
    of an audit. Such a trial has no self-test's arm, for it is one itself. None in a run."""

    against: str = ""
    """In a gate, the revision that the working copy is compared with, as it was typed."""

    def __post_init__(self) -> None:
        """Raise ValueError for a benchmark of a family of loops that nobody knows."""
        for family in {benchmark.only for benchmark in self.benchmarks} - {None}:
            check_family(str(family))

    def backends_of(self, benchmark: Benchmark) -> tuple[Backend, ...]:
        """Return the benchmark's backends, baseline first; without a gatherer one per loop and environment.

        A scenario for one family of loops only has no case on the others.
        """
        able = [backend for backend in self.backends if benchmark.only in {None, backend.loop.family}]
        ordered = sorted(able, key=lambda backend: backend.name != self.baseline)
        if benchmark.uses_gather:
            return tuple(ordered)
        first = {(backend.loop, backend.environment): backend for backend in reversed(ordered)}
        return tuple(backend for backend in ordered if first[backend.loop, backend.environment] is backend)

    def column_of(self, name: str, benchmark: Benchmark) -> str | None:
        """Return the backend in whose column another's case stands; None where its loop has no case.

        Without a gatherer the first backend on a loop, in its environment, stands for all of them.
        """
        [named] = (backend for backend in self.backends if backend.name == name)
        alike = [
            other
            for other in self.backends_of(benchmark)
            if (other.loop, other.environment) == (named.loop, named.environment)
        ]
        if named in alike:
            return name
        return alike[0].name if alike else None

    def pairs_of(self, benchmark: Benchmark) -> tuple[tuple[Backend, Backend], ...]:
        """Return the backends of a gate's benchmark, each from the working copy and from the base."""
        backends = self.backends_of(benchmark)
        bases = {_without_environment(backend): backend for backend in backends if _is_in(backend, BASE)}
        return tuple(
            (head, bases[_without_environment(head)])
            for head in backends
            if _is_in(head, HEAD) and _without_environment(head) in bases
        )

    def seconds_of(self, benchmark: Benchmark) -> float:
        """Return the seconds for a benchmark's rounds: those of the effort, and more with more backends.

        A round takes as much longer, so that without that a comparison of nine loops would end with wider
        intervals than one of three.
        """
        return self.effort.max_seconds * max(1.0, (len(self.backends_of(benchmark)) + 1) / USUAL_ARMS)

    def timeout_of(self, benchmark: Benchmark) -> float:
        """Return the seconds after which a case is ended: in all when observed, of silence when timed."""
        return self.timeout * (SCALE_PATIENCE if SCALE in benchmark.tags else 1)

    def cases(self) -> Iterator[tuple[Benchmark, Backend]]:
        """Yield every case, benchmark by benchmark."""
        for benchmark in self.benchmarks:
            for backend in self.backends_of(benchmark):
                yield benchmark, backend

    @property
    def timed_benchmarks(self) -> tuple[Benchmark, ...]:
        """The benchmarks that may be timed."""
        return tuple(benchmark for benchmark in self.benchmarks if benchmark.timed)

    @property
    def comparisons(self) -> int:
        """The number of cases that are compared with the baseline, or, in a gate, with their own base.

        Self-tests are not counted among them, nor is what has contrasts alone: a change of stack.
        """
        if self.against:
            return sum(len(self.pairs_of(timed)) for timed in self.timed_benchmarks)
        compared = (timed for timed in self.timed_benchmarks if not timed.stacks)
        planned = ([backend.name for backend in self.backends_of(timed)] for timed in compared)
        return sum(len(names) - 1 for names in planned if self.baseline in names)

    @property
    def level(self) -> float:
        """The confidence level of one interval; a gate's is one-sided, for only a slowdown breaks it."""
        if self.against:
            return 1 - 2 * FALSE_ALARMS / max(1, self.comparisons)
        return confidence_level(self.comparisons if self.effort.adjusted else 1)

    @property
    def inner_level(self) -> float:
        """The level at which an interval is computed to hold at `level` whenever its benchmark ends."""
        return inner_level(self.level) if self.effort.fixed_rounds is None else self.level

    @property
    def width_level(self) -> float:
        """The level at which the interval is computed whose width is asked for: 95% under the stopping rule.

        Claims are judged at `inner_level`. Were its width asked for, the rounds would multiply: by 2.3 for
        sixteen comparisons, by 3.5 for two hundred.
        """
        return inner_level(1 - ERROR_RATE)

    def contrast_level(self, contrasts: int) -> float:
        """Return the level at which the intervals of a benchmark's `contrasts` are computed.

        They are counted, with those of all other benchmarks, beside the comparisons.
        """
        if not self.effort.adjusted:
            return 1 - ERROR_RATE
        return inner_level(confidence_level(self.comparisons + contrasts * len(self.timed_benchmarks)))

    @property
    def self_test_level(self) -> float:
        """The level at which a self-test's interval is computed, so that it holds at 95%."""
        level = 1 - ERROR_RATE
        return inner_level(level) if self.effort.fixed_rounds is None else level

    @property
    def rounds_before_first_look(self) -> int:
        """The rounds before the first look at a benchmark's intervals: no fewer than an interval needs."""
        return self.effort.fixed_rounds or max(FIRST_LOOK, self.rounds_for_an_interval)

    @property
    def rounds_for_an_interval(self) -> int:
        """The fewest rounds that give an interval: no budget ends a benchmark below them."""
        return rounds_needed(self.inner_level)

    def is_look(self, rounds: int) -> bool:
        """Decide whether a benchmark's intervals are looked at after so many rounds."""
        look = self.rounds_before_first_look
        while look < rounds:
            look += math.ceil(look / LOOKS_APART)
        return look == rounds


def _is_in(backend: Backend, environment: str) -> bool:
    return backend.environment is not None and backend.environment.name == environment


def _without_environment(backend: Backend) -> tuple[Loop, str]:
    return backend.loop, backend.gatherer
