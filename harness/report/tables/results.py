"""The tables of a run's results: times, verdicts, claims and observations."""

from collections.abc import Iterable, Sequence

from harness.records.machine import BackendEnvironment
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.report.backend_names import backend_order, shown_names
from harness.report.formatting import (
    JUDGEMENT_MARKS,
    count_benchmarks,
    format_duration,
    format_excess,
    format_ratio,
)
from harness.report.tables.table import Column, Table, names, numbers, texts, verdict_columns
from harness.report.verdict_signs import case_verdict_text


def times(record: Record) -> Table | None:
    """Return the time per iteration on the baseline, then each backend's ratio; None if nothing was timed."""
    timed = [result for result in record.results if result.rounds]
    if not timed:
        return None
    backends = backend_order(record)
    shown = shown_names(record.backends)
    return Table(
        title="Time per iteration",
        columns=(*names("benchmark"), *numbers(*(shown[name] for name in backends))),
        rows=tuple(_times_row(record, result, backends) for result in timed),
        notes=tuple(_times_notes(record, timed)),
    )


def _times_row(record: Record, result: BenchmarkResult, backends: Sequence[str]) -> tuple[str, ...]:
    cells = {cell.backend: _times_cell(cell) for cell in result.cases}
    return (
        result.benchmark.id,
        *(cells.get(name) or missing_cell_text(record, result, name) for name in backends),
    )


def missing_cell_text(record: Record, result: BenchmarkResult, backend: str) -> str:
    """Return what stands where a backend has no case of a benchmark."""
    place = record.run.plan.column_of(backend, result.benchmark)
    return f"for {result.benchmark.only} only" if place is None else "as its loop"


def _times_cell(cell: CaseResult) -> str:
    timing = cell.timing
    if timing is None:
        return str(cell.verdict.kind)
    mark = " *" if timing.flags or cell.verdict.blemish else ""
    if timing.excess is not None:
        return format_excess(timing.excess) + mark
    if timing.ratio is None:
        return format_duration(timing.seconds.value) + mark
    doubt = JUDGEMENT_MARKS.get(timing.judgement, "") if timing.judgement else ""
    return format_ratio(timing.ratio) + doubt + mark


def _times_notes(record: Record, timed: Sequence[BenchmarkResult]) -> Iterable[str]:
    plan = record.run.plan
    baseline = shown_names(record.backends)[plan.baseline]
    yield (
        f"A ratio is a backend's time divided by {baseline}'s, the median over rounds with its "
        f"{_level(record)} interval: 0.63× takes 63% of the time."
    )
    yield f"~ no clear difference   = equal within {plan.margin * 100:g}%   * see the warnings"
    if any(result.benchmark.ideal is not None for result in timed):
        yield "A scenario that sleeps is shown as the time beyond its ideal; it may be early on uvloop."
    if any(backend.gatherer != "gather" for backend in plan.backends):
        yield "A task group's figure includes the wrapper task that collects its result."
    if any(result.also_on for result in timed):
        yield "What several hosts measured is shown as the first of them, or one with a finding, measured it."


def _level(record: Record) -> str:
    plan = record.run.plan
    if not plan.effort.adjusted:
        return "95% (not adjusted)"
    return f"95% (adjusted for {plan.comparisons} comparisons)"


def verdicts(record: Record) -> Table:
    """Return the verdict on every case."""
    rows = []
    for result in record.results:
        cells = {cell.backend: case_verdict_text(cell.verdict) for cell in result.cases}
        texts_of_row = (
            cells.get(name) or missing_cell_text(record, result, name) for name in record.backends
        )
        rows.append((result.benchmark.id, *texts_of_row))
    blemished = any(cell.verdict.blemish for result in record.results for cell in result.cases)
    return Table(
        "What was observed",
        (*names("benchmark"), *_backend_columns(record)),
        tuple(rows),
        ("* did all that was promised, and left or reported something",) if blemished else (),
    )


def _backend_columns(record: Record) -> tuple[Column, ...]:
    shown = shown_names(record.backends)
    return verdict_columns(*(shown[name] for name in record.backends))


def ledger(record: Record) -> Table | None:
    """Return every claim with its computed answer on each backend; None where no benchmark makes a claim."""
    if not record.ledger:
        return None
    by_id = {result.benchmark.id: result for result in record.results}
    rows = []
    for answered in record.ledger:
        answers: dict[str, str] = dict(answered.answers)
        result = by_id[answered.benchmark]
        answers_of_row = (
            answers.get(name) or missing_cell_text(record, result, name) for name in record.backends
        )
        rows.append((f"{answered.claim.words} ({answered.claim.where})", *answers_of_row))
    note = "Computed from what was observed: the claims are the document's, in our words."
    return Table(
        "What the document claims",
        (*texts("claim"), *_backend_columns(record)),
        tuple(rows),
        (note,),
    )


def observed(record: Record) -> Table:
    """Return what was seen of every case: each distinct observation, and how often."""
    shown = shown_names(record.backends)
    rows = tuple(
        (
            f"{result.benchmark.id} on {shown[cell.backend]}",
            f"{seen.times}×",
            str(seen.observation.outcome),
            "; ".join(seen.observation.prints) or "nothing",
            "; ".join(map(str, seen.observation.diagnostics)) or "nothing",
            str(seen.observation.leaks),
        )
        for result in record.results
        for cell in result.cases
        for process in cell.processes
        for seen in process.observations
    )
    columns = (*names("case"), *numbers("observations"), *texts("outcome", "printed", "diagnostics", "leaks"))
    return Table("Every observation, process by process", columns, rows)


def heading(record: Record) -> tuple[str, str]:
    """Say what was compared, how much of it was timed, and when and on what."""
    machine, shown = record.run.machine, shown_names(record.backends)
    count = len(record.results)
    timed = sum(any(case.timing for case in result.cases) for result in record.results)
    how_many = (
        count_benchmarks(count) if timed in {0, count} else f"{count_benchmarks(count)}, {timed} timed,"
    )
    what = f"{how_many} on {', '.join(shown[name] for name in record.backends)}"
    where = f"{record.run.started} · {machine.cpu}, {machine.cores} CPUs · {machine.system} · {machine.build}"
    return what, where


def environment(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the run's environment as pairs of a name and what it was."""
    run, machine, shown = record.run, record.run.machine, shown_names(record.backends)
    after = "" if record.finished is None else f" before, {record.finished.load} after"
    return (
        ("started", run.started),
        ("command", run.command),
        *([("note", run.note)] if run.note else []),
        ("seed", str(run.plan.seed)),
        ("CPU", f"{machine.cpu}, {machine.cores} cores, governor {machine.governor or 'not readable'}"),
        ("pinned to CPU", ", ".join(map(str, machine.pinned)) or "not pinned: this system cannot"),
        ("system", machine.system),
        ("Python", machine.build),
        ("versions", _versions(machine.versions)),
        *(
            (f"on {shown[environment.backend]}", _environment(environment))
            for environment in machine.environments
        ),
        ("load", f"{machine.load}{after}"),
    )


def _versions(versions: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions)


def _environment(environment: BackendEnvironment) -> str:
    """Say what a backend in an environment of its own runs on."""
    return environment.unavailable or f"{environment.build}; {_versions(environment.versions)}"
