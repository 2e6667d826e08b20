"""The cases of a record that are not as promised, those alike together; and the documented ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain

from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import EXPLAINED, CaseVerdict, Mismatch, Verdict
from harness.report.backend_names import shown_names
from harness.report.evidence import case_lines
from harness.report.expectations import PROMISED, expectation_name, reference_case
from harness.report.tables.table import Table, texts

_LINES_SHOWN = 8
"""How many of a worker's last lines are shown where it ended badly; the record keeps more."""

_OWN_FRAMES = ("harness/worker/", "<frozen runpy>")
"""Parts of the paths of loopcmp's own frames, with which every stack that a worker writes begins."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A difference: what was promised, what the backend did, and the first line that differs."""

    case: str
    reason: str
    mismatch: Mismatch | None
    expected: str = PROMISED
    """The name of what was expected."""
    output: tuple[str, ...] = ()
    """The last lines that a worker wrote which ended badly."""
    evidence: tuple[str, ...] = ()
    """Lines that help to find the fault's place, those of each backend under its name where they differ."""


def differences(record: Record, *verdicts: Verdict) -> tuple[SideBySide, ...]:
    """Return the cases with these verdicts, those alike together, with where they leave the promise."""
    return _grouped(record, lambda verdict: verdict.kind in verdicts)


def findings(record: Record, *others: Verdict) -> tuple[SideBySide, ...]:
    """Return the cases that make a run end with exit code 1, and those with other verdicts."""
    return _grouped(record, lambda verdict: verdict.is_finding or verdict.kind in others)


def _grouped(record: Record, is_wanted: Callable[[CaseVerdict], bool]) -> tuple[SideBySide, ...]:
    names = shown_names(record.backends)
    alike: dict[tuple[str, str, Mismatch | None], list[tuple[BenchmarkResult, CaseResult]]] = {}
    for result in record.results:
        for cell in result.cases:
            if is_wanted(cell.verdict):
                missing = cell.verdict.kind is Verdict.UNAVAILABLE
                where = names[cell.backend] if missing else result.benchmark.id
                alike.setdefault((where, _reason(cell.verdict), cell.verdict.mismatch), []).append(
                    (result, cell)
                )
    return tuple(
        SideBySide(
            _title(where, cases, names),
            reason,
            mismatch,
            PROMISED if mismatch is None else expectation_name(record, cases[0][0], mismatch),
            _last_lines(cases[0][1]),
            _evidence([*cases, *_raised_instead(record, cases, mismatch)], names),
        )
        for (where, reason, mismatch), cases in alike.items()
    )


def _raised_instead(
    record: Record, cases: list[tuple[BenchmarkResult, CaseResult]], mismatch: Mismatch | None
) -> list[tuple[BenchmarkResult, CaseResult]]:
    """Return the case that these were held against, where an error of its own has a place that helps."""
    result = cases[0][0]
    reference = None if mismatch is None else reference_case(record, result, mismatch)
    if reference is None or any(reference is case for _, case in cases) or not case_lines(reference):
        return []
    return [(result, reference)]


def _reason(verdict: CaseVerdict) -> str:
    """Return why a case has its verdict; of a blemish, the verdict too, for it is no other one."""
    return f"{verdict.kind}, but {verdict.blemish}" if verdict.blemish else verdict.reason


def findings_and_remarks(record: Record) -> tuple[SideBySide, ...]:
    """Return what is to be looked into, and after it what is worth a word in cases that are as promised."""
    return (*findings(record, *EXPLAINED), *remarks(record))


def remarks(record: Record) -> tuple[SideBySide, ...]:
    """Return what is worth a word in cases that are as promised.

    It is what only the first run in a process left; of one scenario alone also its errors and warnings.
    """
    alone = len({result.benchmark.scenario for result in record.results}) == 1
    as_promised = _grouped(
        record,
        lambda verdict: (
            verdict.has_number
            and not verdict.blemish
            and (alone or (verdict.kind is Verdict.SAME_RESULT and bool(verdict.reason)))
        ),
    )
    return tuple(remark for remark in as_promised if remark.reason or remark.evidence)


def _title(where: str, cases: list[tuple[BenchmarkResult, CaseResult]], names: Mapping[str, str]) -> str:
    """Return the name of cases that are alike: a benchmark on its backends, or a missing backend."""
    backends = list(dict.fromkeys(names[cell.backend] for _, cell in cases))
    return where if backends == [where] else f"{where} on {', '.join(backends)}"


def _evidence(cases: list[tuple[BenchmarkResult, CaseResult]], names: Mapping[str, str]) -> tuple[str, ...]:
    by_lines: dict[tuple[str, ...], list[str]] = {}
    for _, case in cases:
        by_lines.setdefault(case_lines(case), []).append(names[case.backend])
    if len(by_lines) == 1:
        return next(iter(by_lines))
    named = ((f"on {', '.join(dict.fromkeys(backends))}:", lines) for lines, backends in by_lines.items())
    return tuple(line for name, lines in named if lines for line in (name, *(f"  {line}" for line in lines)))


def _last_lines(cell: CaseResult) -> tuple[str, ...]:
    """Return the last lines of the first worker that ended badly, without the frames of loopcmp itself."""
    outputs = [process.ended.output for process in cell.processes if process.ended] or [cell.verdict.output]
    lines = [line for line in outputs[0].splitlines() if not any(own in line for own in _OWN_FRAMES)]
    return tuple(lines[-_LINES_SHOWN:])


def documented(record: Record) -> Table | None:
    """Return the documented differences that were seen: what, the source, and where; None without any."""
    names = shown_names(record.backends)
    seen: dict[tuple[str, str], dict[str, list[str]]] = {}
    for result in record.results:
        for cell in result.cases:
            if cell.verdict.kind is Verdict.KNOWN_DIFFERENCE:
                benchmarks = seen.setdefault((cell.verdict.reason, cell.verdict.source), {})
                benchmarks.setdefault(names[cell.backend], []).append(result.benchmark.id)
    if not seen:
        return None
    rows = tuple(
        (reason, source, ", ".join(benchmarks), ", ".join(dict.fromkeys(chain(*benchmarks.values()))))
        for (reason, source), benchmarks in seen.items()
    )
    return Table("Differences that are documented", texts("what", "source", "on", "in"), rows)
