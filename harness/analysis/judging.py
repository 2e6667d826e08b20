"""The verdict on a case, judged beside what the benchmark's other backends were seen to do.

A scenario that raises on every backend, though nothing promises that, is itself at fault: that all raise
says nothing of any loop, so it is neither an agreement nor a difference.
"""

from collections.abc import Iterable, Iterator, Mapping

from harness.analysis.matching import first_mismatch
from harness.analysis.verdicts import judge
from harness.protocol.benchmarks import Benchmark, Promise
from harness.protocol.descriptions import Description
from harness.protocol.observations import Observation, ProcessObservations, distinct_observations
from harness.records.promises import expected_promise
from harness.records.verdict import CaseVerdict, Verdict

_OVERRULED = frozenset(
    {Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE, Verdict.DIFFERENT_RESULT, Verdict.UNSTABLE}
)
"""The verdicts that rest on a comparison, which means nothing where the scenario itself is at fault."""

_GROUPS = ("ExceptionGroup", "BaseExceptionGroup")
"""What wraps errors on the backends whose gatherer is a task group."""

ObservationsByBackend = Mapping[str, tuple[ProcessObservations, ...]]
"""What the processes of each backend observed of a benchmark, the baseline's first."""


def judge_among(
    benchmark: Benchmark, backend: str, python: str, observed: ObservationsByBackend
) -> CaseVerdict:
    """Judge a case beside what the benchmark's other backends were seen to do."""
    verdict = judge(benchmark, backend, python, observed[backend], reference_of(observed))
    if verdict.kind not in _OVERRULED or not _must_return_somewhere(benchmark, backend, python, observed):
        return verdict
    error = _scenario_error(
        benchmark, [tuple(distinct_observations(processes)) for processes in observed.values()]
    )
    return verdict if error is None else CaseVerdict(Verdict.COULD_NOT_MEASURE, error)


def _must_return_somewhere(
    benchmark: Benchmark, backend: str, python: str, observed: ObservationsByBackend
) -> bool:
    """Decide whether it is the scenario that is at fault if it raises on every backend.

    Where a value is promised, it may be the only loop that was observed which is wrong; and where it is
    documented that the scenario raises somewhere, it says something of loops that it does.
    """
    promised = expected_promise(benchmark, backend, python, None).outcome
    if promised is None:
        return True
    documented = (difference.promise.outcome for difference in benchmark.differences)
    raises = any(outcome is not None and outcome.how == "raised" for outcome in (promised, *documented))
    return not raises and _on_several_loops(observed)


def _on_several_loops(observed: ObservationsByBackend) -> bool:
    """Decide whether two different loops were observed, the baseline's among them."""
    names = [backend for backend, processes in observed.items() if any(distinct_observations(processes))]
    loops = {name.partition("@")[0].partition("+")[0] for name in names}
    return len(loops) > 1 and next(iter(observed), None) in names


def reference_of(observed: ObservationsByBackend) -> Observation | None:
    """Return the observation that stands for what is not promised: the baseline's first, or the next best."""
    every = (
        observation for processes in observed.values() for observation in distinct_observations(processes)
    )
    return next(every, None)


def _scenario_error(benchmark: Benchmark, by_backend: list[tuple[Observation, ...]]) -> str | None:
    """Say why the scenario is at fault; None where it returned anywhere or a claim says that it raises."""
    observed = [observation for observed_there in by_backend for observation in observed_there]
    if any(observation.outcome.how == "returned" for observation in observed):
        return None
    if any(_is_claimed(benchmark, observed_there) for observed_there in by_backend if observed_there):
        return None
    types = dict.fromkeys(name for observation in observed for name in _types(observation.outcome.what))
    error = observed[0].outcome.what
    return (
        f"raises {' or '.join(types)} on every backend ({_place(benchmark, observed)}: {error}), so "
        f"there is nothing to compare or to time: {_how_to_mend(benchmark)}"
    )


def _how_to_mend(benchmark: Benchmark) -> str:
    if benchmark.app:
        return f"see that {benchmark.app} starts here and answers, or choose others with --app and --paths"
    return "mend the scenario, or promise the error with raises="


def _is_claimed(benchmark: Benchmark, observed: tuple[Observation, ...]) -> bool:
    """Decide whether a claim says that the error is raised, and a backend raises it."""
    outcomes = [claim.promise.outcome for claim in benchmark.claims if claim.promise.outcome is not None]
    errors = [Promise(outcome) for outcome in outcomes if outcome.how == "raised"]
    return any(
        all(first_mismatch(error, observation) is None for observation in observed) for error in errors
    )


def _types(error: Description) -> Iterator[str]:
    """Yield the type of an error, or those of the errors inside a group."""
    if error.type not in _GROUPS or not error.parts:
        yield error.type
        return
    for inner in error.parts:
        yield from _types(inner)


def _place(benchmark: Benchmark, observed: Iterable[Observation]) -> str:
    """Return the scenario's file and the line that raised, or the line where the scenario begins."""
    line = next(
        (observation.raised_on_line for observation in observed if observation.raised_on_line is not None),
        None,
    )
    return benchmark.source if line is None else f"{benchmark.source.rpartition(':')[0]}:{line}"
