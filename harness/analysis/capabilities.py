"""A record → what each loop can do: yes, no, wrong, crashed or hung, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from harness.analysis.matching import first_mismatch
from harness.analysis.verdicts import expected_promise
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Promise
from harness.protocol.observations import Observation, distinct_observations
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Mismatch, Verdict
from harness.report.tables.table import SYMBOLS, Table

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

SIGNS = {
    **{ability: SYMBOLS[verdict] for verdict, ability in _PLAIN.items()},
    Ability.UNTIDY: SYMBOLS[Verdict.AGREES],
    Ability.WRONG: SYMBOLS[Verdict.DIFFERS],
}
"""A sign for every ability; it always stands beside the word."""


@dataclass(frozen=True, slots=True)
class LoopAbility:
    """What one loop can do of one capability; the record has the evidence under the backend's name."""

    loop: str
    backend: str
    ability: Ability
    because: str
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
            line.benchmark.id,
            line.benchmark.summary,
            line.benchmark.source,
            tuple(_answer(record, line, cell) for cell in line.cases),
        )
        for line in record.results
        if TAG in line.benchmark.tags
    )


def loops(record: Record) -> tuple[str, ...]:
    """The loops of a record, in the order they are shown."""
    return tuple(dict.fromkeys(map(_loop_of, record.run.plan.backends)))


def _loop_of(backend: Backend) -> str:
    """A loop as a column is headed: with its environment, if it has one of its own."""
    return backend.loop.name + (f"@{backend.environment.name}" if backend.environment else "")


def _answer(record: Record, line: BenchmarkResult, cell: CaseResult) -> LoopAbility:
    finding = cell.verdict
    ability, because = _PLAIN.get(finding.kind), finding.reason
    if ability is None:
        ability, because = _observed(record, line, cell)
    loop = next(_loop_of(one) for one in record.run.plan.backends if one.name == cell.backend)
    return LoopAbility(loop, cell.backend, ability, because, finding.source, finding.kind)


def _observed(record: Record, line: BenchmarkResult, cell: CaseResult) -> tuple[Ability, str]:
    """Of a case that is not as promised: whether it did the thing, and what else it did."""
    looks = tuple(distinct_observations(cell.processes))
    reference = next(_looks_of(line), None)
    promise = expected_promise(
        line.benchmark, cell.backend, record.run.machine.python_of(cell.backend), reference
    )
    wrong = [said for look in looks if (said := _wrong(promise, look))]
    if not wrong:
        return Ability.UNTIDY, "; ".join(dict.fromkeys(filter(None, map(_left, looks))))
    sometimes = "" if len(wrong) == len(looks) else "not always: "
    return Ability.WRONG, sometimes + wrong[0]


def _looks_of(line: BenchmarkResult) -> Iterator[Observation]:
    for cell in line.cases:
        yield from distinct_observations(cell.processes)


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
        _at(lines, parting.first_line).removeprefix(f"{parting.aspect} ")
        for lines in (parting.promised, parting.observed)
    )
    return f"raises {came}" if parting.aspect == "raised" else f"{parting.aspect} {came}, not {promised}"


def _at(lines: tuple[str, ...], number: int) -> str:
    return lines[number] if number < len(lines) else "nothing"


def _left(look: Observation) -> str:
    """What a look complained of and left, each kind once: how many there are is not always the same."""
    complaints = ", ".join(dict.fromkeys(map(str, look.diagnostics)))
    said = [f"complains of {complaints}"] if complaints else []
    return ", ".join([*said, f"leaves {look.leaks}"] if str(look.leaks) != "nothing" else said)


def table(record: Record) -> Table | None:
    """Loops × capabilities; None where the record tried none."""
    tried = capabilities(record)
    if not tried:
        return None
    rows = tuple((one.name, *_row(one, loops(record))) for one in tried)
    return Table("What each loop can do", ("capability", *loops(record)), rows, tuple(_notes(tried)))


def _row(capability: Capability, names: Iterable[str]) -> Iterator[str]:
    abilities = {answer.loop: answer.ability for answer in capability.answers}
    return (f"{SIGNS[ability]} {ability}" if (ability := abilities.get(name)) else "" for name in names)


_MEANINGS = {
    Ability.YES: "does what is promised and leaves nothing behind",
    Ability.UNTIDY: "does what is promised, and complains of something or leaves something behind",
    Ability.NO: "says that it is not implemented, or is documented to lack it",
    Ability.WRONG: "does something else, or not always what is promised",
    Ability.CRASHED: "the process ended",
    Ability.HUNG: "there was no answer in time",
    Ability.UNMEASURED: "what was seen says nothing of the loop",
    Ability.ABSENT: "the loop cannot be had here",
}


def _notes(tried: Iterable[Capability]) -> Iterator[str]:
    met = {answer.ability for one in tried for answer in one.answers}
    yield "; ".join(f"{SIGNS[one]} {one}: {_MEANINGS[one]}" for one in Ability if one in met) + "."
    yield "anyio_… is tried through AnyIO, loop_… by calling the methods of the running asyncio loop."


def reasons(record: Record) -> Table | None:
    """Every answer but yes with its reason, those of a loop that are alike together; None if none."""
    alike: dict[tuple[str, Ability, str], list[str]] = {}
    for one in capabilities(record):
        for answer in one.answers:
            if answer.ability is not Ability.YES:
                because = f"{answer.because} ({answer.source})" if answer.source else answer.because
                alike.setdefault((answer.loop, answer.ability, because), []).append(one.name)
    if not alike:
        return None
    order = {name: at for at, name in enumerate(loops(record))}
    ranked = sorted(alike.items(), key=lambda item: (order[item[0][0]], list(Ability).index(item[0][1])))
    rows = tuple((loop, ability, because, ", ".join(names)) for (loop, ability, because), names in ranked)
    return Table("Why", ("loop", "can", "because", "capabilities"), rows)
