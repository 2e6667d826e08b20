"""The pass that times every operation by itself: the quantiles of its time."""

from collections.abc import Iterator, Mapping
from itertools import chain

from harness.analysis.intervals import estimate
from harness.analysis.passes.contract import (
    LEVEL,
    LEVEL_IN_WORDS,
    Cell,
    Pass,
    PassTable,
    brief_cell,
    cell,
    ratio_over_rounds,
)
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import QUANTILES, LatencySketch
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.units import Unit

TAIL = 5
"""The fewest operations of a worker that must lie beyond a quantile for it to be more than luck."""


def operations_needed(quantile: float) -> int:
    """Return how many operations every worker must have timed for this quantile to be given."""
    return round(TAIL / (1 - quantile))


def quantile_name(quantile: float) -> str:
    """Return what a quantile is called: `p99.9`."""
    return f"p{quantile * 100:g}"


Sketches = Mapping[int, LatencySketch]
"""The latency sketch of an arm's worker in each round, by the round's number."""


def read_latency(rounds: BenchmarkSamples) -> dict[str, PassResult]:
    """Return each arm's quantiles, with ratios where the baseline is another arm that has a number."""
    sketches = {arm: _sketches(rounds, arm) for arm in rounds.timed}
    base = sketches.get(rounds.plan.baseline, {})
    return {
        arm: PassResult(
            dict(_figures(of_arm, {} if arm == rounds.plan.baseline else base)),
            numbers={"operations": min(sketch.operations for sketch in of_arm.values())},
        )
        for arm, of_arm in sketches.items()
        if of_arm
    }


def _sketches(rounds: BenchmarkSamples, arm: str) -> Sketches:
    parts = rounds.parts_by_round(arm)
    return {number: sketch for number, part in parts.items() if (sketch := part.summary.sketch) is not None}


def _figures(sketches: Sketches, base: Sketches) -> Iterator[tuple[str, PassFigure]]:
    both = sketches.keys() & base.keys()
    for index, quantile in enumerate(QUANTILES):
        if not _enough(sketches, index):
            continue
        times = [sketch.quantiles[index] / 1e9 for sketch in sketches.values()]
        yield f"latency_{quantile_name(quantile)}_seconds", PassFigure(estimate(times, LEVEL), Unit.SECONDS)
        if both and _enough(base, index):
            pairs = ((sketches[number].quantiles[index], base[number].quantiles[index]) for number in both)
            yield f"latency_{quantile_name(quantile)}_ratio", ratio_over_rounds(pairs)


def _enough(sketches: Sketches, index: int) -> bool:
    """Decide whether every worker timed as many operations as the quantile with this index needs."""
    needed = operations_needed(QUANTILES[index])
    return bool(sketches) and all(sketch.operations >= needed for sketch in sketches.values())


def _row(timing: Timing) -> list[Cell] | None:
    """Return the quantiles' times and their ratios to the baseline's, the last of which has the interval."""
    if (result := timing.passes.get("latency")) is None:
        return None
    return [*chain.from_iterable(_cells(result, quantile_name(quantile)) for quantile in QUANTILES)]


def _cells(result: PassResult, name: str) -> tuple[Cell, Cell]:
    seconds, ratio = f"latency_{name}_seconds", f"latency_{name}_ratio"
    if ratio in result.figures:
        return brief_cell(result, seconds), cell(result, ratio)
    return cell(result, seconds) or "none", ""


class LatencyPass(Pass):
    """A pass over a scenario that yields an operation."""

    __slots__ = ()

    def fits(self, benchmark: Benchmark) -> bool:
        """Decide whether the scenario yields its operation, so that each can be timed."""
        return benchmark.set_up and not benchmark.is_service

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return each arm's quantiles."""
        return read_latency(rounds)


_NAMES = tuple(map(quantile_name, QUANTILES))
_ENOUGH = ", ".join(
    f"{operations_needed(quantile):,} for {quantile_name(quantile)}" for quantile in QUANTILES
)

LATENCY = LatencyPass(
    "latency",
    timed="each",
    needs=("ddsketch",),
)

_WHAT_IT_IS = (
    "Each operation timed by itself, clock and all, in rounds of their own; a worker's quantile, the "
    f"median over rounds ({LEVEL_IN_WORDS}), and the ratio to the baseline's."
)

_WHY_NONE = f"none: a worker timed too few; it takes {_ENOUGH}."

LATENCY_TABLE = PassTable(
    "latency",
    "Latency of one operation",
    tuple(chain.from_iterable((name, f"{name}, ratio") for name in _NAMES)),
    (_WHAT_IT_IS, _WHY_NONE),
    _row,
)
