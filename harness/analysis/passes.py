"""The passes over a benchmark: what their rounds add to the timings of its cases."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from harness.analysis.intervals import estimate
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.messages import QUANTILES, LatencySketch
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.pace import ArmRound
from harness.records.passes import FullCollections, Instructions, Latency, OnTwoCpus, PassName, Quantile
from harness.records.record import Timing

LEVEL = 1 - ERROR_RATE
"""The confidence level of each interval of a pass. It is not adjusted, for nothing is judged by a pass."""

TAIL = 5
"""The fewest operations of a worker that must lie beyond a quantile for it to be more than luck."""


def operations_needed(quantile: float) -> int:
    """Return how many operations every worker must have timed for this quantile to be given."""
    return round(TAIL / (1 - quantile))


def add_pass_results(
    timings: Mapping[str, Timing], passes: Mapping[PassName, BenchmarkSamples], helped: Collection[str]
) -> dict[str, Timing]:
    """Return the timings of a benchmark with what its passes add; `helped` backends have helper threads."""
    wide = passes["threads"].timings()
    added = {
        name: replace(
            timing,
            latency=_latency(passes["latency"], name),
            full_collections=_full_collections(passes["collections"].parts(name)),
            on_two_cpus=_on_two(wide.get(name)),
            instructions=_instructions(passes["instructions"], name),
        )
        for name, timing in timings.items()
    }
    base = added.get(passes["threads"].plan.baseline)
    return {
        name: _flag_helper_threads(timing, base) if name in helped else timing
        for name, timing in added.items()
    }


def _flag_helper_threads(timing: Timing, base: Timing | None) -> Timing:
    """Flag a timing of a backend with helper threads, to which one CPU alone is unfair."""
    if timing.on_two_cpus is None or base is None:
        return timing
    helpers = timing.threads - base.threads
    threads = "a helper thread" if helpers == 1 else f"{helpers} helper threads"
    return replace(timing, flags=(*timing.flags, f"has {threads}: see its figures on two CPUs"))


def _latency(rounds: BenchmarkSamples, arm: str) -> Latency | None:
    """Return an arm's quantiles, with ratios where the baseline is another arm that has a number."""
    mine = _sketches(rounds, arm)
    base = rounds.plan.baseline
    theirs = _sketches(rounds, base) if arm != base and base in rounds.timed else {}
    if not mine:
        return None
    quantiles = (
        Quantile(quantile, _seconds(mine, index), _ratio(mine, theirs, index))
        for index, quantile in enumerate(QUANTILES)
    )
    return Latency(min(sketch.operations for sketch in mine.values()), tuple(quantiles))


Sketches = Mapping[int, LatencySketch]
"""The latency sketch of an arm's worker in each round, by the round's number."""


def _sketches(rounds: BenchmarkSamples, arm: str) -> Sketches:
    sketches = (
        (measured.number, part.summary.sketch)
        for measured in rounds.rounds
        for part in measured.arms
        if part.arm == arm
    )
    return {number: sketch for number, sketch in sketches if sketch is not None}


def _enough(sketches: Sketches, index: int) -> bool:
    """Decide whether every worker timed as many operations as the quantile with this index needs."""
    needed = operations_needed(QUANTILES[index])
    return bool(sketches) and all(sketch.operations >= needed for sketch in sketches.values())


def _seconds(sketches: Sketches, index: int) -> Estimate | None:
    if not _enough(sketches, index):
        return None
    return estimate([sketch.quantiles[index] / 1e9 for sketch in sketches.values()], LEVEL)


def _ratio(mine: Sketches, theirs: Sketches, index: int) -> Estimate | None:
    both = mine.keys() & theirs.keys()
    if not both or not _enough(mine, index) or not _enough(theirs, index):
        return None
    logs = [math.log(mine[number].quantiles[index] / theirs[number].quantiles[index]) for number in both]
    return estimate(logs, LEVEL).exp()


def _full_collections(parts: Sequence[ArmRound]) -> FullCollections | None:
    if not parts:
        return None

    def over_rounds(number: Callable[[ArmRound], float]) -> Estimate:
        return estimate([number(part) for part in parts], LEVEL)

    return FullCollections(
        seconds=over_rounds(lambda part: _in_full(part) / 1e9 / sum(value.loops for value in part.values)),
        share=over_rounds(lambda part: _in_full(part) / sum(value.wall for value in part.values)),
        count=over_rounds(lambda part: sum(value.full_collections[0] for value in part.values)),
    )


def _in_full(part: ArmRound) -> int:
    """Return how many nanoseconds a worker spent in full collections."""
    return sum(value.full_collections[1] for value in part.values)


def _on_two(timing: Timing | None) -> OnTwoCpus | None:
    return None if timing is None else OnTwoCpus(timing.seconds, timing.cpu, timing.ratio)


def _instructions(rounds: BenchmarkSamples, arm: str) -> Instructions | None:
    """Return an arm's instructions per iteration, with a ratio where the baseline is another arm."""
    mine, base = _counts(rounds, arm), rounds.plan.baseline
    if not mine:
        return None
    theirs = _counts(rounds, base) if arm != base and base in rounds.timed else {}
    logs = [math.log(mine[number] / theirs[number]) for number in mine.keys() & theirs.keys()]
    ratio = estimate(logs, LEVEL).exp() if logs else None
    return Instructions(estimate(list(mine.values()), LEVEL), ratio, tuple(mine.values()))


def _counts(rounds: BenchmarkSamples, arm: str) -> dict[int, float]:
    """Return the instructions of an iteration of an arm in each round, by the round's number."""
    counted = (
        (measured.number, part.values[0])
        for measured in rounds.rounds
        for part in measured.arms
        if part.arm == arm
    )
    return {number: value.instructions / value.loops for number, value in counted if value.instructions > 0}
