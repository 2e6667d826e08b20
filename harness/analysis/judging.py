"""All observations of a benchmark → the verdict on one of its cases.

A scenario that raises on every backend, though nothing promises that, is itself at fault: that all raise
alike says nothing of any loop, so it is no agreement.
"""

from collections.abc import Iterable, Iterator, Mapping

from harness.analysis.matching import first_mismatch
from harness.analysis.verdicts import judge, promises_outcome
from harness.protocol.benchmarks import Benchmark, Promise
from harness.protocol.descriptions import Description
from harness.protocol.observations import Observation, ProcessObservations, distinct_observations
from harness.records.verdict import CaseVerdict, Verdict

_OVERRULED = frozenset({Verdict.AGREES, Verdict.DOCUMENTED, Verdict.DIFFERS, Verdict.UNSTABLE})
"""The verdicts that rest on a comparison, which means nothing where the scenario itself is at fault."""

_GROUPS = ("ExceptionGroup", "BaseExceptionGroup")
"""What wraps errors on the backends whose gatherer is a task group."""

ObservationsByBackend = Mapping[str, tuple[ProcessObservations, ...]]
"""The sightings of a benchmark by backend, the baseline's first."""


def judge_among(row: Benchmark, backend: str, python: str, seen: ObservationsByBackend) -> CaseVerdict:
    """The verdict on a case, beside what the benchmark's other backends were seen to do."""
    finding = judge(row, backend, python, seen[backend], reference_of(seen))
    if finding.kind in _OVERRULED and not promises_outcome(row, backend, python):
        error = _scenario_error(row, [tuple(distinct_observations(sightings)) for sightings in seen.values()])
        return finding if error is None else CaseVerdict(Verdict.COULD_NOT_MEASURE, error)
    return finding


def reference_of(seen: ObservationsByBackend) -> Observation | None:
    """The observation that stands for what is not promised: the baseline's first, or the next best."""
    every = (look for sightings in seen.values() for look in distinct_observations(sightings))
    return next(every, None)


def _scenario_error(row: Benchmark, by_backend: list[tuple[Observation, ...]]) -> str | None:
    """Why the scenario is at fault; None where it returned anywhere or a claim says that it raises."""
    looks = [look for of_one in by_backend for look in of_one]
    if any(look.outcome.how == "returned" for look in looks):
        return None
    if any(_is_claimed(row, of_one) for of_one in by_backend if of_one):
        return None
    types = dict.fromkeys(name for look in looks for name in _types(look.outcome.what))
    return (
        f"raises {' or '.join(types)} on every backend ({_place(row, looks)}: {looks[0].outcome.what}), so "
        "there is nothing to compare or to time: mend the scenario, or promise the error with raises="
    )


def _is_claimed(row: Benchmark, looks: tuple[Observation, ...]) -> bool:
    """Whether a claim says that the error is raised, and a backend raises it."""
    outcomes = [claim.promise.outcome for claim in row.claims if claim.promise.outcome is not None]
    errors = [Promise(outcome) for outcome in outcomes if outcome.how == "raised"]
    return any(all(first_mismatch(error, look) is None for look in looks) for error in errors)


def _types(error: Description) -> Iterator[str]:
    """The types of an error; of a group, those of the errors inside it."""
    if error.type not in _GROUPS or not error.parts:
        yield error.type
        return
    for inner in error.parts:
        yield from _types(inner)


def _place(row: Benchmark, looks: Iterable[Observation]) -> str:
    """The scenario's file and the line that raised; where no look knows it, the line where it begins."""
    line = next((look.raised_on_line for look in looks if look.raised_on_line is not None), None)
    return row.source if line is None else f"{row.source.rpartition(':')[0]}:{line}"
