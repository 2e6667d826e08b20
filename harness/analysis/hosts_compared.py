"""The backends of records of several hosts at one time: host by host, and over the hosts of each kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.analysis.between import other_files
from harness.analysis.hosts import HostSamples, RatioOverHosts, over_hosts
from harness.analysis.intervals import ratio_in
from harness.analysis.measured_hosts import MeasuredHost, check_hosts, measured_hosts
from harness.analysis.within import Case, Missing, backend_named, why_no_number
from harness.records.estimate import Estimate, confidence_level
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult, HostCheck, Record


@dataclass(frozen=True, slots=True)
class ComparedHost:
    """A host by its number over all records, from 1: its record, kind, state before the run, and check.

    `benchmarks` are those that it measured, but for what its record leaves out of a host that is off.
    """

    number: int
    record: str
    started: str
    machine: str
    cpus: tuple[int, ...]
    load: float | None
    check: HostCheck
    benchmarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseOverHosts:
    """A backend in one benchmark on the hosts of one kind of machine."""

    benchmark: str
    backend: str
    machine: str
    ratio: RatioOverHosts


@dataclass(frozen=True, slots=True)
class ComparisonOverHosts:
    """Each backend against the baseline on every host, and over the hosts of each kind of machine."""

    baseline: str
    backends: tuple[str, ...]
    hosts: tuple[ComparedHost, ...]
    cases: tuple[CaseOverHosts, ...]
    missing: tuple[Missing, ...]
    level: float
    margin: float
    kind: Literal["hosts"] = "hosts"
    """What a program that reads the JSON tells the comparisons apart by."""

    @property
    def machines(self) -> tuple[str, ...]:
        """The kinds of the hosts."""
        return tuple(dict.fromkeys(host.machine for host in self.hosts))

    @property
    def sessions(self) -> int:
        """The number of sessions that a case is compared in: one for each host."""
        return len(self.hosts)

    def sessions_of(self) -> dict[Case, tuple[Estimate, ...]]:
        """Return what a limit is held against: of each case, its ratio on every host.

        A case that has no number on a host that measured it is missing, and not held against anything.
        """
        absent = {(case.benchmark, case.backend) for case in self.missing}
        ratios: dict[Case, list[Estimate]] = {}
        for case in self.cases:
            if (case.benchmark, case.backend) not in absent:
                of_case = ratios.setdefault((case.benchmark, case.backend), [])
                of_case += (host.ratio for host in case.ratio.hosts)
        return {case: tuple(estimates) for case, estimates in ratios.items()}


def compare_hosts(
    records: Sequence[Record],
    backends: Sequence[str] = (),
    *,
    across_machines: bool = False,
    adjusted: bool = False,
) -> ComparisonOverHosts:
    """Compare backends with the baseline over the hosts of these records, or over those that are named.

    With `adjusted` each host's intervals hold together at 95% even where its run's own (--fast) do not.
    Raises BadInput for fewer than two hosts, for a record that is there twice, for another baseline, for
    another method or other versions on hosts of one kind, and, unless `across_machines`, for several kinds,
    which are never pooled.
    """
    hosts = tuple(measured_hosts(records))
    check_hosts(records, hosts, across_machines=across_machines)
    return _compare(records, hosts, backends, adjusted=adjusted)


def compare_hosts_of(record: Record) -> ComparisonOverHosts | None:
    """Compare backends over the hosts of one record; None where none of them repeated a benchmark."""
    if not any(result.also_on for result in record.results):
        return None
    return _compare([record], tuple(measured_hosts([record])), (), adjusted=False)


def hosts_of(record: Record) -> tuple[ComparedHost, ...]:
    """Return the hosts of a run that had several; nothing where it had one."""
    return tuple(map(_compared, measured_hosts([record]))) if record.run.hosts else ()


def _compare(
    records: Sequence[Record], hosts: Sequence[MeasuredHost], backends: Sequence[str], *, adjusted: bool
) -> ComparisonOverHosts:
    last = records[-1]
    names = [backend_named(last, name) for name in backends] or list(last.backends)
    plan = last.run.plan
    shown = tuple(name for name in last.backends if name in names and name != plan.baseline)
    changed = other_files(records[:-1], last)
    return ComparisonOverHosts(
        baseline=plan.baseline,
        backends=shown,
        hosts=tuple(map(_compared, hosts)),
        cases=tuple(_cases(hosts, shown, set(changed), adjusted=adjusted)),
        missing=(*_changed(changed, shown), *_missing(hosts, shown)),
        level=_level(plan, adjusted=adjusted),
        margin=plan.margin,
    )


def _compared(host: MeasuredHost) -> ComparedHost:
    machine = host.machine
    return ComparedHost(
        number=host.number,
        record=host.run.name,
        started=host.run.started,
        machine=machine.kind,
        cpus=machine.pinned,
        load=machine.load,
        check=host.check,
        benchmarks=tuple(result.benchmark.id for result in host.results),
    )


def _cases(
    hosts: Sequence[MeasuredHost], backends: Sequence[str], changed: set[str], *, adjusted: bool
) -> Iterator[CaseOverHosts]:
    """Yield each case that two hosts or more of one kind have a ratio of."""
    samples: dict[tuple[str, str, str], list[HostSamples]] = {}
    for host in hosts:
        for result, case in _on(host, backends):
            if result.benchmark.id not in changed and (of_host := _samples(host, case, adjusted=adjusted)):
                place = (result.benchmark.id, case.backend, host.machine.kind)
                samples.setdefault(place, []).append(of_host)
    margin = hosts[-1].run.plan.margin
    for place, of_hosts in samples.items():
        yield CaseOverHosts(*place, over_hosts(of_hosts, margin))


def _on(host: MeasuredHost, backends: Sequence[str]) -> Iterator[tuple[BenchmarkResult, CaseResult]]:
    for result in host.results:
        yield from ((result, case) for case in result.cases if case.backend in backends)


def _samples(host: MeasuredHost, case: CaseResult, *, adjusted: bool) -> HostSamples | None:
    """Return a case on a host; None where it has no ratio."""
    if case.timing is None or case.timing.ratio is None:
        return None
    level = _level(host.run.plan, adjusted=adjusted)
    ratio = ratio_in(host.run, case.timing.samples, level).exp()
    return HostSamples(host.number, ratio, case.timing.samples)


def _level(plan: Plan, *, adjusted: bool) -> float:
    return confidence_level(plan.comparisons) if adjusted else plan.level


def _changed(changed: dict[str, tuple[str, ...]], backends: Sequence[str]) -> Iterator[Missing]:
    for benchmark, files in changed.items():
        yield from (
            Missing(benchmark, name, f"its text is not the same in all records, in {', '.join(files)}")
            for name in backends
        )


def _missing(hosts: Sequence[MeasuredHost], backends: Sequence[str]) -> Iterator[Missing]:
    """Yield the cases that have no ratio on a host where they should, and one on another."""
    with_ratio = {
        (result.benchmark.id, case.backend)
        for host in hosts
        for result, case in _on(host, backends)
        if case.timing is not None and case.timing.ratio is not None
    }
    for host in hosts:
        for result, case in _on(host, backends):
            name = (result.benchmark.id, case.backend)
            if name in with_ratio and (case.timing is None or case.timing.ratio is None):
                yield Missing(*name, f"on host {host.number} it has {why_no_number(case)}")
