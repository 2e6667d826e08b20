"""Divides a plan into shards by what its units cost, so that jobs that never speak to each other agree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import heapreplace
from itertools import chain

from harness.records.entries import RunStarted, Shard
from harness.records.plan import Plan
from harness.records.record import Record
from harness.runner.duration import most_seconds
from harness.runner.units import Unit, units_of

Seconds = Mapping[str, float]
"""The seconds that each benchmark is expected to take, by its id."""


def of_shard(run: RunStarted, shard: Shard, recorded: Seconds) -> RunStarted:
    """Return the run that measures one shard of the plan; everything else in it is that of the whole."""
    units = divide(run.plan, shard.of, recorded)[shard.number - 1]
    benchmarks = tuple(chain.from_iterable(unit.benchmarks for unit in units))
    return replace(run, shard=shard, benchmarks=benchmarks)


def divide(plan: Plan, count: int, recorded: Seconds) -> tuple[tuple[Unit, ...], ...]:
    """Return the units of each of `count` shards: a pure function of the plan and of recorded costs.

    The longest unit that is left goes to the shard that has the least (Graham 1969): the longest shard takes
    less than the mean and one unit more.
    """
    units = units_of(plan)
    seconds = unit_seconds(plan, units, recorded)
    longest_first = sorted(units, key=lambda unit: (-seconds[unit], unit.name))
    shards = dict(
        zip(longest_first, least_loaded(map(seconds.__getitem__, longest_first), count), strict=True)
    )
    return tuple(tuple(unit for unit in units if shards[unit] == number) for number in range(count))


def least_loaded(seconds: Iterable[float], count: int) -> Iterator[int]:
    """Yield for each of these seconds, in turn, which of `count` shards has the least before, and takes it.

    Of those that have as little it is the one with the fewest units, and of those the first.
    """
    loads = [(0.0, 0, number) for number in range(count)]
    for more in seconds:
        load, units, number = loads[0]
        yield number
        heapreplace(loads, (load + more, units + 1, number))


def unit_seconds(plan: Plan, units: Iterable[Unit], recorded: Seconds) -> dict[Unit, float]:
    """Return the seconds that each unit is expected to take: as recorded, or else by what the plan allows."""
    expected = scaled_to(recorded, most_seconds(plan))
    return {unit: sum(expected[name] for name in unit.benchmarks) for unit in units}


def scaled_to(recorded: Seconds, allowed: Seconds) -> dict[str, float]:
    """Return the seconds of each benchmark as recorded, or else as allowed.

    What is allowed is scaled by the benchmarks of which both are known.
    """
    both = sorted(allowed.keys() & recorded.keys())
    known = sum(allowed[name] for name in both)
    scale = sum(recorded[name] for name in both) / known if known else 1.0
    return {name: recorded.get(name, seconds * scale) for name, seconds in allowed.items()}


def recorded_seconds(record: Record) -> dict[str, float]:
    """Return what each benchmark of a record cost, where that is recorded."""
    return {result.benchmark.id: result.cost.seconds for result in record.results if result.cost is not None}
