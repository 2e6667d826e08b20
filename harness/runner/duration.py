"""How long a run would take, from what its plan allows each benchmark: rounds, values and seconds."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.analysis.passes.contract import BUDGET
from harness.analysis.passes.table import requested_passes
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import OBSERVATIONS_PER_PROCESS
from harness.records.counting import counted
from harness.records.plan import PROCESSES, WARMUPS, Plan

START_SECONDS = 0.4
"""The seconds that a worker takes to start on an ordinary machine: interpreter, AnyIO, loop and scenario."""

ROUND_OVERHEAD = 2.0
"""How many times longer a turn is than its value: a collection and untimed iterations come before it."""

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Duration:
    """The seconds that a run takes at least, and at most; both are estimates made without running anything.

    `timing` ends at the least where every interval is narrow enough at the first look, and at the most where
    every benchmark uses all of its time.
    """

    benchmarks: int
    timed: int
    cases: int
    checking: float
    timing: tuple[float, float]


def how_long(plan: Plan) -> Duration:
    """Estimate the time of a run from its plan."""
    cases = list(plan.cases())
    timings = [_timing(plan, benchmark) for benchmark in plan.timed_benchmarks]
    return Duration(
        benchmarks=len(plan.benchmarks),
        timed=len(timings),
        cases=len(cases),
        checking=sum(_observing(plan, benchmark) for benchmark in plan.benchmarks),
        timing=(sum(least for least, _ in timings), sum(most for _, most in timings)),
    )


def most_seconds(plan: Plan) -> dict[str, float]:
    """Return the most seconds that each benchmark may take by its plan, observing included, by its id."""
    return {name: most for name, (_, most) in bounds_of_benchmarks(plan).items()}


def bounds_of_benchmarks(plan: Plan) -> dict[str, tuple[float, float]]:
    """Return the seconds of each benchmark at the least and at the most, observing included, by its id."""
    return {benchmark.id: _bounds(plan, benchmark) for benchmark in plan.benchmarks}


def _bounds(plan: Plan, benchmark: Benchmark) -> tuple[float, float]:
    observing = _observing(plan, benchmark)
    least, most = _timing(plan, benchmark) if benchmark.timed else (0.0, 0.0)
    return observing + least, observing + most


def _observing(plan: Plan, benchmark: Benchmark) -> float:
    """Return the seconds in which a benchmark's cases are observed, two processes at a time."""
    a_process = START_SECONDS + OBSERVATIONS_PER_PROCESS * (benchmark.ideal or 0)
    return len(plan.backends_of(benchmark)) * a_process * PROCESSES / 2


def _timing(plan: Plan, benchmark: Benchmark) -> tuple[float, float]:
    """Return the seconds that a benchmark's rounds and passes take at the least and at the most."""
    effort = plan.effort
    arms = len(plan.backends_of(benchmark)) + 1  # the self-test is one
    turn = max(effort.value_seconds * ROUND_OVERHEAD, benchmark.ideal or 0)
    a_round = arms * (START_SECONDS + (effort.turns + WARMUPS) * turn)
    least = plan.rounds_before_first_look * a_round
    passes = BUDGET * len(requested_passes(plan, benchmark))
    if effort.fixed_rounds is not None:
        return least, least + passes
    return least, max(plan.seconds_of(benchmark), plan.rounds_for_an_interval * a_round) + a_round + passes


def in_words(duration: Duration) -> Iterator[str]:
    """Say how long the run would take, part by part, and on what that depends."""
    least, most = (duration.checking + seconds for seconds in duration.timing)
    yield (
        f"{counted(duration.benchmarks, 'benchmark')}, of which {duration.timed} "
        f"{'is' if duration.timed == 1 else 'are'} timed; {counted(duration.cases, 'case')}."
    )
    yield f"Checking takes about {_time(duration.checking)}."
    between = seconds_in_words(*duration.timing)
    yield f"Timing takes {between}: a benchmark ends when its intervals are narrow enough or its time is up."
    whole = seconds_in_words(least, most)
    yield f"All in all {whole}; more where single iterations are long. Nothing was run."


def seconds_in_words(least: float, most: float) -> str:
    """Return a range of seconds in the unit that fits each, or one time where both are shown alike."""
    shortest, longest = _time(least), _time(most)
    return f"about {shortest}" if shortest == longest else f"from {shortest} to {longest}"


def _time(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    hours, minutes = divmod(round(seconds / MINUTE), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
