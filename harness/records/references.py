"""What a record names must be there: benchmarks and backends of its plan, each once."""

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.records.record import Record


def repeated(kind: str, names: Iterable[str]) -> Iterator[str]:
    """Name each that is there twice."""
    yield from (f"the {kind} {name!r} is there twice" for name, times in Counter(names).items() if times > 1)


def _unknown(kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    known = set(known)
    yield from (f"the {kind} {name!r} is not in its plan" for name in names if name not in known)


def dangling_references(record: Record) -> Iterator[str]:
    """Yield each name in a record that leads nowhere, and each that leads to two things."""
    plan, results = record.run.plan, record.results
    benchmarks, backends = [benchmark.id for benchmark in plan.benchmarks], record.backends
    if not results:
        yield "it has no results"
    yield from _unknown("baseline", [plan.baseline], backends)
    yield from _unknown("required backend", plan.required, backends)
    yield from _unknown("benchmark", [result.benchmark.id for result in results], benchmarks)
    yield from repeated("result of", [result.benchmark.id for result in results])
    yield from _unknown_hosts(record)
    for result in results:
        cases = [case.backend for case in result.cases]
        yield from _unknown("backend", cases, backends)
        yield from repeated(f"case of {result.benchmark.id} on", cases)
        yield from _unknown("benchmark", filter(None, [result.measured_in]), benchmarks)
    for claim in record.ledger:
        yield from _unknown("benchmark", [claim.benchmark], benchmarks)
        yield from _unknown("backend", [backend for backend, _ in claim.answers], backends)
    environments = [environment.backend for environment in record.run.machine.environments]
    yield from _unknown("backend", environments, backends)
    yield from repeated("environment of", environments)
    if record.trials and record.run.audit is None:
        yield "it has trials and is no audit"


def _unknown_hosts(record: Record) -> Iterator[str]:
    """Yield the hosts that a benchmark was measured on, or that were checked, and that are not of the run."""
    known = [str(number) for number, _ in enumerate(record.run.hosts, start=1)]
    for result in record.results:
        measured = [each.measured_on for each in result.on_hosts if each.measured_on is not None]
        yield from _unknown(f"host of {result.benchmark.id},", measured, known)
        yield from repeated(f"result of {result.benchmark.id} on host", measured)
        if any(each.benchmark != result.benchmark or each.also_on for each in result.also_on):
            yield f"{result.benchmark.id} has another benchmark's result of a further host"
        if result.also_on and len(measured) != len(result.on_hosts):
            yield f"{result.benchmark.id} has results of several hosts that have no number"
    yield from _unknown("checked host", [str(check.number) for check in record.hosts], known)
    yield from repeated("check of host", [str(check.number) for check in record.hosts])
