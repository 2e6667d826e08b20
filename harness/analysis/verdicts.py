"""Verdicts on cases, from their observations beside their promises, and the results of claims."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import chain

from harness.analysis.matching import first_mismatch
from harness.protocol.benchmarks import Benchmark, Claim, Difference, Promise
from harness.protocol.descriptions import Description
from harness.protocol.observations import (
    ANY_DIAGNOSTICS,
    NO_LEAKS,
    Leaks,
    Observation,
    ProcessObservations,
    distinct_observations,
    without_start_up,
)
from harness.records.promises import complete_promise, expected_promise, matching_difference
from harness.records.verdict import CaseVerdict, ClaimResult, Mismatch, Verdict


def judge(
    benchmark: Benchmark,
    backend: str,
    python: str,
    processes: tuple[ProcessObservations, ...],
    reference: Observation | None,
) -> CaseVerdict:
    """Judge one case; `reference` is the baseline's observation, which stands for what is not promised."""
    if verdict := _not_observed(processes):
        return verdict
    settled = [without_start_up(process) for process in processes]
    observed = tuple(distinct_observations(tuple(process for process, _ in settled)))
    difference = matching_difference(benchmark, backend, python)
    expected = expected_promise(benchmark, backend, python, reference)
    mismatches = tuple(first_mismatch(expected, observation) for observation in observed)
    if any(mismatches) and all(map(partial(_does_all, expected), observed)):
        return _blemished(difference, blemish_in_words(expected, observed))
    if (message := _unsupported(observed)) and (
        any(mismatches) or not promises_outcome(benchmark, backend, python)
    ):
        return CaseVerdict(Verdict.UNSUPPORTED, message)
    if not any(mismatches):
        if difference is None:
            return CaseVerdict(Verdict.SAME_RESULT, _start_up(left for _, left in settled))
        return CaseVerdict(Verdict.KNOWN_DIFFERENCE, difference.reason, source=difference.source)
    return _disagreement(benchmark, difference, observed, mismatches, reference)


def _does_all(promise: Promise, observation: Observation) -> bool:
    """Decide whether all that was promised was seen, diagnostics among it, whatever else was."""
    promised = () if promise.diagnostics == ANY_DIAGNOSTICS else promise.diagnostics or ()
    missing = Counter(promised) - Counter(observation.diagnostics)
    leaks = promise.leaks or NO_LEAKS
    return (
        not missing
        and all(late >= early for early, late in zip(leaks.counts, observation.leaks.counts, strict=True))
        and first_mismatch(replace(promise, diagnostics=None, leaks=None), observation) is None
    )


def _blemished(difference: Difference | None, blemish: str) -> CaseVerdict:
    """Return the verdict on a case that did all that was promised, and left or reported something."""
    if difference is None:
        return CaseVerdict(Verdict.SAME_RESULT, blemish=blemish)
    return CaseVerdict(Verdict.KNOWN_DIFFERENCE, difference.reason, source=difference.source, blemish=blemish)


def blemish_in_words(promise: Promise, observed: Iterable[Observation]) -> str:
    """Say what was left or reported that is not promised; each distinct observation of it once."""
    words = dict.fromkeys(_blemish(promise, observation) for observation in observed)
    return " or ".join(filter(None, words))


def _blemish(promise: Promise, observation: Observation) -> str:
    words = []
    if first_mismatch(Promise(diagnostics=promise.diagnostics), observation) is not None:
        unexpected = Counter(observation.diagnostics) - Counter(promise.diagnostics or ())
        words.append(f"reports {', '.join(map(str, unexpected))}")
    if first_mismatch(Promise(leaks=promise.leaks), observation) is not None:
        words.append(f"leaves {observation.leaks.counts_in_words} a loop")
    return ", ".join(words)


def _start_up(leaks: Iterable[Leaks | None]) -> str:
    """Say what only the first run in each process left; nothing if none left any."""
    left = dict.fromkeys(str(left) for left in leaks if left is not None)
    return f"left at the first run in a process only: {' or '.join(left)}" if left else ""


def _not_observed(processes: tuple[ProcessObservations, ...]) -> CaseVerdict | None:
    for process in processes:
        if process.unavailable is not None:
            return CaseVerdict(Verdict.UNAVAILABLE, process.unavailable)
        if process.unmeasured is not None:
            return CaseVerdict(Verdict.COULD_NOT_MEASURE, process.unmeasured)
        if process.ended is not None:
            verdict = Verdict.TIMED_OUT if process.ended.timed_out else Verdict.CRASHED
            return CaseVerdict(verdict, process.ended.how)
        if process.refused is not None:
            return CaseVerdict(Verdict.CRASHED, process.refused)
    if not any(process.observations for process in processes):
        return CaseVerdict(Verdict.CRASHED, "nothing was observed")
    return None


def _disagreement(
    benchmark: Benchmark,
    difference: Difference | None,
    observed: tuple[Observation, ...],
    mismatches: tuple[Mismatch | None, ...],
    reference: Observation | None,
) -> CaseVerdict:
    first = next(mismatch for mismatch in mismatches if mismatch)
    if len(set(observed)) > 1:
        return CaseVerdict(Verdict.UNSTABLE, f"{len(set(observed))} different observations", first)
    if difference and not first_mismatch(complete_promise(benchmark.promise, reference), observed[0]):
        reason = f"documented and not seen: {difference.reason}"
        return CaseVerdict(Verdict.DIFFERENT_RESULT, reason, first, difference.source)
    return CaseVerdict(Verdict.DIFFERENT_RESULT, f"it {first.aspect} something else", first)


def promises_outcome(benchmark: Benchmark, backend: str, python: str) -> bool:
    """Decide whether the benchmark, or a documented difference, says what a backend returns or raises."""
    return expected_promise(benchmark, backend, python, None).outcome is not None


def _unsupported(observed: tuple[Observation, ...]) -> str | None:
    """Return the loop's own message if every observation ended in NotImplementedError or a group of it."""
    messages = [
        _missing(observation.outcome.what) if observation.outcome.how == "raised" else ()
        for observation in observed
    ]
    return messages[0][0] if all(messages) else None


def _missing(error: Description) -> tuple[str, ...]:
    """Return the messages of an error that only says what is not implemented; none for any other error."""
    if error.type == "NotImplementedError":
        return (str(error),)
    if error.type not in ("ExceptionGroup", "BaseExceptionGroup"):
        return ()
    parts = [_missing(part) for part in error.parts]
    return tuple(chain.from_iterable(parts)) if all(parts) else ()


def evaluate_claim(claim: Claim, processes: tuple[ProcessObservations, ...]) -> ClaimResult:
    """Decide whether a claim holds: every observation shows all that it says, and no worker ended badly."""
    observed = tuple(distinct_observations(processes))
    if not observed or _not_observed(processes) or _unsupported(observed):
        return ClaimResult.NOT_TRIED
    return (
        ClaimResult.FAILS
        if any(first_mismatch(claim.promise, observation) for observation in observed)
        else ClaimResult.HOLDS
    )
