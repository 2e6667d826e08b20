"""What one run of a program came to, from what its interpreter sent, and what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Any, TypeAlias

import msgspec

from harness.fuzz.language import Program, walk
from harness.fuzz.specification.family import SWITCHES, Quirk
from harness.fuzz.specification.machine import Entry
from harness.fuzz.specification.search import Judgement, Verdict, judge
from harness.fuzz.statements import KEYWORDS
from harness.fuzz.subject import Subject

RawEntry: TypeAlias = tuple[int, str, int, Any, float]


class Ran(msgspec.Struct, frozen=True):
    """What the interpreter sends after one program."""

    number: int
    trace: list[RawEntry]
    breaches: list[tuple[str, str]] = []
    escaped: str = ""
    hung: bool = False
    starved: float = 0.0
    """Seconds for which the process stood in line for a CPU meanwhile."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what the interpreter sent, or how it died before it could; `died` is a whole predicate.

    `timed_out`: it was ended, because it gave no answer.
    """

    ran: Ran
    died: str = ""
    timed_out: bool = False
    stderr: str = ""

    @property
    def trace(self) -> tuple[Entry, ...]:
        """The trace, its times rounded to instants."""
        return tuple(
            (task, kind, number, value, round(elapsed))
            for task, kind, number, value, elapsed in self.ran.trace
        )


class Problem(StrEnum):
    """What kind of thing is wrong with a run."""

    TRACE = "trace"
    LAW = "law"
    ESCAPED = "escaped"
    HUNG = "hung"
    DIED = "died"
    DOCUMENTED = "differs as documented"
    """A trace that another family's rules forbid, and its own allow."""

    @property
    def is_of_trace(self) -> bool:
        """Whether it is a trace that is not allowed."""
        return self in {Problem.TRACE, Problem.DOCUMENTED}


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is wrong with one run: the kind of problem, and what is the same in all runs of one fault.

    `position` is the entry at which the trace parts from what is allowed there.
    """

    problem: Problem
    signature: str
    position: int = -1
    allowed: tuple[str, ...] = ()
    is_late: bool = False


_STARVED = 0.1
"""Waiting for a CPU that excuses lateness, as a share of an instant."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that is said of one run: its symptoms, the known faults that it shows, whether it is undecided."""

    symptoms: tuple[Symptom, ...] = ()
    quirks: frozenset[Quirk] = frozenset()
    undecided: bool = False
    states: int = 0
    starved: float = 0.0

    @property
    def is_late(self) -> bool:
        """Whether its trace parts and was late."""
        return any(symptom.is_late for symptom in self.symptoms)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with it that is not known."""
        return not self.symptoms

    def is_starved(self, instant: float) -> bool:
        """Decide whether its threads waited for a CPU for longer than can be told from a loop that is late.

        `instant` is the seconds from one instant of the program to the next.
        """
        return self.starved > _STARVED * instant


def assess(subject: Subject, program: Program, run: Run) -> Assessment:
    """Judge one run of a program: its trace by the specification, the rest by the laws."""
    if run.died:
        problem = Problem.HUNG if run.timed_out else Problem.DIED
        return Assessment((Symptom(problem, _steady(run.died)),))
    trace = run.trace
    verdict, quirks = _judge(subject, program, trace)
    symptoms = _of_the_whole(subject, run)
    if verdict.judgement is Judgement.FORBIDDEN and not any(
        symptom.problem is Problem.ESCAPED for symptom in symptoms
    ):
        symptoms.append(_of_the_trace(subject, program, run, verdict))
    return Assessment(
        tuple(symptoms), quirks, verdict.judgement is Judgement.UNDECIDED, verdict.states, run.ran.starved
    )


def _judge(subject: Subject, program: Program, trace: Sequence[Entry]) -> tuple[Verdict, frozenset[Quirk]]:
    """The verdict on a trace, and the known faults without which it would be a worse one."""
    strict = judge(program, trace, subject.family)
    if strict.judgement is not Judgement.FORBIDDEN or not subject.quirks:
        return strict, frozenset()
    alone = [frozenset({quirk}) for quirk in sorted(subject.quirks)]
    for quirks in (*alone, subject.quirks):
        verdict = judge(program, trace, replace(subject.family, quirks=quirks))
        if verdict.judgement is not Judgement.FORBIDDEN:
            return verdict, quirks
    return strict, frozenset()


def _of_the_whole(subject: Subject, run: Run) -> list[Symptom]:
    symptoms = [
        Symptom(Problem.LAW, f"{law}: {_steady(words)}")
        for law, words in run.ran.breaches
        if law not in subject.unlawful
    ]
    if run.ran.escaped:
        symptoms.append(Symptom(Problem.ESCAPED, _steady(run.ran.escaped)))
    return list(dict.fromkeys(symptoms))


def _of_the_trace(subject: Subject, program: Program, run: Run, verdict: Verdict) -> Symptom:
    trace = run.trace
    if switches := _explaining_switches(subject, program, trace):
        return Symptom(Problem.DOCUMENTED, ", ".join(switches), verdict.position, verdict.allowed)
    problem = Problem.HUNG if run.ran.hung and verdict.position >= len(trace) else Problem.TRACE
    return Symptom(
        problem,
        _signature(program, trace, verdict),
        verdict.position,
        verdict.allowed,
        is_late=is_late(run.ran.trace) or _came_later(trace, verdict),
    )


def _explaining_switches(subject: Subject, program: Program, trace: Sequence[Entry]) -> tuple[str, ...]:
    """The fewest switches by which the family that a trace is judged by is to become like its own."""
    differing = [name for name in SWITCHES if getattr(subject.own, name) != getattr(subject.family, name)]
    for count in range(1, len(differing) + 1):
        for names in combinations(differing, count):
            family = replace(
                subject.family, quirks=subject.quirks, **{name: getattr(subject.own, name) for name in names}
            )
            if judge(program, trace, family).judgement is not Judgement.FORBIDDEN:
                return names
    return ()


def _came_later(trace: Sequence[Entry], verdict: Verdict) -> bool:
    """Decide whether a trace parts with an entry that came at a later instant than any that was allowed."""
    return verdict.position < len(trace) and trace[verdict.position][-1] > verdict.instant


def _signature(program: Program, trace: Sequence[Entry], verdict: Verdict) -> str:
    """What parts, without numbers: what the trace has, and what was allowed of the same task."""
    if verdict.position >= len(trace):
        waits = sorted({_without_numbers(_named(program, word)) for word in verdict.allowed})
        return f"nothing more happens, allowed: {'; '.join(waits) or 'nothing'}"
    task, kind, number, value, _ = trace[verdict.position]
    seen = _without_numbers(_named(program, f"task {task}: {kind} {number} {value}"))
    if _came_later(trace, verdict):
        seen = f"{seen} later"
    own = [word for word in verdict.allowed if word.startswith((f"task {task}:", f"task {task} "))]
    allowed = sorted({_without_numbers(_named(program, word)) for word in own})
    return f"{seen}, allowed: {'; '.join(allowed) or 'not now'}"


_ENTRY = re.compile(r"^(task \d+): (\S+) (-?\d+) (.*)$")


def _named(program: Program, words: str) -> str:
    """An entry with its statement's keyword in place of its number."""
    match = _ENTRY.match(words)
    if match is None:
        return words
    task, kind, number, value = match.groups()
    statements = [*walk(program.body)]
    index = int(number)
    keyword = KEYWORDS[type(statements[index])] if 0 <= index < len(statements) else "program"
    return f"{task}: {kind} {keyword} {value}"


def _without_numbers(words: str) -> str:
    return re.sub(r"\bE?\d+\b", "N", re.sub(r"task \d+:? ", "", words))


_ADDRESS = re.compile(r"0x[0-9a-f]+|(?<= at )[0-9a-f]{8,}")
_PATH = re.compile(r"(?:/[\w.@+-]+)+")
_DIGITS = re.compile(r"\d+")


def _steady(words: str) -> str:
    """Words without what differs from run to run: addresses, paths, numbers."""
    return _DIGITS.sub("N", _PATH.sub("…", _ADDRESS.sub("…", words)))[:200]


OFF_THE_GRID = 0.35
"""The share of an instant by which an entry may miss its own before it counts as late."""


def is_late(trace: Sequence[RawEntry]) -> bool:
    """Whether an entry of a trace came so late that the instant it belongs to is in doubt."""
    return any(abs(elapsed - round(elapsed)) > OFF_THE_GRID for *_, elapsed in trace)
