"""Counts the instructions of a benchmark's iterations, and yields each round as an entry of the journal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from harness.analysis.passes.contract import Pass
from harness.execution.arms import Arm, RoundContext
from harness.execution.instructions import can_count, open_counted_arms
from harness.execution.rounds import run_round
from harness.records.entries import PassRoundMeasured, RoundMeasured
from harness.records.pace import ArmFailure
from harness.runner.benchmark_state import BenchmarkState


def counted_rounds(state: BenchmarkState, planned: Pass, arms: Sequence[Arm]) -> Iterator[PassRoundMeasured]:
    """Yield the rounds that are not yet journaled; none where instructions cannot be counted.

    A backend that does not run under valgrind has none: that says nothing of it, and its verdict stays.
    """
    if (settings := state.settings) is None or not can_count():
        return
    able = list(arms)
    context = RoundContext(None, state.plan.timeout_of(state.benchmark), open_arms=open_counted_arms)
    while able and not state.is_over(planned):
        number, start = len(state.pass_rounds(planned.name)), perf_counter()
        seed = f"{state.plan.seed}/{state.benchmark.id}/{planned.name}/{number}"
        parts = run_round(_with_hash_seed(able, number), planned.pace(settings), context, seed)
        if isinstance(parts, ArmFailure):
            able = [arm for arm in able if arm.name != parts.arm]
            continue
        seconds = round(perf_counter() - start, 3)
        journaled = tuple(part.without_results() for part in parts)
        yield PassRoundMeasured(planned.name, RoundMeasured(state.benchmark.id, number, seconds, journaled))


def _with_hash_seed(arms: Sequence[Arm], number: int) -> list[Arm]:
    """Return the arms with a seed of hashes that is the round's own: they move the count by some 0.03%."""
    seed = ("PYTHONHASHSEED", str(number + 1))
    return [replace(arm, variables=(*arm.variables, seed)) for arm in arms]
