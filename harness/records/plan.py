"""Which cases, in which order, and how much effort each row is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.backends.backend import Backend
from harness.backends.families import check_family
from harness.protocol.benchmarks import SCALE, Benchmark
from harness.records.estimate import confidence_level, rounds_needed

PROCESSES = 2
"""Fresh processes in which each case is observed."""

WARMUPS = 1
"""Values that a worker takes before those that count."""

FIRST_LOOK = 20
"""Rounds before the first look at a benchmark's intervals, if those suffice for one."""

ROUNDS_BETWEEN_LOOKS = 5
"""Rounds from one look at a benchmark's intervals to the next."""

SCALE_PATIENCE = 20
"""Times the timeout that a row tagged "scale" may be silent: a million tasks may take a minute."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how finely a row is measured.

    `precision` is half the width of a ratio's interval (0.02 is ±2%); `budget` and `value` are
    seconds: of a row, and of one value on the baseline. A worker takes `turns` until a row's first rounds
    have shown how many pay. With `exactly`, a row has that many rounds, all alike, and its intervals are
    95% each, not adjusted for the number of comparisons.
    """

    name: str
    precision: float
    max_seconds: float
    value_seconds: float = 0.01
    turns: int = 8
    fixed_rounds: int | None = None

    @property
    def adjusted(self) -> bool:
        """Whether intervals are adjusted for the number of comparisons."""
        return self.fixed_rounds is None


FAST = Effort("fast", precision=0.02, max_seconds=60.0, value_seconds=0.005, turns=5, fixed_rounds=6)
DEFAULT = Effort("default", precision=0.02, max_seconds=60.0)
RIGOROUS = Effort("rigorous", precision=0.01, max_seconds=300.0)


Also = Literal["latency", "collections"]
"""A pass that is taken over every row it fits where it is asked for: it costs time, and few need it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do, fixed before it begins; `timeout` is a case's patience in seconds (see there)."""

    benchmarks: tuple[Benchmark, ...]
    backends: tuple[Backend, ...]
    baseline: str
    effort: Effort
    margin: float
    timeout: float
    seed: int
    required: tuple[str, ...] = ()
    """The backends that were asked for by name: a run without one of them could not measure."""
    passes: tuple[Also, ...] = ()
    planted: int | None = None
    """Of an audit's trial: iterations in every `pace.GRAIN` that all but the baseline run and do not
    report. The row then has no A/A arm, for such a trial is one. None in a run."""

    def __post_init__(self) -> None:
        """Raise ValueError for a benchmark of a family of loops that nobody knows."""
        for family in {benchmark.only for benchmark in self.benchmarks} - {None}:
            check_family(str(family))

    def backends_of(self, row: Benchmark) -> tuple[Backend, ...]:
        """The row's backends, baseline first; without a gatherer one per loop and environment.

        A story for one family of loops only has no case on the others.
        """
        able = [backend for backend in self.backends if row.only in {None, backend.loop.family}]
        ordered = sorted(able, key=lambda backend: backend.name != self.baseline)
        if row.uses_gather:
            return tuple(ordered)
        first = {(backend.loop, backend.environment): backend for backend in reversed(ordered)}
        return tuple(backend for backend in ordered if first[backend.loop, backend.environment] is backend)

    def column_of(self, name: str, row: Benchmark) -> str | None:
        """The backend under whose name another has its case of a row; None where the row is not for its loop.

        Without a gatherer the first backend on a loop, in its environment, stands for all of them.
        """
        [one] = (backend for backend in self.backends if backend.name == name)
        alike = [
            other
            for other in self.backends_of(row)
            if (other.loop, other.environment) == (one.loop, one.environment)
        ]
        if one in alike:
            return name
        return alike[0].name if alike else None

    def timeout_of(self, row: Benchmark) -> float:
        """Seconds after which a case of this row is ended: in all when observed, of silence when timed."""
        return self.timeout * (SCALE_PATIENCE if SCALE in row.tags else 1)

    def cases(self) -> Iterator[tuple[Benchmark, Backend]]:
        """Every case, row by row."""
        for row in self.benchmarks:
            for backend in self.backends_of(row):
                yield row, backend

    @property
    def timed_rows(self) -> tuple[Benchmark, ...]:
        """The rows that may be timed."""
        return tuple(row for row in self.benchmarks if row.timed)

    @property
    def comparisons(self) -> int:
        """K: planned rows × backends other than the baseline; A/A excluded, and rows without a baseline."""
        planned = ([backend.name for backend in self.backends_of(row)] for row in self.timed_rows)
        return sum(len(names) - 1 for names in planned if self.baseline in names)

    @property
    def level(self) -> float:
        """The confidence level of one interval."""
        return confidence_level(self.comparisons if self.effort.adjusted else 1)

    @property
    def rounds_before_first_look(self) -> int:
        """Rounds before the first look at a row's intervals: no fewer than an interval needs."""
        return self.effort.fixed_rounds or max(FIRST_LOOK, self.rounds_for_an_interval)

    @property
    def rounds_for_an_interval(self) -> int:
        """The fewest rounds that give an interval: no budget ends a row below them."""
        return rounds_needed(self.level)
