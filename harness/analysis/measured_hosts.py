"""The hosts of records that are put beside each other, and what they must share for that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.errors import BadInput
from harness.records.entries import RunStarted
from harness.records.machine import Machine
from harness.records.record import BenchmarkResult, HostCheck, Record


@dataclass(frozen=True, slots=True)
class MeasuredHost:
    """A host with what it measured."""

    number: int
    run: RunStarted
    machine: Machine
    check: HostCheck
    results: tuple[BenchmarkResult, ...]


def measured_hosts(records: Sequence[Record]) -> Iterator[MeasuredHost]:
    """Yield the hosts of all records, numbered one after the other."""
    number = 0
    for record in records:
        for own_number, machine in enumerate(record.run.hosts or (record.run.machine,), start=1):
            number += 1
            results = _results_on(record, own_number)
            check = next((check for check in record.hosts if check.number == own_number), None)
            check = check or HostCheck(own_number, len(results), record.self_test)
            yield MeasuredHost(number, record.run, machine, replace(check, number=number), results)


def host_records(record: Record) -> Iterator[Record]:
    """Yield what each host measured as a record of its own; the record itself where none repeated another."""
    if not any(result.also_on for result in record.results):
        yield record
        return
    for host in measured_hosts([record]):
        run = replace(record.run, machine=host.machine, hosts=())
        if host.results:
            yield replace(record, run=run, results=host.results, self_test=host.check.self_test, hosts=())


def _results_on(record: Record, number: int) -> tuple[BenchmarkResult, ...]:
    """Return what the host of this number measured in a record; all where the record has one host."""
    if not record.run.hosts:
        return record.results
    each = (on_host for result in record.results for on_host in result.on_hosts)
    return tuple(result for result in each if result.measured_on == str(number))


def _check_twice(records: Sequence[Record]) -> None:
    """Raise BadInput for a record that is named twice: its host would count as two that agree."""
    for number, record in enumerate(records):
        if record in records[:number]:
            raise BadInput(
                f"the record {record.run.name} of {record.run.started} is there twice: leave one out"
            )


def check_hosts(records: Sequence[Record], hosts: Sequence[MeasuredHost], *, across_machines: bool) -> None:
    """Raise BadInput for hosts of these records that cannot be put beside each other."""
    _check_twice(records)
    if len(hosts) == 1:
        raise BadInput("the record is of one host: name the record of each, or of several hosts")
    kinds = dict.fromkeys(host.machine.kind for host in hosts)
    if len(kinds) > 1 and not across_machines:
        raise BadInput(
            f"the hosts are of different kinds of machines: {'; '.join(kinds)}. "
            "--across-machines compares each kind by itself"
        )
    for host in hosts[1:]:
        _check_pair(hosts[0], host, "baseline", hosts[0].run.plan.baseline, host.run.plan.baseline)
        alike = next(other for other in hosts if other.machine.kind == host.machine.kind)
        for what, here, there in _fixed(alike, host):
            _check_pair(alike, host, what, here, there)


def _check_pair(first: MeasuredHost, other: MeasuredHost, what: str, here: object, there: object) -> None:
    if here != there:
        raise BadInput(f"hosts {first.number} and {other.number} differ in their {what}: {here} and {there}")


def _fixed(first: MeasuredHost, other: MeasuredHost) -> Iterator[tuple[str, object, object]]:
    """Yield what hosts of one kind must share: each with its values on both."""
    yield "version of the method", first.run.method or 1, other.run.method or 1
    shared = {backend.name for backend in other.run.plan.backends}
    for name in (backend.name for backend in first.run.plan.backends if backend.name in shared):
        here, there = first.machine.of(name), other.machine.of(name)
        yield f"Python of {name}", here.python, there.python
        versions, others = dict(here.versions), dict(there.versions)
        for of in sorted(versions.keys() | others.keys()):
            yield f"{of} of {name}", versions.get(of), others.get(of)
