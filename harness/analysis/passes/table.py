"""The table of passes: which a benchmark is given, and what they add to the timings of its cases."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from harness.analysis.passes.contract import Occasion, Pass, PassTable
from harness.analysis.passes.full_collections import COLLECTIONS, COLLECTIONS_TABLE
from harness.analysis.passes.instructions import INSTRUCTIONS, INSTRUCTIONS_TABLE
from harness.analysis.passes.latency import LATENCY, LATENCY_TABLE
from harness.analysis.passes.service_rates import CONNECTIONS, RATES, RATES_TABLE, SERVICE_LATENCY
from harness.analysis.passes.two_cpus import TWO_CPUS, TWO_CPUS_TABLE
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.records.pace import RoundSettings
from harness.records.passes import PassResult
from harness.records.plan import Plan
from harness.records.record import Timing

PASSES: tuple[Pass, ...] = (
    LATENCY,
    COLLECTIONS,
    INSTRUCTIONS,
    TWO_CPUS,
    SERVICE_LATENCY,
    RATES,
    CONNECTIONS,
)
"""Every pass, in the order in which they are taken."""

TABLES: tuple[PassTable, ...] = (
    RATES_TABLE,
    LATENCY_TABLE,
    COLLECTIONS_TABLE,
    INSTRUCTIONS_TABLE,
    TWO_CPUS_TABLE,
)
"""The tables of what passes say, in the order in which reports show them."""


def needs_of(names: Collection[str]) -> list[str]:
    """Return the distributions that workers need for the passes of these names."""
    return [*dict.fromkeys(need for planned in PASSES if planned.name in names for need in planned.needs)]


def requested_passes(plan: Plan, benchmark: Benchmark) -> tuple[Pass, ...]:
    """Return the passes that were asked for and fit the benchmark, if its iterations are short enough."""
    return tuple(
        planned
        for planned in PASSES
        if planned.occasion is Occasion.ASKED_FOR and planned.name in plan.passes and planned.fits(benchmark)
    )


def passes_for(
    plan: Plan, benchmark: Benchmark, settings: RoundSettings | None, helped: Collection[str]
) -> tuple[Pass, ...]:
    """Return the passes over a benchmark: those asked for that fit, and those that its threads call for.

    `helped` are the backends that were observed with helper threads. A trial of an audit has no pass.
    """
    if settings is None or plan.planted is not None:
        return ()
    requested = () if settings.one_at_a_time else requested_passes(plan, benchmark)
    for_threads = (planned for planned in PASSES if planned.occasion is Occasion.HELPER_THREADS and helped)
    return (*requested, *(planned.of_plan(plan) for planned in for_threads if planned.fits(benchmark)))


def add_pass_results(
    timings: Mapping[str, Timing], passes: Mapping[str, BenchmarkSamples], helped: Collection[str]
) -> dict[str, Timing]:
    """Return the timings of a benchmark with what its passes add; `helped` backends have helper threads."""
    results = dict(_results(passes))
    added = {
        arm: replace(timing, passes={name: arms[arm] for name, arms in results.items() if arm in arms})
        for arm, timing in timings.items()
    }
    return {
        arm: _flagged(timing, added, passes) if arm in helped else timing for arm, timing in added.items()
    }


def _results(passes: Mapping[str, BenchmarkSamples]) -> Iterator[tuple[str, Mapping[str, PassResult]]]:
    """Yield the name of each pass that was taken, and what its rounds say of each arm."""
    for planned in PASSES:
        rounds = passes.get(planned.name)
        if rounds is not None and planned.fits(rounds.benchmark):
            yield planned.name, planned.read(rounds)


def _flagged(timing: Timing, timings: Mapping[str, Timing], passes: Mapping[str, BenchmarkSamples]) -> Timing:
    """Return the timing of a backend with helper threads, with what its passes flag."""
    flags = (
        flag
        for planned in PASSES
        if planned.name in passes
        for flag in planned.flags(timing, timings.get(passes[planned.name].plan.baseline))
    )
    return replace(timing, flags=(*timing.flags, *flags))
