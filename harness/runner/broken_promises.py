"""What shows in a round that an arm did another thing than its case was observed to do."""

from harness.analysis.matching import matches
from harness.protocol.descriptions import Description
from harness.records.pace import SELF_TEST_ARM, ArmRound
from harness.runner.benchmark_state import BenchmarkState


def unexpected_result(state: BenchmarkState, part: ArmRound) -> Description | None:
    """Return the first result of an arm that was not promised; None where all were."""
    outcome = state.expected_of_arm(part.arm).outcome
    for value in (*part.warmups, *part.values):
        if value.result and outcome and not matches(outcome.what, value.result):
            return value.result
    return None


def unexpected_loop(state: BenchmarkState, part: ArmRound) -> str | None:
    """Say on which other class of loop a case was timed than it was observed on; None if on the same."""
    backend = state.plan.baseline if part.arm == SELF_TEST_ARM else part.arm
    observed = {process.loop_class for process in state.observed(backend)} - {None}
    if not observed or not part.summary.loop_class or part.summary.loop_class in observed:
        return None
    return f"ran on {part.summary.loop_class} when timed, and on {', '.join(map(str, observed))} before"
