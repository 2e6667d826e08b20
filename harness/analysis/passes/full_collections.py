"""The pass that lets garbage grow old: what full garbage collections cost."""

from collections.abc import Callable, Sequence

from harness.analysis.intervals import estimate
from harness.analysis.passes.contract import (
    LEVEL,
    LEVEL_IN_WORDS,
    Cell,
    Pass,
    PassTable,
    brief_cell,
    cell,
    each_arm,
)
from harness.analysis.timings import BenchmarkSamples
from harness.records.estimate import Estimate
from harness.records.pace import ArmRound
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.units import Unit


class CollectionsPass(Pass):
    """A pass in which no full collection is made between turns."""

    __slots__ = ()

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return the time in full collections per iteration, its share of wall time, and how many were seen.

        CPython 3.14.0 to 3.14.4 have none of themselves: there it is those that collect an increment.
        """
        return each_arm(rounds, _costs)


def _costs(parts: Sequence[ArmRound]) -> PassResult:
    def over_rounds(number: Callable[[ArmRound], float]) -> Estimate:
        return estimate([number(part) for part in parts], LEVEL)

    seconds = over_rounds(lambda part: _in_full(part) / 1e9 / sum(value.loops for value in part.values))
    share = over_rounds(lambda part: _in_full(part) / sum(value.wall for value in part.values))
    count = over_rounds(lambda part: sum(value.full_collections[0] for value in part.values))
    return PassResult(
        {
            "full_collection_seconds": PassFigure(seconds, Unit.SECONDS),
            "full_collection_share": PassFigure(share, Unit.SHARE),
            "full_collections": PassFigure(count, Unit.COUNT),
        }
    )


def _in_full(part: ArmRound) -> int:
    """Return how many nanoseconds a worker spent in full collections."""
    return sum(value.full_collections[1] for value in part.values)


def _row(timing: Timing) -> tuple[Cell, ...] | None:
    if (result := timing.passes.get("collections")) is None:
        return None
    shown = (cell(result, name) for name in ("full_collection_share", "full_collection_seconds"))
    return *shown, brief_cell(result, "full_collections")


COLLECTIONS = CollectionsPass("collections", timed="uncollected")

_NOTE = (
    "In rounds of their own, without the collection that ordinary turns begin with: the share of wall "
    f"time spent in full collections, their time an iteration ({LEVEL_IN_WORDS}), and how many a worker "
    "saw: 0 is none in about a second. CPython 3.14.0 to 3.14.4 count those that collect an increment of "
    "the old objects."
)

COLLECTIONS_TABLE = PassTable(
    "collections",
    "Full garbage collections",
    ("share", "an iteration", "seen"),
    (_NOTE,),
    _row,
)
