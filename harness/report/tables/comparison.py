"""The table of a comparison, its footnotes and its sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from harness.analysis.between import Change, ComparedRecord, ComparisonBetween
from harness.analysis.hosts_compared import ComparisonOverHosts
from harness.analysis.within import Case, ComparisonWithin
from harness.records.counting import counted
from harness.records.estimate import Judgement
from harness.report.backend_names import shown_names
from harness.report.formatting import JUDGEMENT_MARKS, format_duration, format_ratio, ratio_figure
from harness.report.tables.hosts import hosts_table, ratio_tables
from harness.report.tables.table import Table, names, numbers

Comparison = ComparisonWithin | ComparisonBetween | ComparisonOverHosts


def names_in(comparison: Comparison) -> Mapping[str, str]:
    """Return the names that people see for the backends that are compared."""
    match comparison:
        case ComparisonWithin() | ComparisonOverHosts():
            return shown_names((comparison.baseline, *comparison.backends))
        case ComparisonBetween():
            compared = (times.backend for times in comparison.raw)
            return shown_names(dict.fromkeys((comparison.baseline, *compared)))


def comparison_tables(comparison: Comparison) -> tuple[Table, ...]:
    """Return the tables that show a comparison."""
    match comparison:
        case ComparisonWithin():
            return (table_within(comparison),)
        case ComparisonBetween():
            return (table_between(comparison),)
        case ComparisonOverHosts():
            return (hosts_table(comparison.hosts), *ratio_tables(comparison))


def table_within(comparison: ComparisonWithin) -> Table:
    """Return a benchmark's ratios beside each other; one that could not be compared at all is left out."""
    shown = names_in(comparison)
    cells: dict[Case, str] = {
        (case.benchmark, case.backend): format_ratio(case.ratio) for case in comparison.ratios
    }
    rows = tuple(
        (benchmark, *(cells.get((benchmark, name), "no number") for name in comparison.backends))
        for benchmark in dict.fromkeys(benchmark for benchmark, _ in cells)
    )
    level = (
        "95% over all benchmarks together"
        if comparison.adjusted
        else "95% each, not adjusted for their number"
    )
    note = (
        f"Time of a backend divided by that of {shown[comparison.baseline]}, within the same rounds; {level}."
    )
    return Table(
        "Time per iteration, compared",
        (*names("benchmark"), *numbers(*(shown[name] for name in comparison.backends))),
        rows,
        (note,),
    )


def table_between(comparison: ComparisonBetween) -> Table:
    """Return every change with both ratios, and the raw times of every case that either record has."""
    several, shown = len(comparison.old) > 1, names_in(comparison)
    changes = {(change.benchmark, change.backend, change.session): change for change in comparison.changes}
    rows = []
    for raw in comparison.raw:
        *before, after = raw.seconds
        for session, seconds in enumerate(before):
            change = changes.get((raw.benchmark, raw.backend, session))
            which = (f"{session + 1}",) if several else ()
            times = (_duration(seconds), _duration(after))
            rows.append((raw.benchmark, shown[raw.backend], *which, *_change(change), *times))
    sessions = ("session",) if several else ()
    return Table(
        "Time ratios, old and new",
        (*names("benchmark", "backend"), *numbers(*sessions, "old", "new", "change", "old time", "new time")),
        tuple(rows),
        tuple(_notes(comparison)),
    )


def _change(change: Change | None) -> tuple[str, str, str]:
    if change is None:
        return "", "", ""
    doubt = JUDGEMENT_MARKS.get(change.judgement, "") if change.change.has_interval else ""
    old, new = (ratio_figure(ratio).value for ratio in (change.old, change.new))
    return old, new, format_ratio(change.change) + doubt


def _duration(seconds: float | None) -> str:
    return "–" if seconds is None else format_duration(seconds)


