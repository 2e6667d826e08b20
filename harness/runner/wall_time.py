"""How long a plan takes on so many hosts, and from how many on more of them do not help."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.records.counting import counted
from harness.records.plan import Plan
from harness.runner.duration import HOUR, bounds_of_benchmarks, seconds_in_words
from harness.runner.shards import Seconds, least_loaded, scaled_to
from harness.runner.units import Unit, units_of

Range = tuple[float, float]
"""Seconds at the least and at the most."""


@dataclass(frozen=True, slots=True)
class WallTime:
    """How long the longest shard takes where a plan is divided over so many hosts."""

    hosts: int
    seconds: Range


@dataclass(frozen=True, slots=True)
class HostsEstimate:
    """The time of a plan over hosts; `enough` is the number of hosts from which on its longest unit is all.

    `recorded` says that it rests on recorded costs, and not on what the plan allows.
    """

    units: int
    machine: Range
    walls: tuple[WallTime, ...]
    enough: int
    longest: Unit
    longest_seconds: float
    recorded: bool


def estimate_hosts(plan: Plan, recorded: Seconds, hosts: Iterable[int]) -> HostsEstimate:
    """Estimate the time of a plan on each of these numbers of hosts, by recorded costs or by the plan."""
    units = units_of(plan)
    least, most = (_seconds_of(units, seconds) for seconds in _bounds(plan, recorded))
    longest = max(units, key=most.__getitem__)
    return HostsEstimate(
        units=len(units),
        machine=(sum(least.values()), sum(most.values())),
        walls=tuple(
            WallTime(count, (longest_shard(least.values(), count), longest_shard(most.values(), count)))
            for count in hosts
        ),
        enough=_enough([*most.values()]),
        longest=longest,
        longest_seconds=most[longest],
        recorded=bool(recorded),
    )


def _bounds(plan: Plan, recorded: Seconds) -> tuple[Seconds, Seconds]:
    """Return the seconds of each benchmark at the least and at the most: the same where they are recorded."""
    bounds = bounds_of_benchmarks(plan)
    least, most = ({name: each[end] for name, each in bounds.items()} for end in (0, 1))
    if not recorded:
        return least, most
    expected = scaled_to(recorded, most)
    return expected, expected


def _seconds_of(units: Sequence[Unit], seconds: Seconds) -> dict[Unit, float]:
    return {unit: sum(seconds[name] for name in unit.benchmarks) for unit in units}


def longest_shard(seconds: Iterable[float], count: int) -> float:
    """Return the seconds of the longest of so many shards, as `shards.divide` makes them."""
    longest_first = sorted(seconds, reverse=True)
    loads = [0.0] * count
    for unit, number in zip(longest_first, least_loaded(longest_first, count), strict=True):
        loads[number] += unit
    return max(loads)


def _enough(seconds: Sequence[float]) -> int:
    """Return the fewest hosts on which no shard takes longer than the longest unit."""
    longest = max(seconds)
    fewest = max(1, math.ceil(sum(seconds) / longest)) if longest else 1
    counts = (count for count in range(fewest, len(seconds)) if longest_shard(seconds, count) <= longest)
    return next(counts, len(seconds))


def hosts_in_words(estimate: HostsEstimate) -> Iterator[str]:
    """Say units, machine hours, and wall time for each number of hosts, and where more do not help."""
    by = "as the record says what they cost" if estimate.recorded else "by what the plan allows them"
    yield f"{counted(estimate.units, 'unit')}, {_machine_hours(estimate.machine)} in all, {by}."
    for wall in estimate.walls:
        yield f"On {counted(wall.hosts, 'host')}: {seconds_in_words(*wall.seconds)}."
    name, seconds = estimate.longest.name, estimate.longest_seconds
    yield (
        f"More than {counted(estimate.enough, 'host')} do not help: {name} alone takes "
        f"{seconds_in_words(seconds, seconds)}, and a unit is of one host. Nothing was run."
    )


def _machine_hours(seconds: Range) -> str:
    least, most = (f"{end / HOUR:.2g}" for end in seconds)
    return f"about {most} machine hours" if least == most else f"from {least} to {most} machine hours"
