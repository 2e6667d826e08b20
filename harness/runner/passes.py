"""The passes over a benchmark beside its ordinary rounds: which it is given, and how their rounds differ."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from harness.execution.calibration import SLOWEST_VALUE
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import TimingMode
from harness.records.estimate import ERROR_RATE, rounds_needed
from harness.records.pace import RoundSettings
from harness.records.passes import PassName
from harness.records.plan import Plan

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


@dataclass(frozen=True, slots=True)
class Pass:
    """How a pass differs from the ordinary rounds; `cpus` None is the benchmark's own number."""

    name: PassName
    rounds: int = ROUNDS
    timed: TimingMode = "whole"
    cpus: int | None = None
    budget: float = BUDGET
    """The seconds after which the pass takes no further round."""

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass; without untimed iterations, which could hide what it counts."""
        if self.timed == "whole":
            return ordinary
        loops = ordinary.loops * LONGER
        return replace(
            ordinary, loops=loops, turns=TURNS, warmups=0, untimed=0, timed=self.timed, laps=1, collect=True
        )

    def patience(self, ordinary: float) -> float:
        """Return the seconds of silence after which a worker is ended: longer values may take longer."""
        return ordinary if self.timed == "whole" else ordinary + LONGER * SLOWEST_VALUE

    def is_over(self, rounds: int, seconds: float) -> bool:
        """Decide whether a pass of so many rounds, which took so long, takes no more."""
        return rounds >= self.rounds or seconds >= self.budget


class InstructionsPass(Pass):
    """A pass in which workers run under valgrind, and nothing is timed."""

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass: one value, of the ordinary length."""
        return replace(ordinary, turns=1, warmups=0, laps=1, collect=True, loop_spread=0.0)


COUNTED = InstructionsPass("instructions", rounds=rounds_needed(1 - ERROR_RATE), budget=3 * BUDGET)
"""The pass that counts instructions: under valgrind a worker takes seconds to start."""


def requested_passes(plan: Plan, benchmark: Benchmark) -> tuple[Pass, ...]:
    """Return the passes that were asked for and fit the benchmark, if its iterations are short enough."""
    latency, collections = Pass("latency", timed="each"), Pass("collections", timed="uncollected")
    fit = (*((latency,) if benchmark.set_up else ()), collections, COUNTED)
    return tuple(planned for planned in fit if planned.name in plan.passes)


def passes_for(
    plan: Plan, benchmark: Benchmark, settings: RoundSettings | None, helped: Collection[str]
) -> tuple[Pass, ...]:
    """Return the passes over a benchmark: those asked for that fit, and one on two CPUs where that is fair.

    `helped` are the backends that were observed with helper threads. A trial of an audit has no pass.
    """
    if settings is None or plan.planted is not None:
        return ()
    passes = [] if settings.one_at_a_time else list(requested_passes(plan, benchmark))
    if helped and benchmark.cpus == 1:
        passes.append(Pass("threads", rounds=plan.rounds_before_first_look, cpus=2))
    return tuple(passes)
