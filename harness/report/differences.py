"""A record → the cases that are not as promised, those alike together; and the documented ones."""

from dataclasses import dataclass
from itertools import chain

from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Mismatch, Verdict
from harness.report.evidence import case_lines
from harness.report.tables.table import Table, texts

_LINES_SHOWN = 8
"""How many of a worker's last lines are shown where it ended badly; the record keeps more."""

_OWN_FRAMES = ("harness/worker/", "<frozen runpy>")
"""Frames of ours, which are at the root of every stack that a worker writes."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A difference: what was promised, what the backend did, and the first line where they part."""

    case: str
    because: str
    parting: Mismatch | None
    said: tuple[str, ...] = ()
    """The last lines that a worker which ended badly wrote on standard error or output."""
    evidence: tuple[str, ...] = ()
    """Lines that help to find the fault's place, those of each backend under its name where they differ."""


def differences(record: Record, *verdicts: Verdict) -> tuple[SideBySide, ...]:
    """The cases with these verdicts, those alike together: why, and where promise and observation part."""
    alike: dict[tuple[str, str, Mismatch | None], list[tuple[BenchmarkResult, CaseResult]]] = {}
    for line in record.results:
        for cell in line.cases:
            if cell.verdict.kind in verdicts:
                missing = cell.verdict.kind is Verdict.UNAVAILABLE
                where = cell.backend if missing else line.benchmark.id
                alike.setdefault((where, cell.verdict.reason, cell.verdict.mismatch), []).append((line, cell))
    return tuple(
        SideBySide(_alike(where, cases), because, parting, _said(cases[0][1]), _evidence(cases))
        for (where, because, parting), cases in alike.items()
    )


def remarks(record: Record) -> tuple[SideBySide, ...]:
    """Return what is worth a word of cases that are as promised: errors, warnings, what is left."""
    kept = differences(record, Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE)
    return tuple(remark for remark in kept if remark.because or remark.evidence)


def _alike(where: str, cases: list[tuple[BenchmarkResult, CaseResult]]) -> str:
    """The name of cases that are alike: a row on some backends, or a backend that is not there."""
    backends = list(dict.fromkeys(cell.backend for _, cell in cases))
    return where if backends == [where] else f"{where} on {', '.join(backends)}"


def _evidence(cases: list[tuple[BenchmarkResult, CaseResult]]) -> tuple[str, ...]:
    by_lines: dict[tuple[str, ...], list[str]] = {}
    for _, case in cases:
        by_lines.setdefault(case_lines(case), []).append(case.backend)
    if len(by_lines) == 1:
        return next(iter(by_lines))
    named = ((f"on {', '.join(dict.fromkeys(backends))}:", lines) for lines, backends in by_lines.items())
    return tuple(line for name, lines in named if lines for line in (name, *(f"  {line}" for line in lines)))


def _said(cell: CaseResult) -> tuple[str, ...]:
    said = [sighting.ended.output for sighting in cell.processes if sighting.ended] or [cell.verdict.output]
    lines = [line for line in said[0].splitlines() if not any(own in line for own in _OWN_FRAMES)]
    return tuple(lines[-_LINES_SHOWN:])


def documented(record: Record) -> Table | None:
    """The documented differences that were seen: what, the source, and where; None if there are none."""
    seen: dict[tuple[str, str], dict[str, list[str]]] = {}
    for line in record.results:
        for cell in line.cases:
            if cell.verdict.kind is Verdict.KNOWN_DIFFERENCE:
                rows = seen.setdefault((cell.verdict.reason, cell.verdict.source), {})
                rows.setdefault(cell.backend, []).append(line.benchmark.id)
    if not seen:
        return None
    lines = tuple(
        (because, source, ", ".join(rows), ", ".join(dict.fromkeys(chain(*rows.values()))))
        for (because, source), rows in seen.items()
    )
    return Table("Differences that are documented", texts("what", "source", "on", "in"), lines)
