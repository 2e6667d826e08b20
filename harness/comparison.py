"""Records against each other: the backends inside one, or the same backends in two. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from harness.errors import BadInput
from harness.estimate import ERROR_RATE, Estimate, estimate
from harness.record import Cell, Line, Record
from harness.table import Table, interval


def within(record: Record, baseline: str | None) -> Table:
    """The backends of one record against any one of them. Raises BadInput for a backend it has not.

    Samples are the differences of log ratios within the same round.
    """
    base = _named(record, baseline or record.begun.plan.baseline)
    others = [name for name in record.backends if name != base]
    level = record.begun.plan.level
    rows = []
    for line in record.lines:
        samples = {cell.backend: _samples(cell, line) for cell in line.cells if cell.timing}
        if base in samples and line.again is not None and line.row.ideal is None:
            shown = (_against(samples.get(name), samples[base], level) for name in others)
            rows.append((line.row.id, *shown))
    note = f"Time of a backend divided by that of {base}, within the same rounds."
    return Table("Time per iteration, compared", ("scenario", *others), tuple(rows), (note,))


def _named(record: Record, name: str) -> str:
    """The record's backend of this name; a bare loop name means its first."""
    for backend in record.begun.plan.backends:
        if name in (backend.name, backend.loop.name):
            return backend.name
    raise BadInput(f"the record has no {name}: it has {', '.join(record.backends)}")


def _samples(cell: Cell, line: Line) -> tuple[float, ...]:
    """A cell's log ratios to the record's baseline; zeros for the baseline itself."""
    if cell.timing is None or cell.timing.samples:
        return () if cell.timing is None else cell.timing.samples
    return (0.0,) * line.rounds


def _against(mine: tuple[float, ...] | None, base: tuple[float, ...], level: float) -> str:
    if not mine or len(mine) != len(base):
        return "no number"
    differences = [a - b for a, b in zip(mine, base, strict=True)]
    return interval(estimate(differences, level).exp(), "×")


@dataclass(frozen=True, slots=True)
class Change:
    """How a backend's ratio to the baseline changed from one record to another, per row."""

    row: str
    backend: str
    old: Estimate
    new: Estimate
    change: Estimate


def changes(old: Record, new: Record) -> Iterator[Change]:
    """The change of every ratio that both records have.

    The interval is that of two independent medians: each at half the error rate (Bonferroni
    over both records and over the changes), lowest against highest.
    """
    pairs = list(_both(old, new))
    level = 1 - ERROR_RATE / max(1, 2 * len(pairs))
    for row, backend, before, after in pairs:
        a, b = estimate(before, level), estimate(after, level)
        rounds = min(a.rounds, b.rounds)
        if a.low is None or a.high is None or b.low is None or b.high is None:
            change = Estimate(math.exp(b.value - a.value), None, None, rounds)
        else:
            low, high = math.exp(b.low - a.high), math.exp(b.high - a.low)
            change = Estimate(math.exp(b.value - a.value), low, high, rounds)
        yield Change(row, backend, a.exp(), b.exp(), change)


def _both(old: Record, new: Record) -> Iterator[tuple[str, str, tuple[float, ...], tuple[float, ...]]]:
    before = _ratios(old)
    for (row, backend), samples in _ratios(new).items():
        if (row, backend) in before:
            yield row, backend, before[row, backend], samples


def _ratios(record: Record) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (line.row.id, cell.backend): cell.timing.samples
        for line in record.lines
        for cell in line.cells
        if cell.timing is not None and cell.timing.ratio is not None
    }


def between(old: Record, new: Record) -> Table:
    """The change of every ratio from one record to another; rows only in one are named.

    Raises BadInput where the two took their ratios against different baselines.
    """
    if old.begun.plan.baseline != new.begun.plan.baseline:
        raise BadInput(
            f"the records have different baselines: {old.begun.plan.baseline} and {new.begun.plan.baseline}"
        )
    rows = tuple(
        (c.row, c.backend, interval(c.old, "×"), interval(c.new, "×"), interval(c.change, "×"))
        for c in changes(old, new)
    )
    heads = ("scenario", "backend", "old", "new", "change")
    return Table("Change of the time ratio", heads, rows, tuple(_comparison_notes(old, new)))


def _comparison_notes(old: Record, new: Record) -> Iterator[str]:
    baseline = old.begun.plan.baseline
    yield f"Ratios to {baseline}; the change is new divided by old, 95% over all rows together."
    ours, theirs = ({line.row.id for line in record.lines if line.rounds} for record in (old, new))
    for name, only in (("old", ours - theirs), ("new", theirs - ours)):
        if only:
            yield f"Only in the {name} record: {', '.join(sorted(only))}."
    if _machine(old) != _machine(new):
        yield f"Not the same machine and Python: {_machine(old)}; {_machine(new)}."


def _machine(record: Record) -> str:
    env = record.begun.environment
    return f"{env.cpu}, {env.cores} CPUs, {env.system}, {env.build}"
