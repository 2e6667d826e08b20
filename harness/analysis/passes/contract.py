"""What a pass is: when a benchmark is given it, how its rounds differ, what they say, how it is shown."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from harness.analysis.intervals import estimate
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import TimingMode
from harness.records.estimate import ERROR_RATE
from harness.records.pace import SLOWEST_VALUE, ArmRound, RoundSettings
from harness.records.passes import PassFigure, PassResult
from harness.records.plan import Plan
from harness.records.record import Timing
from harness.records.units import Unit

LEVEL = 1 - ERROR_RATE
"""The confidence level of each interval of a pass. It is not adjusted, for nothing is judged by a pass."""

LEVEL_IN_WORDS = "95% each, not adjusted"
"""The same as tables say it."""

ROUNDS = 9
"""The rounds of a pass: the fewest whose 95% interval leaves out the least and the greatest.

So a single mishap moves neither end.
"""

BUDGET = 60.0
"""The seconds after which a pass takes no further round, however many it has: as long as ordinary rounds."""

TURNS, LONGER = 10, 20
"""The turns of a pass that counts what is rare, and how many times longer than an ordinary one each is.

They take a second in all: were they shorter, neither p99.9 of an operation of 100 µs nor a full
collection would be seen. They are longer and not more, because each is a message and a line of the journal.
"""


class Occasion(Enum):
    """When a benchmark that a pass fits is given it."""

    ASKED_FOR = auto()
    """Where the pass is asked for, unless workers live one after the other."""
    HELPER_THREADS = auto()
    """Where backends were observed with threads that help them."""


class Method(Enum):
    """How the rounds of a pass are taken."""

    TIMED = auto()
    """By the clock, pinned as ordinary rounds are."""
    COUNTED = auto()
    """Under valgrind, where nothing is a race against a clock."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A number of a table that is shown without its interval."""

    value: float
    unit: Unit
    at_least: bool = False


Cell = PassFigure | Brief | str
"""What stands in one cell of a pass's table; text stands as it is."""


def cell(result: PassResult, name: str) -> Cell:
    """Return a figure with its interval; an empty cell where the result has none of this name."""
    return result.figures.get(name, "")


def brief_cell(result: PassResult, name: str) -> Cell:
    """Return a figure without its interval; an empty cell where the result has none of this name."""
    figure = result.figures.get(name)
    return "" if figure is None else Brief(figure.estimate.value, figure.unit, figure.at_least)


@dataclass(frozen=True, slots=True)
class PassTable:
    """How reports show what passes say: a table with a row for each case that they say something of.

    `place` is its place on a page; `row` returns the cells of a case, as many as there are `heads`, and None
    where it has none. `notes` hold for every case that has a row, and `notes_of` returns those that depend on
    how a case was measured.
    """

    place: str
    title: str
    heads: tuple[str, ...]
    notes: tuple[str, ...]
    row: Callable[[Timing], Sequence[Cell] | None]
    notes_of: Callable[[Timing], tuple[str, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass over a benchmark, beside its ordinary rounds.

    `cpus` None is the benchmark's own number, and `budget` are the seconds after which no further round is
    taken. `needs` are distributions that its workers import. `missing` says why a case may lack what was
    asked for; empty where that needs no word.
    """

    name: str
    occasion: Occasion = Occasion.ASKED_FOR
    method: Method = Method.TIMED
    rounds: int = ROUNDS
    timed: TimingMode = "whole"
    cpus: int | None = None
    budget: float = BUDGET
    needs: tuple[str, ...] = ()
    missing: str = ""

    def fits(self, benchmark: Benchmark) -> bool:
        """Decide whether the pass can say anything of the benchmark."""
        return not benchmark.is_service

    def of_plan(self, plan: Plan) -> "Pass":  # noqa: ARG002 - some passes have as many rounds as a plan says
        """Return the pass as it is taken in a run of this plan."""
        return self

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass; without untimed iterations, which could hide what it counts."""
        loops = ordinary.loops * LONGER
        return replace(
            ordinary, loops=loops, turns=TURNS, warmups=0, untimed=0, timed=self.timed, laps=1, collect=True
        )

    def patience(self, ordinary: float) -> float:
        """Return the seconds of silence after which a worker is ended: longer values may take longer."""
        return ordinary + LONGER * SLOWEST_VALUE

    def is_over(self, rounds: int, seconds: float) -> bool:
        """Decide whether a pass of so many rounds, which took so long, takes no more."""
        return rounds >= self.rounds or seconds >= self.budget

    def read(self, rounds: BenchmarkSamples) -> Mapping[str, PassResult]:
        """Return what the rounds of the pass say of each arm; nothing of one that they say nothing of."""
        raise NotImplementedError

    def flags(self, timing: Timing, base: Timing | None) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Return what a reader should know of a case with helper threads; `base` is the baseline's timing."""
        return ()


def ratio_over_rounds(pairs: Iterable[tuple[float, float]]) -> PassFigure:
    """Return the ratio to the baseline of what each round says of both, with its interval over rounds."""
    return PassFigure(estimate([math.log(own / base) for own, base in pairs], LEVEL).exp(), Unit.RATIO)


def each_arm(
    rounds: BenchmarkSamples, read: Callable[[Sequence[ArmRound]], PassResult | None]
) -> dict[str, PassResult]:
    """Return what a function reads off the parts of each arm, which says nothing of an arm without any."""
    return dict(_read(rounds, read))


def _read(
    rounds: BenchmarkSamples, read: Callable[[Sequence[ArmRound]], PassResult | None]
) -> Iterator[tuple[str, PassResult]]:
    for arm in rounds.timed:
        parts = rounds.parts(arm)
        if parts and (result := read(parts)) is not None:
            yield arm, result
