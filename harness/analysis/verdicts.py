"""Observations of a case beside its promise give a verdict; claims beside observations give answers."""

from fnmatch import fnmatchcase
from itertools import chain

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.analysis.matching import first_mismatch
from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Claim, Difference, Prints, Promise
from harness.protocol.descriptions import Description
from harness.protocol.observations import NO_LEAKS, Observation, ProcessObservations, distinct_observations
from harness.records.verdict import CaseVerdict, ClaimResult, Mismatch, Verdict


def matching_difference(row: Benchmark, backend: str, python: str) -> Difference | None:
    """The documented difference for a backend on this Python. Raises BadInput where two match.

    It is documented for a loop and gatherer, whichever environment they run in.
    """
    names = {backend, backend.partition("@")[0]}
    try:
        matching = [
            difference
            for difference in row.differences
            if any(fnmatchcase(name, pattern) for name in names for pattern in difference.on)
            and SpecifierSet(difference.python).contains(python, prereleases=True)
        ]
    except InvalidSpecifier as error:
        raise BadInput(f'{row.source}: {row.id}: {error}; write python=">=3.12"') from None
    if len(matching) > 1:
        patterns = " and ".join(", ".join(difference.on) for difference in matching)
        raise BadInput(
            f"{row.source}: {row.id} documents two differences for {backend} (on {patterns}): "
            "narrow one of them until at most one matches each backend"
        )
    return matching[0] if matching else None


def judge(
    row: Benchmark,
    backend: str,
    python: str,
    sightings: tuple[ProcessObservations, ...],
    reference: Observation | None,
) -> CaseVerdict:
    """The verdict on a case; `reference` is the baseline's observation, for what is not promised."""
    if finding := _not_observed(sightings):
        return finding
    seen = tuple(distinct_observations(sightings))
    difference = matching_difference(row, backend, python)
    expected = expected_promise(row, backend, python, reference)
    partings = tuple(first_mismatch(expected, look) for look in seen)
    if (message := _unsupported(seen)) and (any(partings) or not promises_outcome(row, backend, python)):
        return CaseVerdict(Verdict.UNSUPPORTED, message)
    if not any(partings):
        if difference is None:
            return CaseVerdict(Verdict.AGREES)
        return CaseVerdict(Verdict.DOCUMENTED, difference.reason, source=difference.source)
    return _disagreement(row, difference, seen, partings, reference)


def expected_promise(row: Benchmark, backend: str, python: str, reference: Observation | None) -> Promise:
    """The whole promise for a backend: documented differences laid over it, the baseline beneath it."""
    difference = matching_difference(row, backend, python)
    promised = row.promise if difference is None else _overlay(row.promise, difference.promise)
    return _complete(promised, reference)


def _not_observed(sightings: tuple[ProcessObservations, ...]) -> CaseVerdict | None:
    for sighting in sightings:
        if sighting.unavailable is not None:
            return CaseVerdict(Verdict.UNAVAILABLE, sighting.unavailable)
        if sighting.unmeasured is not None:
            return CaseVerdict(Verdict.COULD_NOT_MEASURE, sighting.unmeasured)
        if sighting.ended is not None:
            verdict = Verdict.TIMED_OUT if sighting.ended.timed_out else Verdict.CRASHED
            return CaseVerdict(verdict, sighting.ended.how)
        if sighting.refused is not None:
            return CaseVerdict(Verdict.CRASHED, sighting.refused)
    if not any(sighting.observations for sighting in sightings):
        return CaseVerdict(Verdict.CRASHED, "nothing was observed")
    return None


def _disagreement(
    row: Benchmark,
    difference: Difference | None,
    seen: tuple[Observation, ...],
    partings: tuple[Mismatch | None, ...],
    reference: Observation | None,
) -> CaseVerdict:
    first = next(parting for parting in partings if parting)
    if len(set(seen)) > 1:
        return CaseVerdict(Verdict.UNSTABLE, f"{len(set(seen))} different observations", first)
    if difference and not first_mismatch(_complete(row.promise, reference), seen[0]):
        because = f"documented and not seen: {difference.reason}"
        return CaseVerdict(Verdict.DIFFERS, because, first, difference.source)
    return CaseVerdict(Verdict.DIFFERS, f"it {first.aspect} something else", first)


def promises_outcome(row: Benchmark, backend: str, python: str) -> bool:
    """Whether the row, or a documented difference, says what a backend returns or raises."""
    return expected_promise(row, backend, python, None).outcome is not None


def _unsupported(seen: tuple[Observation, ...]) -> str | None:
    """The loop's own message, if every look ended in NotImplementedError, or in a group of nothing else."""
    messages = [_missing(look.outcome.what) if look.outcome.how == "raised" else () for look in seen]
    return messages[0][0] if all(messages) else None


def _missing(error: Description) -> tuple[str, ...]:
    """The messages of an error that only says what is not implemented; none if it says anything else."""
    if error.type == "NotImplementedError":
        return (str(error),)
    if error.type not in ("ExceptionGroup", "BaseExceptionGroup"):
        return ()
    parts = [_missing(part) for part in error.parts]
    return tuple(chain.from_iterable(parts)) if all(parts) else ()


def _overlay(promise: Promise, over: Promise) -> Promise:
    return Promise(
        outcome=over.outcome or promise.outcome,
        prints=over.prints or promise.prints,
        diagnostics=promise.diagnostics if over.diagnostics is None else over.diagnostics,
        leaks=over.leaks or promise.leaks,
    )


def _complete(promise: Promise, reference: Observation | None) -> Promise:
    """Fill in what is not promised: what the baseline did, and nothing left behind."""
    return Promise(
        outcome=promise.outcome or (reference.outcome if reference else None),
        prints=promise.prints or (Prints(reference.prints) if reference else None),
        diagnostics=promise.diagnostics or (),
        leaks=promise.leaks or NO_LEAKS,
    )


def evaluate_claim(claim: Claim, sightings: tuple[ProcessObservations, ...]) -> ClaimResult:
    """Whether a claim holds: every look shows all that the claim says, and nothing ended badly."""
    seen = tuple(distinct_observations(sightings))
    if not seen or _not_observed(sightings) or _unsupported(seen):
        return ClaimResult.NOT_TRIED
    return (
        ClaimResult.FAILS if any(first_mismatch(claim.promise, look) for look in seen) else ClaimResult.HOLDS
    )
