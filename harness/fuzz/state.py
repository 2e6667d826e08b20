"""What a campaign has come to: a fold over the lines of its journal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.journal import Chunk, Found, Line, Suspected
from harness.fuzz.known import KnownRow
from harness.fuzz.outcomes import Problem

Key = tuple[str, Problem, str]
"""A backend, a problem and a signature: what runs that may show one fault have in common."""

ENOUGH = 3
"""Suspects with the same signature that are looked into; the others are counted."""


@dataclass(slots=True)
class Totals:
    """How many programs were run on a backend, and what was said of them."""

    judged: int = 0
    undecided: int = 0
    late: int = 0
    several_tasks: int = 0
    known: Counter[str] = field(default_factory=Counter)

    @property
    def programs(self) -> int:
        """All of them."""
        return self.judged + self.undecided + self.late


class CampaignState:
    """Totals, findings, and which suspects have not been looked into. Not for several threads at once."""

    def __init__(self, rows: Sequence[KnownRow], lines: Iterable[Line] = ()) -> None:
        self._rows = rows
        self._findings: dict[str, Finding] = {}
        self.unconfirmed: dict[Key, list[Finding]] = {}
        self._chunks: dict[tuple[str, int], Chunk] = {}
        """By backend and first number; a chunk that was cut short is replaced when it is run again."""
        self.pending: dict[tuple[str, int, Problem, str], Suspect] = {}
        self._looked_into: Counter[Key] = Counter()
        self._ids: dict[Key, str] = {}
        """What the suspects with a signature have turned out to be."""
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Take one line into account."""
        match line:
            case Chunk():
                self._chunks[line.backend, line.first] = line
            case Suspected(suspect):
                self._looked_into[key_of(suspect)] += 1
                self.pending[_name(suspect)] = suspect
            case Found(suspect, finding):
                self.pending.pop(_name(suspect), None)
                self._add_finding(suspect, finding)

    def is_done(self, backend: str, first: int, count: int) -> bool:
        """Whether so many programs from this number on have been run."""
        chunk = self._chunks.get((backend, first))
        return chunk is not None and chunk.count >= count

    def totals(self) -> dict[str, Totals]:
        """The totals of each backend."""
        totals: dict[str, Totals] = {}
        for chunk in self._chunks.values():
            of_backend = totals.setdefault(chunk.backend, Totals())
            of_backend.judged += chunk.judged
            of_backend.undecided += chunk.undecided
            of_backend.late += chunk.late
            of_backend.several_tasks += chunk.several_tasks
            of_backend.known.update(chunk.known)
        return totals

    def all_findings(self) -> list[Finding]:
        """The findings, each with how many programs showed it."""
        again = Counter[str]()
        for chunk in self._chunks.values():
            again.update(chunk.again)
        return [
            msgspec.structs.replace(finding, times=finding.times + again[finding.id])
            for finding in self._findings.values()
        ]

    def _add_finding(self, suspect: Suspect, finding: Finding) -> None:
        if not finding.confirmed:
            seen = self.unconfirmed.setdefault(key_of(suspect), [])
            seen.append(finding)
            if finding.problem is not Problem.DIED or len(seen) < 2:  # noqa: PLR2004 - a death that comes again is no chance
                return
        self._ids[key_of(suspect)] = finding.id
        before = self._findings.get(finding.id)
        times = 1 if before is None else before.times + 1
        best = finding if before is None or _lines(finding) < _lines(before) else before
        self._findings[finding.id] = msgspec.structs.replace(best, times=times, known=self._known(finding))

    def _known(self, finding: Finding) -> str:
        if finding.problem is Problem.DOCUMENTED:
            return f"{finding.problem}: {finding.signature}"
        return next((row.name for row in self._rows if row.matches(finding)), "")

    def seen_before(self, key: Key) -> str | None:
        """Return the finding that another suspect with this key adds to; None if it is to be looked into."""
        return self._ids.get(key, "") if self._looked_into[key] >= ENOUGH else None


def key_of(suspect: Suspect) -> Key:
    """What a suspect has in common with others that may show the same fault."""
    return (suspect.backend, suspect.problem, suspect.signature)


def _name(suspect: Suspect) -> tuple[str, int, Problem, str]:
    return (suspect.backend, suspect.number, suspect.problem, suspect.signature)


def _lines(finding: Finding) -> int:
    return finding.program.count("\n") + (100 if finding.before else 0)