def _notes(comparison: ComparisonBetween) -> Iterator[str]:
    shown = names_in(comparison)
    yield (
        f"Ratios to {shown[comparison.baseline]}; the change is new divided by old, 95% over all changes "
        "together (~ no clear difference, = equal within the margin). "
        "Times are shown and never judged: they move from session to session."
    )
    for name, benchmarks in (("old", comparison.only_old), ("new", comparison.only_new)):
        if benchmarks:
            yield f"Only in the {name} record: {', '.join(benchmarks)}."
    yield from _incomparable(comparison, shown)
    yield from _about_sessions(comparison)


def _incomparable(comparison: ComparisonBetween, shown: Mapping[str, str]) -> Iterator[str]:
    """Yield for each reason which cases had a ratio before and cannot be compared now."""
    cases: dict[str, list[str]] = {}
    for missing in comparison.missing:
        if missing.benchmark not in comparison.only_old:
            cases.setdefault(missing.reason, []).append(f"{missing.benchmark} on {shown[missing.backend]}")
    for reason, named in cases.items():
        yield f"{', '.join(named)} had a ratio and cannot be compared now: {reason}."


def _about_sessions(comparison: ComparisonBetween) -> Iterator[str]:
    for name, session in (*_named(comparison.old), ("the new record", comparison.new)):
        if not session.sound:
            yield f"In {name} the baseline differs from itself more often than chance allows."
        if not session.finished:
            yield f"In {name} the run was not finished."
        if session.method != comparison.new.method:
            yield (
                f"{name[0].upper()}{name[1:]} was measured by version {session.method or 1} of the method, "
                f"and the new one by version {comparison.new.method or 1}: a change may be the method's."
            )
        if moved := ", ".join(_moved(session, comparison.new)):
            yield f"Since {name}: {moved}."
    if comparison.across_machines:
        machines = dict.fromkeys(session.machine for session in (*comparison.old, comparison.new))
        yield f"Not the same machine and Python (--across-machines): {'; '.join(machines)}."


def _named(old: tuple[ComparedRecord, ...]) -> Iterator[tuple[str, ComparedRecord]]:
    for number, session in enumerate(old, start=1):
        yield ("the old record" if len(old) == 1 else f"session {number} ({session.started})"), session


def _moved(old: ComparedRecord, new: ComparedRecord) -> Iterator[str]:
    """Yield the versions that changed."""
    before, after = dict(old.versions), dict(new.versions)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"{name} {before[name]} → {after[name]}"


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """Say what a comparison comes to; nothing where its table says it all."""
    match comparison:
        case ComparisonWithin() | ComparisonOverHosts():
            return ()
        case ComparisonBetween():
            return _resolved_changes(comparison)


def _resolved_changes(comparison: ComparisonBetween) -> tuple[str, ...]:
    """Return the cases whose change is resolved, in how many sessions; and how many are not."""
    shown = names_in(comparison)
    baseline = shown[comparison.baseline]
    sessions = Counter((change.benchmark, change.backend) for change in comparison.changes)
    sentences = [
        f"{benchmark} on {shown[backend]} takes {judgement}, against {baseline}, than before: "
        + _counted(count, sessions[benchmark, backend])
        for (benchmark, backend, judgement), count in _resolved(comparison.changes).items()
    ]
    moved = {(benchmark, backend) for benchmark, backend, _ in _resolved(comparison.changes)}
    unmoved = len(sessions) - len(moved)
    if sessions:
        sentences.append(
            f"Of {counted(len(sessions), 'case')}, {counted(unmoved, 'shows', 'show')} no resolved change."
        )
    return tuple(sentences)


def _resolved(changes: Iterable[Change]) -> Counter[tuple[str, str, Judgement]]:
    resolved = (Judgement.MORE_TIME, Judgement.LESS_TIME)
    return Counter(
        (change.benchmark, change.backend, change.judgement)
        for change in changes
        if change.judgement in resolved
    )


def _counted(count: int, sessions: int) -> str:
    return "in one session." if sessions == 1 else f"in {count} of {sessions} sessions."
