"""Latency by journals in which workers sent quantiles of their own: a figure is their median over rounds.

Its figures are what they were when the record was made.
"""

from collections.abc import Iterator, Mapping

from harness.analysis.intervals import estimate
from harness.analysis.merged_quantiles import bin_at, quantile_name
from harness.analysis.passes.contract import LEVEL, ratio_over_rounds
from harness.protocol.latency_bins import time_of, unpack
from harness.protocol.messages import QUANTILES, LatencySketch
from harness.records.passes import PassFigure, PassResult
from harness.records.units import Unit

TAIL = 5
"""The fewest operations of a worker that had to lie beyond a quantile for it to be more than luck."""

Sketches = Mapping[int, LatencySketch]
"""The latency sketch of an arm's worker in each round, by the round's number."""


def needed_by_worker(quantile: float) -> int:
    """Return how many operations every worker must have timed for this quantile to be given."""
    return round(TAIL / (1 - quantile))


def by_worker(sketches: Sketches, base: Sketches) -> PassResult:
    """Return an arm's figures, with ratios where the baseline's sketches are not empty."""
    return PassResult(
        dict(_figures(sketches, base)),
        numbers={"operations": min(sketch.operations for sketch in sketches.values())},
    )


def _figures(sketches: Sketches, base: Sketches) -> Iterator[tuple[str, PassFigure]]:
    both = sketches.keys() & base.keys()
    for index, quantile in enumerate(QUANTILES):
        if not _enough(sketches, quantile):
            continue
        name = f"latency_{quantile_name(quantile)}"
        times = [_time(sketch, index) / 1e9 for sketch in sketches.values()]
        yield f"{name}_seconds", PassFigure(estimate(times, LEVEL), Unit.SECONDS)
        if both and _enough(base, quantile):
            pairs = ((_time(sketches[number], index), _time(base[number], index)) for number in both)
            yield f"{name}_ratio", ratio_over_rounds(pairs)


def _enough(sketches: Sketches, quantile: float) -> bool:
    """Decide whether every worker timed as many operations as the quantile needs."""
    needed = needed_by_worker(quantile)
    return bool(sketches) and all(sketch.operations >= needed for sketch in sketches.values())


def _time(sketch: LatencySketch, index: int) -> float:
    """Return a worker's own quantile in nanoseconds, also where a run went on with workers that send bins."""
    if sketch.quantiles is not None:
        return sketch.quantiles[index]
    return time_of(bin_at(unpack(sketch.bins), QUANTILES[index]))
