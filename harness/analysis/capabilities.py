"""A record → what each loop can do: yes, no, wrong, crashed or hung, and why."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from harness.analysis.matching import first_mismatch
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Promise
from harness.protocol.observations import Observation, distinct_observations
from harness.records.record import CaseResult, Record
from harness.records.verdict import Mismatch, Verdict

TAG = "capability"
"""The tag of the scenarios that each try one capability; a user's own may have it too."""


class Ability(StrEnum):
    """Whether a loop can do a thing."""

    YES = "yes"
    UNTIDY = "yes, but"
    """It did what was promised, and left something behind or complained of something else."""
    NO = "no"
    WRONG = "wrong"
    CRASHED = "crashed"
    HUNG = "hung"
    UNMEASURED = "could not measure"
    ABSENT = "not here"


_PLAIN = {
    Verdict.AGREES: Ability.YES,
    Verdict.DOCUMENTED: Ability.NO,  # in a capability, the difference that is documented is a lack
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
    """One thing that a loop can be able to do, with each loop's answer; `source` is its scenario's."""

    name: str
    summary: str
    source: str
    answers: tuple[LoopAbility, ...]


def capabilities(record: Record) -> tuple[Capability, ...]:
    """The capabilities that a record tried, in its order; none where no scenario has the tag."""
    return tuple(
        Capability(
            result.benchmark.id,
            result.benchmark.summary,
            result.benchmark.source,
            tuple(_answer(record, case) for case in result.cases),
        )
        for result in record.results
        if TAG in result.benchmark.tags
    )


def loops(record: Record) -> tuple[str, ...]:
    """The loops of a record, in the order they are shown."""
    return tuple(dict.fromkeys(map(_loop_of, record.run.plan.backends)))


def _loop_of(backend: Backend) -> str:
    """A loop as a column is headed: with its environment, if it has one of its own."""
    return backend.loop.name + (f"@{backend.environment.name}" if backend.environment else "")


def _answer(record: Record, case: CaseResult) -> LoopAbility:
    finding = case.verdict
    ability, because = _PLAIN.get(finding.kind), finding.reason
    if ability is None:
        ability, because = _observed(case)
    loop = next(_loop_of(one) for one in record.run.plan.backends if one.name == case.backend)
    return LoopAbility(loop, case.backend, ability, because, finding.source, finding.kind)


def _observed(case: CaseResult) -> tuple[Ability, str]:
    """Of a case that is not as promised: whether it did the thing, and what else it did."""
    looks = tuple(distinct_observations(case.processes))
    wrong = [said for look in looks if (said := _wrong(case.expected, look))]
    if not wrong:
        return Ability.UNTIDY, "; ".join(dict.fromkeys(filter(None, map(_left, looks))))
    sometimes = "" if len(wrong) == len(looks) else "not always: "
    return Ability.WRONG, sometimes + wrong[0]


def _wrong(promise: Promise, look: Observation) -> str:
    """What was promised and what came instead; empty if all that was promised came, whatever else did."""
    parting = first_mismatch(replace(promise, diagnostics=None, leaks=None), look)
    if parting is not None:
        return _in_words(parting)
    missing = Counter(promise.diagnostics or ()) - Counter(look.diagnostics)
    if missing:
        return f"does not report {next(iter(missing))}"
    return ""


def _in_words(parting: Mismatch) -> str:
    promised, came = (
        _at(results, parting.first_line).removeprefix(f"{parting.aspect} ")
        for results in (parting.promised, parting.observed)
    )
    return f"raises {came}" if parting.aspect == "raised" else f"{parting.aspect} {came}, not {promised}"


def _at(results: tuple[str, ...], number: int) -> str:
    return results[number] if number < len(results) else "nothing"


def _left(look: Observation) -> str:
    """What a look complained of and left, each kind once: how many there are is not always the same."""
    complaints = ", ".join(dict.fromkeys(map(str, look.diagnostics)))
    said = [f"complains of {complaints}"] if complaints else []
    return ", ".join([*said, f"leaves {look.leaks}"] if str(look.leaks) != "nothing" else said)
