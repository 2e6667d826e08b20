"""Decides when a benchmark needs no more rounds: by precision, never by significance."""

from harness.records.estimate import Estimate
from harness.records.verdict import Verdict
from harness.runner.benchmark_state import BenchmarkState


def why_stop(state: BenchmarkState) -> str | None:
    """Return why a benchmark needs no more rounds; None if it does."""
    if not state.timed_backends():
        return _why_none_is_timed(state)
    effort, taken = state.plan.effort, len(state.rounds)
    if effort.fixed_rounds is not None:
        return f"{taken} rounds, as --{effort.name} asks" if taken >= effort.fixed_rounds else None
    enough = taken >= state.plan.rounds_for_an_interval or _lives_alone(state)
    over = _over(state) if enough else None
    since = taken - state.plan.rounds_before_first_look
    if since < 0 or since % effort.step:
        return over
    return _narrow_enough(state) or over


def _why_none_is_timed(state: BenchmarkState) -> str:
    """Return why no backend is timed: where none could be measured, what prevented that."""
    verdicts = [state.verdict(backend.name) for backend in state.backends]
    tried = [verdict for verdict in verdicts if verdict.kind is not Verdict.UNAVAILABLE]
    if tried and all(verdict.kind is Verdict.COULD_NOT_MEASURE for verdict in tried):
        return "; ".join(dict.fromkeys(verdict.reason for verdict in tried))
    return "no case of this row has a number"


def _narrow_enough(state: BenchmarkState) -> str | None:
    """Decide whether every interval is as narrow as asked; without a baseline there is none."""
    precision = state.plan.effort.precision
    ratios = state.samples().ratios().values()
    if not ratios:
        return "there is no other number to take a ratio of"
    narrow = all(_is_narrow(ratio, state.benchmark.ideal, precision) for ratio in ratios)
    return f"every interval is within ±{precision:.1%}" if narrow else None


def _is_narrow(ratio: Estimate, ideal: float | None, precision: float) -> bool:
    """Whether an interval is as narrow as asked: of a log ratio, or of µs against the ideal in seconds."""
    return ratio.half_width <= precision * (1 if ideal is None else ideal * 1e6)


def _over(state: BenchmarkState) -> str | None:
    """Decide whether the benchmark's time is over, rounds of an earlier part of a resumed run included."""
    seconds = state.plan.effort.max_seconds
    return f"{seconds:g} s are over" if sum(one.seconds for one in state.rounds) >= seconds else None


def _lives_alone(state: BenchmarkState) -> bool:
    """Whether iterations are so long that the time may be over after too few rounds for an interval."""
    return state.settings is not None and state.settings.one_at_a_time
