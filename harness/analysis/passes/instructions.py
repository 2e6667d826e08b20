"""The pass that counts instructions: how many an iteration takes, whatever else the machine does."""

from collections.abc import Mapping
from dataclasses import replace

from harness.analysis.intervals import estimate
from harness.analysis.passes.contract import (
    BUDGET,
    LEVEL,
    LEVEL_IN_WORDS,
    Cell,
    Method,
    Pass,
    PassTable,
    cell,
    ratio_over_rounds,
)
from harness.analysis.timings import BenchmarkSamples
from harness.records.estimate import ERROR_RATE, rounds_needed
from harness.records.pace import RoundSettings
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.units import Unit

Counts = Mapping[int, float]
"""The instructions of an iteration of an arm in each round, by the round's number."""


class InstructionsPass(Pass):
    """A pass in which workers run under valgrind, and nothing is timed."""

    __slots__ = ()

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass: one value, of the ordinary length."""
        return replace(ordinary, turns=1, warmups=0, laps=1, collect=True, loop_spread=0.0)

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return each arm's instructions, and their ratio to the baseline's; the latter not for itself.

        Each round has a hash seed of its own, equal for all backends and in every record.
        """
        counts = {arm: _counts(rounds, arm) for arm in rounds.timed}
        base = counts.get(rounds.plan.baseline, {})
        return {
            arm: _result(of_arm, {} if arm == rounds.plan.baseline else base)
            for arm, of_arm in counts.items()
            if of_arm
        }


def _result(counts: Counts, base: Counts) -> PassResult:
    figures = {"instructions": PassFigure(estimate(list(counts.values()), LEVEL), Unit.COUNT)}
    if both := sorted(counts.keys() & base.keys()):
        figures["instructions_ratio"] = ratio_over_rounds((counts[number], base[number]) for number in both)
    return PassResult(figures, samples=tuple(counts.values()))


def _counts(rounds: BenchmarkSamples, arm: str) -> Counts:
    values = {number: part.values[0] for number, part in rounds.parts_by_round(arm).items()}
    counted = {number: value for number, value in values.items() if value.instructions > 0}
    return {number: value.instructions / value.loops for number, value in counted.items()}


def _row(timing: Timing) -> tuple[Cell, ...] | None:
    if (result := timing.passes.get("instructions")) is None:
        return None
    return cell(result, "instructions"), cell(result, "instructions_ratio")


INSTRUCTIONS = InstructionsPass(
    "instructions",
    method=Method.COUNTED,
    rounds=rounds_needed(1 - ERROR_RATE),
    budget=3 * BUDGET,
    missing=(
        "Valgrind counts them: install it, if it is not there; what it cannot run, and services, have none."
    ),
)

_NOTE = (
    "Counted by valgrind in rounds of their own, each with a seed of hashes that all backends "
    f"share ({LEVEL_IN_WORDS}). They hardly change with the machine's load, and are no stand-in for time."
)

INSTRUCTIONS_TABLE = PassTable(
    "instructions",
    "Instructions",
    ("an iteration", "ratio"),
    (_NOTE,),
    _row,
)
