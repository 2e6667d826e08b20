"""A unit is a benchmark with its twins: what is observed and timed on one host, all of it or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.records.plan import Plan
from harness.runner.twins import PlannedBenchmark, resolve_twins


@dataclass(frozen=True, slots=True)
class Unit:
    """The ids of a benchmark, which it is named for, and then of its twins."""

    benchmarks: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id of the benchmark in whose rounds the others may take part."""
        return self.benchmarks[0]


def units_of(plan: Plan) -> tuple[Unit, ...]:
    """Return the units of a plan; every benchmark is in one of them."""
    return group_units(resolve_twins(plan))


def group_units(planned: Iterable[PlannedBenchmark]) -> tuple[Unit, ...]:
    """Return the units of benchmarks that are connected with their twins, in the order of their first."""
    members: dict[str, list[str]] = {}
    for each in planned:
        members.setdefault(each.host or each.benchmark.id, []).append(each.benchmark.id)
    return tuple(
        Unit(tuple(sorted(benchmarks, key=lambda benchmark: benchmark != name)))
        for name, benchmarks in members.items()
    )
