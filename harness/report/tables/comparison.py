"""A comparison → the table that shows it, its footnotes and its sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.analysis.between import Change, ComparedRecord, ComparisonBetween
from harness.analysis.within import Case, ComparisonWithin
from harness.records.estimate import Estimate, Judgement
from harness.report.formatting import JUDGEMENT_MARKS, format_ratio
from harness.report.tables.table import Table, names, numbers

Comparison = ComparisonWithin | ComparisonBetween


def comparison_table(comparison: Comparison) -> Table:
    """Return the table that shows a comparison."""
    match comparison:
        case ComparisonWithin():
            return table_within(comparison)
        case ComparisonBetween():
            return table_between(comparison)


def table_within(found: ComparisonWithin) -> Table:
    """A row's ratios beside each other; a row that could not be compared at all is left out."""
    cells: dict[Case, str] = {(one.benchmark, one.backend): format_ratio(one.ratio) for one in found.ratios}
    rows = tuple(
        (row, *(cells.get((row, name), "no number") for name in found.backends))
        for row in dict.fromkeys(row for row, _ in cells)
    )
    level = (
        "95% over all benchmarks together" if found.adjusted else "95% each, not adjusted for their number"
    )
    note = f"Time of a backend divided by that of {found.baseline}, within the same rounds; {level}."
    return Table(
        "Time per iteration, compared", (*names("benchmark"), *numbers(*found.backends)), rows, (note,)
    )


def table_between(found: ComparisonBetween) -> Table:
    """Every change with both ratios, and the raw times of every case that either record has."""
    several = len(found.old) > 1
    changes = {(one.benchmark, one.backend, one.session): one for one in found.changes}
    rows = []
    for raw in found.raw:
        *before, after = raw.seconds
        for session, seconds in enumerate(before):
            change = changes.get((raw.benchmark, raw.backend, session))
            which = (f"{session + 1}",) if several else ()
            told = (_microseconds(seconds), _microseconds(after))
            rows.append((raw.benchmark, raw.backend, *which, *_change(change), *told))
    sessions = ("session",) if several else ()
    return Table(
        "Time ratios, old and new",
        (*names("benchmark", "backend"), *numbers(*sessions, "old", "new", "change", "old, µs", "new, µs")),
        tuple(rows),
        tuple(_notes(found)),
    )


def _change(change: Change | None) -> tuple[str, str, str]:
    if change is None:
        return "", "", ""
    doubt = JUDGEMENT_MARKS.get(change.judgement, "") if change.change.has_interval else ""
    old, new = (f"{one.value:.3f}×" for one in (change.old, change.new))
    return old, new, ratio(change.change) + doubt


def ratio(estimate: Estimate) -> str:
    """A ratio to three decimals, for limits are held against them."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}× [too few rounds]"
    return f"{estimate.value:.3f}× [{estimate.low:.3f}, {estimate.high:.3f}]"


def _microseconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds * 1e6:,.4g}" if seconds < _MILLISECOND else f"{seconds * 1e6:,.0f}"


_MILLISECOND = 1e-3


def _notes(found: ComparisonBetween) -> Iterator[str]:
    yield (
        f"Ratios to {found.baseline}; the change is new divided by old, 95% over all changes together "
        "(~ no clear difference, = equal within the margin). "
        "Times in µs are shown and never judged: they move from session to session."
    )
    for name, rows in (("old", found.only_old), ("new", found.only_new)):
        if rows:
            yield f"Only in the {name} record: {', '.join(rows)}."
    for one in found.missing:
        if one.benchmark not in found.only_old:
            yield f"{one.benchmark} on {one.backend} had a ratio and has none now: {one.reason}."
    yield from _about_sessions(found)


def _about_sessions(found: ComparisonBetween) -> Iterator[str]:
    for name, session in (*_named(found.old), ("the new record", found.new)):
        if not session.sound:
            yield f"In {name} the baseline differs from itself more often than chance allows."
        if not session.finished:
            yield f"In {name} the run was not finished."
        if moved := ", ".join(_moved(session, found.new)):
            yield f"Since {name}: {moved}."
    if found.across_machines:
        machines = dict.fromkeys(session.machine for session in (*found.old, found.new))
        yield f"Not the same machine and Python (--across-machines): {'; '.join(machines)}."


def _named(old: tuple[ComparedRecord, ...]) -> Iterator[tuple[str, ComparedRecord]]:
    for number, session in enumerate(old, start=1):
        yield ("the old record" if len(old) == 1 else f"session {number} ({session.started})"), session


def _moved(old: ComparedRecord, new: ComparedRecord) -> Iterator[str]:
    """The versions that changed."""
    before, after = dict(old.versions), dict(new.versions)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"{name} {before[name]} → {after[name]}"


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """Say what a comparison comes to; nothing where its table says it all."""
    match comparison:
        case ComparisonWithin():
            return ()
        case ComparisonBetween():
            return _resolved_changes(comparison)


def _resolved_changes(found: ComparisonBetween) -> tuple[str, ...]:
    """The cases whose change is resolved, in how many sessions; and how many are not."""
    told = {Judgement.MORE_TIME: "more", Judgement.LESS_TIME: "less"}
    sessions = Counter((one.benchmark, one.backend) for one in found.changes)
    said = [
        f"{row} on {backend} takes {told[judgement]} time, against {found.baseline}, than before: "
        + _counted(count, sessions[row, backend])
        for (row, backend, judgement), count in _resolved(found.changes).items()
    ]
    moved = {(row, backend) for row, backend, _ in _resolved(found.changes)}
    if sessions:
        said.append(f"Of {len(sessions)} cases, {len(sessions) - len(moved)} show no resolved change.")
    return tuple(said)


def _resolved(changes: Iterable[Change]) -> Counter[tuple[str, str, Judgement]]:
    resolved = (Judgement.MORE_TIME, Judgement.LESS_TIME)
    return Counter(
        (one.benchmark, one.backend, one.judgement) for one in changes if one.judgement in resolved
    )


def _counted(count: int, sessions: int) -> str:
    return "one session." if sessions == 1 else f"in {count} of {sessions} sessions."
