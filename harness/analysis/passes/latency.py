"""The pass that times every operation by itself: the quantiles of the time of all of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from harness.analysis.merged_quantiles import Bins, merged_quantile, quantile_name, ratio_of_quantiles
from harness.analysis.passes.contract import (
    LEVEL,
    LEVEL_IN_WORDS,
    Cell,
    Pass,
    PassTable,
    brief_cell,
    cell,
)
from harness.analysis.passes.latency_by_worker import Sketches, by_worker, needed_by_worker
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.protocol.latency_bins import unpack
from harness.protocol.messages import QUANTILES
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.units import Unit

TAIL = 10
"""The fewest operations of all rounds that must lie beyond a quantile for it to be more than luck."""

MERGED = "merged_rounds"
"""The number of a result that says how many rounds' operations its quantiles are of, taken together.

Earlier results have none: their quantiles are medians over rounds of what each worker sent.
"""


def operations_needed(quantile: float) -> int:
    """Return how many operations all rounds together must have timed for this quantile to be given."""
    return round(TAIL / (1 - quantile))


def read_latency(rounds: BenchmarkSamples) -> dict[str, PassResult]:
    """Return each arm's quantiles, with ratios where the baseline is another arm that has a number."""
    sketches = {arm: of_arm for arm in rounds.timed if (of_arm := _sketches(rounds, arm))}
    has_bins = all(sketch.bins for of_arm in sketches.values() for sketch in of_arm.values())
    read = _of_all_operations if has_bins else by_worker
    return {
        arm: read(of_arm, {} if arm == rounds.reference else sketches.get(rounds.reference, {}))
        for arm, of_arm in sketches.items()
    }


def _sketches(rounds: BenchmarkSamples, arm: str) -> Sketches:
    parts = rounds.parts_by_round(arm)
    return {number: sketch for number, part in parts.items() if (sketch := part.summary.sketch) is not None}


def _of_all_operations(sketches: Sketches, base: Sketches) -> PassResult:
    """Return an arm's figures, with ratios over the rounds that it has in common with the baseline."""
    own, of_base = _unpacked(sketches), _unpacked(base)
    operations = sum(sketch.operations for sketch in sketches.values())
    return PassResult(dict(_figures(own, of_base)), numbers={"operations": operations, MERGED: len(sketches)})


def _unpacked(sketches: Sketches) -> dict[int, Bins]:
    return {number: unpack(sketch.bins) for number, sketch in sketches.items()}


def _figures(own: Mapping[int, Bins], base: Mapping[int, Bins]) -> Iterator[tuple[str, PassFigure]]:
    both = sorted(own.keys() & base.keys())
    pair = [own[number] for number in both], [base[number] for number in both]
    for quantile in QUANTILES:
        name = f"latency_{quantile_name(quantile)}"
        if _enough(own.values(), quantile):
            time = merged_quantile([*own.values()], quantile, LEVEL).log_time.exp()
            yield f"{name}_seconds", PassFigure(time.scaled(1e-9), Unit.SECONDS)
        if all(_enough(bins, quantile) for bins in pair):
            merged = (merged_quantile(bins, quantile, LEVEL) for bins in pair)
            yield f"{name}_ratio", PassFigure(ratio_of_quantiles(*merged), Unit.RATIO)


def _enough(rounds: Iterable[Bins], quantile: float) -> bool:
    """Decide whether all rounds together timed as many operations as the quantile needs."""
    return sum(sum(bins.values()) for bins in rounds) >= operations_needed(quantile)


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

LATENCY = LatencyPass(
    "latency",
    timed="each",
    needs=("ddsketch",),
)

_AFTER_ANOTHER = (
    "Each operation timed by itself, clock and all, in rounds of their own. Each begins when the one before "
    "has ended, so that one that stalls makes no other late (coordinated omission)."
)

_WHEN_DUE = (
    "Each request of a service timed from when it was due, whatever was answered: one that stalls makes all "
    "late that are due meanwhile (no coordinated omission)."
)

_OF_ALL = (
    "A quantile is that of all operations of all rounds together, with its interval over rounds "
    f"({LEVEL_IN_WORDS}); so is its ratio to the baseline's."
)

_BY_WORKER = (
    f"A quantile is a worker's, the median over rounds ({LEVEL_IN_WORDS}), and so is its ratio to the "
    "baseline's: this record was made before those of all operations were taken together."
)


def _why_none(who: str, needed: Callable[[float], int]) -> str:
    enough = ", ".join(f"{needed(quantile):,} for {quantile_name(quantile)}" for quantile in QUANTILES)
    return f"none: {who} timed too few operations; it takes {enough}."


def _notes(timing: Timing) -> tuple[str, ...]:
    """Return what the quantiles of a case are."""
    is_merged = MERGED in timing.passes[LATENCY.name].numbers
    return (
        _AFTER_ANOTHER if timing.service is None else _WHEN_DUE,
        _OF_ALL if is_merged else _BY_WORKER,
        _why_none("all rounds together", operations_needed)
        if is_merged
        else _why_none("a worker", needed_by_worker),
    )


LATENCY_TABLE = PassTable(
    "latency",
    "Latency of one operation",
    tuple(chain.from_iterable((name, f"{name}, ratio") for name in _NAMES)),
    (),
    _row,
    _notes,
)
