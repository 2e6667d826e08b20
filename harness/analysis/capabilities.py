"""What each loop of a record can do: yes, no, wrong, crashed or hung, and why."""

from collections import Counter
from dataclasses import dataclass, replace

from harness.analysis.matching import first_mismatch
from harness.analysis.verdicts import blemish_in_words
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Promise
from harness.protocol.observations import Observation, distinct_observations
from harness.records.conformance import Ability
from harness.records.record import CaseResult, Record
from harness.records.verdict import Mismatch, Verdict

TAG = "capability"
"""The tag of the scenarios that each try one capability; a user's own may have it too."""


_PLAIN = {
    Verdict.SAME_RESULT: Ability.YES,
    Verdict.KNOWN_DIFFERENCE: Ability.NO,  # in a capability, the difference that is documented is a lack
    Verdict.UNSUPPORTED: Ability.NO,
    Verdict.CRASHED: Ability.CRASHED,
    Verdict.TIMED_OUT: Ability.HUNG,
    Verdict.COULD_NOT_MEASURE: Ability.UNMEASURED,
    Verdict.UNAVAILABLE: Ability.ABSENT,
}
"""Verdicts that say it all; where a case differs or is unstable, what was observed decides."""


@dataclass(frozen=True, slots=True)
class LoopAbility:
    """What one loop can do of one capability; the record has the evidence under the backend's name."""

    loop: str
    backend: str
    ability: Ability
    reason: str
    source: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Capability:
    """Something that a loop may be able to do, with each loop's answer; `source` is that of its scenario.

    `title` is what people call it, and `reported` names the public reports that it comes from.
    """

    name: str
    summary: str
    source: str
    answers: tuple[LoopAbility, ...]
    title: str
    reported: tuple[str, ...]


def capabilities(record: Record) -> tuple[Capability, ...]:
    """Return the capabilities that a record tried, in its order; none where no scenario has the tag."""
    return tuple(
        Capability(
            result.benchmark.id,
            result.benchmark.summary,
            result.benchmark.source,
            tuple(_answer(record, case) for case in result.cases),
            result.benchmark.title or result.benchmark.id,
            result.benchmark.reported,
        )
        for result in record.results
        if TAG in result.benchmark.tags
    )


def loops(record: Record) -> tuple[str, ...]:
    """Return the names of a record's loops, in the order in which they are shown."""
    return tuple(dict.fromkeys(map(_loop_of, record.run.plan.backends)))


def headings(record: Record) -> tuple[str, ...]:
    """Return the names of the loops with their versions, in the same order.

    The version of a loop that the standard library brings is that of its Python; a loop whose version is not
    known stands alone.
    """
    named = {_loop_of(backend): _version(record, backend) for backend in record.run.plan.backends}
    return tuple(f"{loop} {version}".strip() for loop, version in named.items())


def loop_versions(record: Record) -> tuple[tuple[str, str, str], ...]:
    """Return each loop with its own version, empty where it has none, and the version of its Python."""
    by_loop = {_loop_of(backend): backend for backend in record.run.plan.backends}
    machine = record.run.machine
    return tuple(
        (loop, _own_version(record, backend), machine.python_of(backend.name))
        for loop, backend in by_loop.items()
    )


def _version(record: Record, backend: Backend) -> str:
    """Return the version that stands beside a loop; empty where the record does not say which it is."""
    loop = backend.loop
    if loop.family == "asyncio" and (not loop.factory or (loop.is_ours and not loop.distribution)):
        return record.run.machine.python_of(backend.name)
    return _own_version(record, backend)


def _own_version(record: Record, backend: Backend) -> str:
    return dict(record.run.machine.of(backend.name).versions).get(backend.loop.distribution, "")


def _loop_of(backend: Backend) -> str:
    """Return the head of a loop's column: its name, with that of its environment if it has its own."""
    return backend.loop.name + (f"@{backend.environment.name}" if backend.environment else "")


def _answer(record: Record, case: CaseResult) -> LoopAbility:
    verdict = case.verdict
    ability, reason = _PLAIN.get(verdict.kind), verdict.reason
    if ability is None:
        ability, reason = _ability_observed(case)
    elif ability is Ability.YES and verdict.blemish:
        ability, reason = Ability.UNTIDY, verdict.blemish
    loop = next(_loop_of(backend) for backend in record.run.plan.backends if backend.name == case.backend)
    return LoopAbility(loop, case.backend, ability, reason, verdict.source, verdict.kind)


def _ability_observed(case: CaseResult) -> tuple[Ability, str]:
    """Decide from the observations of a case that is not as promised what the loop can do, and say why."""
    observations = tuple(distinct_observations(case.processes))
    faults = [fault for observation in observations if (fault := _fault(case.expected, observation))]
    if not faults:
        return Ability.UNTIDY, blemish_in_words(case.expected, observations)
    sometimes = "" if len(faults) == len(observations) else "not always: "
    return Ability.WRONG, sometimes + faults[0]


def _fault(promise: Promise, observation: Observation) -> str:
    """Say what was promised and what came instead; empty if all that was promised came, whatever else did."""
    mismatch = first_mismatch(replace(promise, diagnostics=None, leaks=None), observation)
    if mismatch is not None:
        return _in_words(mismatch)
    missing = Counter(promise.diagnostics or ()) - Counter(observation.diagnostics)
    if missing:
        return f"does not report {next(iter(missing))}"
    return ""


def _in_words(mismatch: Mismatch) -> str:
    promised, came = (
        _line(lines, mismatch.first_line).removeprefix(f"{mismatch.aspect} ")
        for lines in (mismatch.promised, mismatch.observed)
    )
    return f"raises {came}" if mismatch.aspect == "raised" else f"{mismatch.aspect} {came}, not {promised}"


def _line(lines: tuple[str, ...], index: int) -> str:
    return lines[index] if index < len(lines) else "nothing"
