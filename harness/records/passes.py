"""Passes: rounds of a row beside its ordinary ones, for what those cannot tell. Pure.

A pass has turns of another kind, or another stage. Its rounds never meet the ordinary ones: they
give no time ratio that is judged, and no pyperf run.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from harness.protocol.messages import Timed
from harness.protocol.observations import Row
from harness.records.estimate import Estimate
from harness.records.pace import SLOWEST_VALUE, Pace
from harness.records.plan import Plan

PassName = Literal["latency", "collections", "threads"]

ROUNDS = 9
"""The fewest whose 95% interval leaves out the least and the greatest round, so that one mishap moves neither
end."""

BUDGET = 60.0
"""Seconds after which a pass takes no further round, however many it has: as long as an ordinary row."""

TURNS, LONGER = 10, 20
"""Turns of a pass that counts what is rare, each so many times longer than an ordinary one: a second in all.

Shorter, and neither p99.9 of an operation of 100 µs nor a full collection would be seen. Longer turns
and not more of them, for each is a message and a line of the journal.
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """How a pass differs from the ordinary rounds; `cpus` None is the row's own number."""

    name: PassName
    rounds: int = ROUNDS
    timed: Timed = "whole"
    cpus: int | None = None

    def pace(self, ordinary: Pace) -> Pace:
        """The pass's pace. Without untimed iterations, where what is counted might fall into them."""
        if self.timed == "whole":
            return ordinary
        loops = ordinary.loops * LONGER
        return replace(ordinary, loops=loops, turns=TURNS, warmups=0, untimed=0, pilot=0, timed=self.timed)

    def patience(self, ordinary: float) -> float:
        """Seconds of silence after which a worker is ended: as much more as its longer values may take."""
        return ordinary if self.timed == "whole" else ordinary + LONGER * SLOWEST_VALUE

    def is_over(self, rounds: int, seconds: float) -> bool:
        """Whether a pass of so many rounds, which took so long, takes no more."""
        return rounds >= self.rounds or seconds >= BUDGET


def asked_of(plan: Plan, row: Row) -> tuple[Pass, ...]:
    """The passes that were asked for and fit the row, if its iterations are not too long for them."""
    latency, collections = Pass("latency", timed="each"), Pass("collections", timed="uncollected")
    fit = (latency, collections) if row.set_up else (collections,)
    return tuple(one for one in fit if one.name in plan.also)


def passes_of(plan: Plan, row: Row, pace: Pace | None, helped: Collection[str]) -> tuple[Pass, ...]:
    """The passes over a row: those that were asked for and can be, and one on two CPUs where it is only fair.

    `helped` are the backends that were seen with helper threads. A trial of an audit has no pass.
    """
    if pace is None or plan.planted is not None:
        return ()
    found = [] if pace.alone else list(asked_of(plan, row))
    if helped and row.cpus == 1:
        found.append(Pass("threads", rounds=plan.fewest_rounds, cpus=2))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of one operation's time in seconds: each worker's own, over rounds; and over the baseline's.

    None where a worker timed too few operations; the ratio also for the baseline itself, and without one.
    """

    of: float
    seconds: Estimate | None
    ratio: Estimate | None

    @property
    def name(self) -> str:
        """`p99.9`."""
        return f"p{self.of * 100:g}"


@dataclass(frozen=True, slots=True)
class Latency:
    """The times of single operations; `operations` is the fewest that a worker timed."""

    operations: int
    quantiles: tuple[Quantile, ...]


@dataclass(frozen=True, slots=True)
class FullCollections:
    """What full garbage collections cost where none is made before the clock.

    `seconds` in them per iteration, their `share` of wall time, and how many (`count`) a worker saw in
    about a second. CPython 3.14.0 to 3.14.4 have none of themselves: there it is the collections with an
    increment of one.
    """

    seconds: Estimate
    share: Estimate
    count: Estimate


@dataclass(frozen=True, slots=True)
class OnTwoCpus:
    """A case's times per iteration on two CPUs, and its time ratio there, which nobody is judged by."""

    seconds: Estimate
    cpu: Estimate
    ratio: Estimate | None
