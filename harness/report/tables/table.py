"""A record → the tables that every report shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.records.entries import BackendEnvironment
from harness.records.estimate import Estimate
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Verdict
from harness.report.formatting import JUDGEMENT_MARKS, VERDICTS, figure_of

SYMBOLS = {verdict: rendering.sign for verdict, rendering in VERDICTS.items()}
"""A sign for every verdict; it always stands beside the word or a legend, never alone."""


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column heads, rows of text, and footnotes; all columns but the first are figures."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def case_id(line: BenchmarkResult, cell: CaseResult) -> str:
    """The name of one case: row and backend."""
    return f"{line.benchmark.id} on {cell.backend}"


def times(record: Record) -> Table | None:
    """Time per iteration on the baseline, then each backend's time ratio; None if nothing was timed."""
    timed = [line for line in record.results if line.rounds]
    if not timed:
        return None
    plan = record.run.plan
    others = [name for name in record.backends if name != plan.baseline]
    return Table(
        title="Time per iteration",
        heads=("scenario", f"{plan.baseline}, µs", *others),
        rows=tuple(_times_row(record, line, (plan.baseline, *others)) for line in timed),
        notes=tuple(_times_notes(record, timed)),
    )


def _times_row(record: Record, line: BenchmarkResult, backends: Sequence[str]) -> tuple[str, ...]:
    cells = {cell.backend: _times_cell(cell, backends[0]) for cell in line.cases}
    return (
        line.benchmark.id,
        *(cells.get(name) or missing_cell_text(record, line, name) for name in backends),
    )


def missing_cell_text(record: Record, line: BenchmarkResult, backend: str) -> str:
    """What stands where a backend has no case of a row."""
    place = record.run.plan.column_of(backend, line.benchmark)
    return f"for {line.benchmark.only} only" if place is None else "as its loop"


def _times_cell(cell: CaseResult, baseline: str) -> str:
    timing = cell.timing
    if timing is None:
        return str(cell.verdict.kind)
    mark = " *" if timing.flags else ""
    if timing.excess is not None:
        return format_estimate(timing.excess, signed=True) + " µs" + mark
    if timing.ratio is None:
        unit = "" if cell.backend == baseline else " µs"
        return _number(timing.seconds.value * 1e6) + unit + mark
    doubt = JUDGEMENT_MARKS.get(timing.judgement, "") if timing.judgement else ""
    return format_estimate(timing.ratio, unit="×") + doubt + mark


def _times_notes(record: Record, timed: Sequence[BenchmarkResult]) -> Iterable[str]:
    plan = record.run.plan
    yield (
        f"A ratio is a backend's time divided by {plan.baseline}'s, the median over rounds with its "
        f"{_level(record)} interval: 0.63× takes 63% of the time."
    )
    yield f"~ not resolved   = equal within {plan.margin * 100:g}%   * see the warnings"
    if any(line.benchmark.ideal is not None for line in timed):
        yield "A story that sleeps is shown as µs beyond its ideal; it may be early on uvloop."
    if any(backend.gatherer != "gather" for backend in plan.backends):
        yield "A task group's figure includes the wrapper task that collects its result."


def _level(record: Record) -> str:
    plan = record.run.plan
    if not plan.effort.adjusted:
        return "95% (not adjusted)"
    return f"95% (adjusted for {plan.comparisons} comparisons)"


def _number(value: float) -> str:
    """Three significant digits or all of its integer part."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def format_estimate(estimate: Estimate, unit: str = "", *, signed: bool = False) -> str:
    """An estimate with its interval, to as many decimals as the interval is wide."""
    return str(figure_of(estimate, unit, signed=signed))


def verdicts(record: Record) -> Table:
    """The verdict on every case."""
    rows = []
    for line in record.results:
        cells = {cell.backend: _verdict(cell.verdict.kind) for cell in line.cases}
        said = (cells.get(name) or missing_cell_text(record, line, name) for name in record.backends)
        rows.append((line.benchmark.id, *said))
    return Table("What was observed", ("scenario", *record.backends), tuple(rows))


def _verdict(verdict: Verdict) -> str:
    return f"{SYMBOLS[verdict]} {verdict}"


def ledger(record: Record) -> Table | None:
    """Every claim with its computed answer on each backend; None where no row makes a claim."""
    if not record.ledger:
        return None
    by_id = {line.benchmark.id: line for line in record.results}
    rows = []
    for answered in record.ledger:
        answers: dict[str, str] = dict(answered.answers)
        line = by_id[answered.benchmark]
        said = (answers.get(name) or missing_cell_text(record, line, name) for name in record.backends)
        rows.append((f"{answered.claim.words} ({answered.claim.where})", *said))
    note = "Computed from what was observed: the claims are the document's, in our words."
    return Table("What the document claims", ("claim", *record.backends), tuple(rows), (note,))


def observed(record: Record) -> Table:
    """What was seen of every case: each distinct observation, and how often."""
    rows = tuple(
        (
            case_id(line, cell),
            f"{seen.times}×",
            str(seen.observation.outcome),
            "; ".join(seen.observation.prints) or "nothing",
            "; ".join(map(str, seen.observation.diagnostics)) or "nothing",
            str(seen.observation.leaks),
        )
        for line in record.results
        for cell in line.cases
        for sighting in cell.processes
        for seen in sighting.observations
    )
    heads = ("case", "looks", "outcome", "printed", "complained of", "left")
    return Table("Every observation, process by process", heads, rows)


def count_benchmarks(rows: int) -> str:
    """How many rows, in words."""
    return f"{rows} {'row' if rows == 1 else 'rows'}"


def heading(record: Record) -> tuple[str, str]:
    """What was compared, and when and on what."""
    begun = record.run
    env = begun.machine
    what = f"{count_benchmarks(len(record.results))} on {', '.join(record.backends)}"
    where = f"{begun.started} · {env.cpu}, {env.cores} CPUs · {env.system} · {env.build}"
    return what, where


def environment(record: Record) -> tuple[tuple[str, str], ...]:
    """The run's environment as pairs of a name and what it was."""
    begun, env = record.run, record.run.machine
    load = f"{env.load}" if record.finished is None else f"{env.load} before, {record.finished.load} after"
    return (
        ("started", begun.started),
        ("command", begun.command),
        ("seed", str(begun.plan.seed)),
        ("CPU", f"{env.cpu}, {env.cores} cores, governor {env.governor or 'not readable'}"),
        ("pinned to CPU", ", ".join(map(str, env.pinned)) or "not pinned: this system cannot"),
        ("system", env.system),
        ("Python", env.build),
        ("versions", _versions(env.versions)),
        *((f"on {one.backend}", _elsewhere(one)) for one in env.environments),
        ("load", load),
    )


def _versions(versions: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions)


def _elsewhere(there: BackendEnvironment) -> str:
    """What a backend in an environment of its own runs on."""
    return there.unavailable or f"{there.build}; {_versions(there.versions)}"
