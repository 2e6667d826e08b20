"""Decides when a benchmark needs no more rounds: by precision, never by significance."""

from harness.records.estimate import Estimate
from harness.records.stop_reason import StopKind, StopReason
from harness.records.verdict import Verdict
from harness.runner.benchmark_state import BenchmarkState

MOST_TIMES_LIMIT = 3
"""How many times its limit a benchmark of very long iterations may take until it has an interval."""


def why_stop(state: BenchmarkState) -> StopReason | None:
    """Return why a benchmark needs no more rounds; None if it does."""
    if not state.timed_backends():
        return _why_none_is_timed(state)
    effort, taken = state.plan.effort, len(state.rounds)
    if effort.fixed_rounds is not None:
        return StopReason(StopKind.ROUNDS, taken, effort.name) if taken >= effort.fixed_rounds else None
    return (_narrow_enough(state) if state.plan.is_look(taken) else None) or _over(state)


def _why_none_is_timed(state: BenchmarkState) -> StopReason:
    """Return why no backend is timed: where none could be measured, what prevented that."""
    verdicts = [state.verdict(backend.name) for backend in state.backends]
    tried = [verdict for verdict in verdicts if verdict.kind is not Verdict.UNAVAILABLE]
    if tried and all(verdict.kind is Verdict.COULD_NOT_MEASURE for verdict in tried):
        reasons = "; ".join(dict.fromkeys(verdict.reason for verdict in tried))
        return StopReason(StopKind.NOTHING_TIMED, detail=reasons)
    return StopReason(StopKind.NOTHING_TIMED)


def _narrow_enough(state: BenchmarkState) -> StopReason | None:
    """Decide whether every 95% interval is as narrow as asked; without a baseline there is none."""
    precision = state.plan.effort.precision
    ratios = state.samples().watched_ratios(state.plan.width_level).values()
    if not ratios:
        return StopReason(StopKind.NOTHING_TO_COMPARE)
    narrow = all(_is_narrow(ratio, state.benchmark.ideal, precision) for ratio in ratios)
    return StopReason(StopKind.PRECISION, precision) if narrow else None


def _is_narrow(ratio: Estimate, ideal: float | None, precision: float) -> bool:
    """Decide whether an interval is as narrow as asked, be it of a log ratio or of µs beyond the ideal."""
    return ratio.half_width <= precision * (1 if ideal is None else ideal * 1e6)


def _over(state: BenchmarkState) -> StopReason | None:
    """Decide whether the benchmark's time is over, rounds of an earlier part of a resumed run included.

    Without the rounds that an interval needs it is not, but where iterations are so long that these may take
    many times as long as the limit.
    """
    seconds, precision = state.plan.seconds_of(state.benchmark), state.plan.effort.precision
    spent = sum(measured.seconds for measured in state.rounds)
    if spent < seconds:
        return None
    has_interval = len(state.rounds) >= state.plan.rounds_for_an_interval
    if not has_interval and not (_lives_alone(state) and spent >= MOST_TIMES_LIMIT * seconds):
        return None
    return StopReason(StopKind.TIME, seconds, f"±{precision:.1%}")


def _lives_alone(state: BenchmarkState) -> bool:
    """Decide whether iterations are so long that the time may end before there is an interval."""
    return state.settings is not None and state.settings.one_at_a_time
