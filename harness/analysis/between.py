"""The same backends in old records and in a new one: what changed over time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.analysis.intervals import estimate_shift, judge_ratio, ratio_in
from harness.analysis.within import Case, Missing, backend_named, why_no_number
from harness.errors import BadInput
from harness.protocol.benchmarks import changed_files
from harness.records.estimate import Estimate, Judgement, confidence_level, inner_level
from harness.records.machine import kind_of_python
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
    method: str | None = None
    """The version of the method that it was measured by; None, the first, where that is not recorded."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a backend's ratio to the baseline in one benchmark changed from one record to another.

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
    """The same backends in old sessions and in a new one; `level` is that of one change's interval."""

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
        """Return what a limit is held against: of each case, its change from every session that has it."""
        changes_of: dict[Case, list[Estimate]] = {}
        for change in self.changes:
            changes_of.setdefault((change.benchmark, change.backend), []).append(change.change)
        return {case: tuple(estimates) for case, estimates in changes_of.items()}


def between(
    olds: Sequence[Record], new: Record, backends: Sequence[str] = (), *, across_machines: bool = False
) -> ComparisonBetween:
    """Compare each old record with the new one, over all backends or over those that are named.

    Raises BadInput for a backend that the new record does not have, for records with different baselines,
    and, unless `across_machines`, for records of different machines or kinds of Python; that of a
    backend's own environment counts too.
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
    before, after = [set(_timed(record)) for record in olds], set(_timed(new))
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
    """Return the record with only these backends and its baseline."""
    kept = {*names, record.run.plan.baseline}
    results = tuple(
        replace(result, cases=tuple(case for case in result.cases if case.backend in kept))
        for result in record.results
    )
    return replace(record, results=results)


def _session(record: Record, shared: Collection[str]) -> ComparedRecord:
    """Return the session, with the Python and the versions of each shared backend's own environment."""
    machine, self_test = record.run.machine, record.self_test
    environments = [environment for environment in machine.environments if environment.backend in shared]
    builds = [f"{environment.backend} on {kind_of_python(environment.build)}" for environment in environments]
    versions = [
        (f"{name} of {environment.backend}", version)
        for environment in environments
        for name, version in (("Python", environment.build), *environment.versions)
    ]
    return ComparedRecord(
        name=record.run.name,
        started=record.run.started,
        machine=", ".join([record.run.identity, *builds]),
        versions=(("system", machine.system), ("Python", machine.build), *machine.versions, *versions),
        finished=record.finished is not None,
        sound=self_test is None or self_test.differing <= self_test.allowed,
        method=record.run.method,
    )


def changes(olds: Sequence[Record], new: Record) -> Iterator[Change]:
    """Yield the change of every ratio that the new record shares with each old one.

    A scenario whose files are not the same in all records is another one, and has none.
    The interval is that of two independent series of rounds (Mann and Whitney), adjusted for all the changes
    (Bonferroni). Each record's own ratio is by the method that it was measured by.
    """
    level, margin = _level(olds, new), new.run.plan.margin
    after, changed = _ratios(new), other_files(olds, new)
    for session, record in enumerate(olds):
        before = _ratios(record)
        for case in (case for case in after if case in before and case[0] not in changed):
            change = estimate_shift(before[case], after[case], _inner(level, record, new)).exp()
            old, now = (
                ratio_in(of.run, of_case[case], level).exp()
                for of, of_case in ((record, before), (new, after))
            )
            yield Change(*case, session, old, now, change, judge_ratio(change, margin))


def _inner(level: float, *records: Record) -> float:
    """Return the level at which an interval of two records is computed, that it holds whenever they ended."""
    return inner_level(level) if any(record.run.plan.effort.adjusted for record in records) else level


def other_files(olds: Sequence[Record], new: Record) -> dict[str, tuple[str, ...]]:
    """Return the benchmarks whose files are not the same in every record, each with those that differ."""
    now = {benchmark.id: benchmark for benchmark in new.run.plan.benchmarks}
    files: dict[str, tuple[str, ...]] = {}
    for before in (benchmark for record in olds for benchmark in record.run.plan.benchmarks):
        if before.id in now and (changed := changed_files(before, now[before.id])):
            files[before.id] = tuple(sorted({*files.get(before.id, ()), *changed}))
    return files


def _level(olds: Sequence[Record], new: Record) -> float:
    after = _ratios(new).keys()
    shared = sum(len(after & _ratios(record).keys()) for record in olds)
    return confidence_level(shared)


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
    for case in dict.fromkeys(case for times_of_record in reversed(times) for case in times_of_record):
        yield RawTimes(*case, tuple(times_of_record.get(case) for times_of_record in times))


def _timed(record: Record) -> Iterator[str]:
    """Return the ids of the benchmarks that have rounds."""
    return (result.benchmark.id for result in record.results if result.rounds)


def _missing(olds: Sequence[Record], new: Record) -> Iterator[Missing]:
    """Yield the cases that had a ratio in an old record and none in the new one, or one of other code."""
    results = {result.benchmark.id: result for result in new.results}
    after, changed = _ratios(new), other_files(olds, new)
    for benchmark, backend in dict.fromkeys(case for record in olds for case in _ratios(record)):
        if (benchmark, backend) not in after:
            yield Missing(benchmark, backend, _why_missing(results.get(benchmark), backend))
        elif benchmark in changed:
            yield Missing(benchmark, backend, f"its text changed, in {', '.join(changed[benchmark])}")


def _why_missing(result: BenchmarkResult | None, backend: str) -> str:
    if result is None:
        return "the new record has no such benchmark"
    cases = {case.backend: case for case in result.cases}
    if backend not in cases:
        return "the new record has no such backend"
    if result.benchmark.ideal is not None:
        return "it sleeps now, and has no ratio"
    return why_no_number(cases[backend])
