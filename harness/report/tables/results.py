"""Return the tables of a run's results: times, verdicts, claims and observations."""

from collections.abc import Iterable, Sequence

from harness.records.entries import BackendEnvironment
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.report.formatting import (
    JUDGEMENT_MARKS,
    case_id,
    count_benchmarks,
    format_duration,
    format_excess,
    format_ratio,
    verdict_text,
)
from harness.report.tables.table import Table, names, numbers, texts, verdict_columns


def times(record: Record) -> Table | None:
    """Time per iteration on the baseline, then each backend's time ratio; None if nothing was timed."""
    timed = [line for line in record.results if line.rounds]
    if not timed:
        return None
    plan = record.run.plan
    others = [name for name in record.backends if name != plan.baseline]
    return Table(
        title="Time per iteration",
        columns=(*names("benchmark"), *numbers(plan.baseline, *others)),
        rows=tuple(_times_row(record, line, (plan.baseline, *others)) for line in timed),
        notes=tuple(_times_notes(record, timed)),
    )


def _times_row(record: Record, line: BenchmarkResult, backends: Sequence[str]) -> tuple[str, ...]:
    cells = {cell.backend: _times_cell(cell) for cell in line.cases}
    return (
        line.benchmark.id,
        *(cells.get(name) or missing_cell_text(record, line, name) for name in backends),
    )


def missing_cell_text(record: Record, line: BenchmarkResult, backend: str) -> str:
    """What stands where a backend has no case of a row."""
    place = record.run.plan.column_of(backend, line.benchmark)
    return f"for {line.benchmark.only} only" if place is None else "as its loop"


def _times_cell(cell: CaseResult) -> str:
    timing = cell.timing
    if timing is None:
        return str(cell.verdict.kind)
    mark = " *" if timing.flags else ""
    if timing.excess is not None:
        return format_excess(timing.excess) + mark
    if timing.ratio is None:
        return format_duration(timing.seconds.value) + mark
    doubt = JUDGEMENT_MARKS.get(timing.judgement, "") if timing.judgement else ""
    return format_ratio(timing.ratio) + doubt + mark


def _times_notes(record: Record, timed: Sequence[BenchmarkResult]) -> Iterable[str]:
    plan = record.run.plan
    yield (
        f"A ratio is a backend's time divided by {plan.baseline}'s, the median over rounds with its "
        f"{_level(record)} interval: 0.63× takes 63% of the time."
    )
    yield f"~ no clear difference   = equal within {plan.margin * 100:g}%   * see the warnings"
    if any(line.benchmark.ideal is not None for line in timed):
        yield "A scenario that sleeps is shown as the time beyond its ideal; it may be early on uvloop."
    if any(backend.gatherer != "gather" for backend in plan.backends):
        yield "A task group's figure includes the wrapper task that collects its result."


def _level(record: Record) -> str:
    plan = record.run.plan
    if not plan.effort.adjusted:
        return "95% (not adjusted)"
    return f"95% (adjusted for {plan.comparisons} comparisons)"


def verdicts(record: Record) -> Table:
    """The verdict on every case."""
    rows = []
    for line in record.results:
        cells = {cell.backend: verdict_text(cell.verdict.kind) for cell in line.cases}
        said = (cells.get(name) or missing_cell_text(record, line, name) for name in record.backends)
        rows.append((line.benchmark.id, *said))
    return Table("What was observed", (*names("benchmark"), *verdict_columns(*record.backends)), tuple(rows))


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
    return Table(
        "What the document claims",
        (*texts("claim"), *verdict_columns(*record.backends)),
        tuple(rows),
        (note,),
    )


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
    columns = (*names("case"), *numbers("observations"), *texts("outcome", "printed", "diagnostics", "leaks"))
    return Table("Every observation, process by process", columns, rows)


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
