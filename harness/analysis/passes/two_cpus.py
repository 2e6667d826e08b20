"""The pass on two CPUs: for helper threads, to which one CPU alone would be unfair."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.analysis.passes.contract import Cell, Occasion, Pass, PassTable
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.records.pace import RoundSettings
from harness.records.passes import PassFigure, PassResult
from harness.records.plan import Plan
from harness.records.record import Timing
from harness.records.units import Unit


class TwoCpusPass(Pass):
    """A pass whose rounds differ from ordinary ones in their number and their CPUs alone."""

    __slots__ = ()

    def fits(self, benchmark: Benchmark) -> bool:
        """Decide whether the benchmark is timed on one CPU otherwise."""
        return benchmark.cpus == 1 and not benchmark.is_service

    def of_plan(self, plan: Plan) -> Pass:
        """Return the pass with the rounds that an interval needs."""
        return replace(self, rounds=plan.rounds_before_first_look)

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the ordinary settings."""
        return ordinary

    def patience(self, ordinary: float) -> float:
        """Return the seconds that are ordinary."""
        return ordinary

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return each arm's times per iteration on two CPUs, and its time ratio there."""
        return {arm: PassResult(dict(_figures(timing))) for arm, timing in rounds.timings().items()}

    def flags(self, timing: Timing, base: Timing | None) -> tuple[str, ...]:
        """Point to the figures on two CPUs."""
        if self.name not in timing.passes or base is None:
            return ()
        helpers = timing.threads - base.threads
        threads = "a helper thread" if helpers == 1 else f"{helpers} helper threads"
        return (f"has {threads}: see its figures on two CPUs",)


def _figures(timing: Timing) -> Iterator[tuple[str, PassFigure]]:
    yield "two_cpus_seconds", PassFigure(timing.seconds, Unit.SECONDS)
    yield "two_cpus_cpu_seconds", PassFigure(timing.cpu, Unit.SECONDS)
    if timing.ratio is not None:
        yield "two_cpus_time_ratio", PassFigure(timing.ratio, Unit.RATIO)


def _row(timing: Timing) -> tuple[Cell, ...] | None:
    if (result := timing.passes.get("threads")) is None:
        return None
    alone = dict(_figures(timing))
    return str(timing.threads), *_side(alone), *_side(result.figures)


def _side(figures: Mapping[str, PassFigure]) -> Iterator[Cell]:
    """Yield the wall time, as a ratio where there is one, and the CPU time."""
    wall = figures.get("two_cpus_time_ratio") or figures.get("two_cpus_seconds")
    yield "" if wall is None else wall
    yield figures.get("two_cpus_cpu_seconds", "")


TWO_CPUS = TwoCpusPass("threads", occasion=Occasion.HELPER_THREADS, cpus=2)

_NOTE = (
    "Where a backend has threads that work and the baseline has not, one CPU alone would be unfair to it "
    "and wall time alone too kind: all backends of the benchmark are timed on two as well, per iteration."
)

TWO_CPUS_TABLE = PassTable(
    "two-cpus",
    "Helper threads: on one CPU and on two",
    ("threads", *(f"{what}, {cpus}" for cpus in ("1 CPU", "2 CPUs") for what in ("wall time", "CPU time"))),
    (_NOTE,),
    _row,
)
