"""What twins mean to a run: which arms they take part by, and in the rounds of which benchmark.

A twin is the scenario of another benchmark, written on a loop's own API without AnyIO. It is timed in that
benchmark's rounds, its host's, wherever the host may be timed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.backends.backend import Backend
from harness.protocol.benchmarks import Benchmark
from harness.records.contrast import native_arm
from harness.records.entries import RoundMeasured
from harness.records.plan import Plan


@dataclass(frozen=True, slots=True)
class TwinArm:
    """An arm by which a twin takes part in its host's rounds; it is named for its loop: `uvloop+native`."""

    name: str
    twin: Benchmark
    backend: Backend


@dataclass(frozen=True, slots=True)
class PlannedBenchmark:
    """A benchmark of a plan with its backends, baseline first, and what connects it with its twins.

    `twin_arms` are the arms that its twins may add to its rounds; `host` is the id of the benchmark in whose
    rounds it may take part itself, None where it is no twin of a benchmark that is timed.
    """

    benchmark: Benchmark
    backends: tuple[Backend, ...]
    twin_arms: tuple[TwinArm, ...] = ()
    host: str | None = None


def resolve_twins(plan: Plan) -> tuple[PlannedBenchmark, ...]:
    """Return the plan's benchmarks in their order, each connected with its twins and its host."""
    twins: dict[tuple[object, ...], list[Benchmark]] = {}
    hosts: dict[tuple[object, ...], str] = {}
    for benchmark in plan.timed_benchmarks:
        twins.setdefault((benchmark.native, benchmark.parameters), []).append(benchmark)
        hosts.setdefault((benchmark.scenario, benchmark.parameters), benchmark.id)
    return tuple(
        PlannedBenchmark(
            benchmark,
            plan.backends_of(benchmark),
            tuple(
                TwinArm(native_arm(backend), twin, backend)
                for twin in twins.get((benchmark.scenario, benchmark.parameters), ())
                for backend in plan.backends_of(twin)
            ),
            hosts.get((benchmark.native, benchmark.parameters)) if benchmark.timed else None,
        )
        for benchmark in plan.benchmarks
    )


def rounds_of_twin(rounds: Sequence[RoundMeasured], twin: PlannedBenchmark) -> Iterator[RoundMeasured]:
    """Yield the twin's part in its host's rounds, each arm under the name of the backend that it ran on."""
    backends = {native_arm(backend): backend.name for backend in twin.backends}
    for measured in rounds:
        arms = tuple(replace(part, arm=backends[part.arm]) for part in measured.arms if part.arm in backends)
        if arms:
            yield replace(measured, benchmark=twin.benchmark.id, arms=arms)
