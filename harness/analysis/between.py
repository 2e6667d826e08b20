"""The same backends in old records and in a new one: what changed over time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.analysis.intervals import estimate, judge_ratio
from harness.analysis.within import Case, Missing, backend_named, why_no_number
from harness.errors import BadInput
from harness.records.estimate import ERROR_RATE, Estimate, Judgement
from harness.records.record import BenchmarkResult, Record


@dataclass(frozen=True, slots=True)
class ComparedRecord:
    """A record as one session: what it ran on, and whether its own check of the method held."""

    name: str
    started: str
    machine: str
    versions: tuple[tuple[str, str], ...]
    finished: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class Change:
    """How a backend's ratio to the baseline changed from one record to another, per row.

    `session` counts the old records from 0.
    """

    benchmark: str
    backend: str
    session: int
    old: Estimate
    new: Estimate
    change: Estimate
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class RawTimes:
    """Seconds per iteration in every session, old first, new last; shown, and never judged."""

    benchmark: str
    backend: str
    seconds: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ComparisonBetween:
    """The same backends in old sessions and in a new one; `level` is that of one record's interval."""

    baseline: str
    level: float
    old: tuple[ComparedRecord, ...]
    new: ComparedRecord
    changes: tuple[Change, ...]
    raw: tuple[RawTimes, ...]
    missing: tuple[Missing, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    across_machines: bool
    kind: Literal["between"] = "between"
    """What a program that reads the JSON tells the two comparisons apart by."""

    @property
    def sessions(self) -> int:
        """The number of sessions that a case is compared in: one for each old record."""
        return len(self.old)

    def sessions_of(self) -> dict[Case, tuple[Estimate, ...]]:
        """What a limit is held against: the change from every session that has the case."""
        found: dict[Case, tuple[Estimate, ...]] = {}
        for one in self.changes:
            found[one.benchmark, one.backend] = (*found.get((one.benchmark, one.backend), ()), one.change)
        return found


def between(
    olds: Sequence[Record], new: Record, backends: Sequence[str] = (), *, across_machines: bool = False
) -> ComparisonBetween:
    """The change of every ratio from each old record to the new one, of all or of these backends.

    Raises BadInput for a backend that the new record has not, where they took their ratios against different
    baselines, and for records of different machines or Python builds (of a backend's environment, too) unless
    `across_machines`.
    """
    baselines = dict.fromkeys(record.run.plan.baseline for record in (*olds, new))
    if len(baselines) > 1:
        raise BadInput(f"the records have different baselines: {' and '.join(baselines)}")
    names = {backend_named(new, name) for name in backends} or set(new.backends)
    shared = {*names, *baselines}.intersection(*(record.backends for record in olds))
    *old, last = (_session(record, shared) for record in (*olds, new))
    machines = dict.fromkeys(session.machine for session in (*old, last))
    if len(machines) > 1 and not across_machines:
        raise BadInput(
            f"the records are not of the same machine and Python: {'; '.join(machines)}. "
            "--across-machines compares them all the same"
        )
    if backends:
        olds, new = tuple(_only(record, names) for record in olds), _only(new, names)
    before, after = [set(_timed_rows(record)) for record in olds], set(_timed_rows(new))
    return ComparisonBetween(
        baseline=next(iter(baselines)),
        level=_level(olds, new),
        old=tuple(old),
        new=last,
        changes=tuple(changes(olds, new)),
        raw=tuple(_raw_times((*olds, new))),
        missing=tuple(_missing(olds, new)),
        only_old=tuple(sorted(set().union(*before) - after)),
        only_new=tuple(sorted(after.difference(*before))),
        across_machines=len(machines) > 1,
    )


def _only(record: Record, names: set[str]) -> Record:
    """The record with only these backends, and its baseline."""
    kept = {*names, record.run.plan.baseline}
    results = tuple(
        replace(result, cases=tuple(case for case in result.cases if case.backend in kept))
        for result in record.results
    )
    return replace(record, results=results)


def _session(record: Record, shared: Collection[str]) -> ComparedRecord:
    """The session, with the Python and the versions of each shared backend in an environment of its own."""
    begun, env, repeats = record.run, record.run.machine, record.self_test
    elsewhere = [one for one in env.environments if one.backend in shared]
    theirs = [(f"{name} of {one.backend}", version) for one in elsewhere for name, version in one.versions]
    return ComparedRecord(
        name=begun.name,
        started=begun.started,
        machine=", ".join([env.identity, *(f"{one.backend} on {one.build}" for one in elsewhere)]),
        versions=(*env.versions, *theirs),
        finished=record.finished is not None,
        sound=repeats is None or repeats.differing <= repeats.allowed,
    )


def changes(olds: Sequence[Record], new: Record) -> Iterator[Change]:
    """The change of every ratio that the new record shares with each old one.

    The interval is that of two independent medians: each at half the error rate (Bonferroni
    over both records and over all the changes), lowest against highest.
    """
    level, margin = _level(olds, new), new.run.plan.margin
    after = {case: estimate(samples, level) for case, samples in _ratios(new).items()}
    for session, record in enumerate(olds):
        before = _ratios(record)
        for (row, backend), b in after.items():
            if (row, backend) in before:
                a = estimate(before[row, backend], level)
                change = _difference(a, b).exp()
                judged = judge_ratio(change, margin)
                yield Change(row, backend, session, a.exp(), b.exp(), change, judged)


def _level(olds: Sequence[Record], new: Record) -> float:
    after = _ratios(new).keys()
    shared = sum(len(after & _ratios(record).keys()) for record in olds)
    return 1 - ERROR_RATE / max(1, 2 * shared)


def _difference(a: Estimate, b: Estimate) -> Estimate:
    """What b is more than a, two independent estimates: their intervals' bounds furthest apart."""
    rounds = min(a.rounds, b.rounds)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Estimate(b.value - a.value, None, None, rounds)
    return Estimate(b.value - a.value, b.low - a.high, b.high - a.low, rounds)


def _ratios(record: Record) -> dict[Case, tuple[float, ...]]:
    return {
        (result.benchmark.id, case.backend): case.timing.samples
        for result in record.results
        for case in result.cases
        if case.timing is not None and case.timing.ratio is not None
    }


def _raw_times(records: Sequence[Record]) -> Iterator[RawTimes]:
    times = [
        {
            (result.benchmark.id, case.backend): case.timing.seconds.value
            for result in record.results
            for case in result.cases
            if case.timing is not None
        }
        for record in records
    ]
    for row, backend in dict.fromkeys(case for some in reversed(times) for case in some):
        yield RawTimes(row, backend, tuple(some.get((row, backend)) for some in times))


def _timed_rows(record: Record) -> Iterator[str]:
    return (result.benchmark.id for result in record.results if result.rounds)


def _missing(olds: Sequence[Record], new: Record) -> Iterator[Missing]:
    """The cases that had a ratio in an old record and have none in the new one."""
    results = {result.benchmark.id: result for result in new.results}
    after = _ratios(new)
    for row, backend in dict.fromkeys(case for record in olds for case in _ratios(record)):
        if (row, backend) not in after:
            yield Missing(row, backend, _why_missing(results.get(row), backend))


def _why_missing(result: BenchmarkResult | None, backend: str) -> str:
    if result is None:
        return "the new record has no such row"
    cases = {case.backend: case for case in result.cases}
    if backend not in cases:
        return "the new record has no such backend"
    if result.benchmark.ideal is not None:
        return "it sleeps now, and has no ratio"
    return why_no_number(cases[backend])
