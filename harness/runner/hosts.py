"""Results host by host: which of them stands for a benchmark, which host is off, and what is left out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain

from harness.records.entries import RunStarted
from harness.records.record import BenchmarkResult, HostCheck
from harness.runner.record_builder import self_test_check


def join_hosts(results: Sequence[BenchmarkResult]) -> BenchmarkResult:
    """Return the result that stands for a benchmark that several hosts measured, with the others beside it.

    It is that of the first host where a case is a finding, and otherwise that of the first host.
    """
    ordered = sorted(results, key=_host)
    first = next((result for result in ordered if _has_finding(result)), ordered[0])
    return replace(first, also_on=tuple(result for result in ordered if result is not first))


def _host(result: BenchmarkResult) -> int:
    return int(result.measured_on or 0)


def _has_finding(result: BenchmarkResult) -> bool:
    return any(case.verdict.is_finding for case in result.cases)


def check_hosts(run: RunStarted, results: Iterable[BenchmarkResult]) -> tuple[HostCheck, ...]:
    """Return the check of each host of a run that had several."""
    each = list(chain.from_iterable(result.on_hosts for result in results))
    return tuple(_check(run, number, each) for number, _ in enumerate(run.hosts, start=1))


def _check(run: RunStarted, number: int, results: Iterable[BenchmarkResult]) -> HostCheck:
    measured = [result for result in results if _host(result) == number]
    check = HostCheck(number, len(measured), self_test_check(measured))
    return replace(check, left_out=check.is_off and run.without_off_hosts)


def without_hosts(
    results: Iterable[BenchmarkResult], numbers: Collection[int]
) -> tuple[BenchmarkResult, ...]:
    """Return the results without what these hosts measured; a benchmark that only they did is missing."""
    left = ([each for each in result.on_hosts if _host(each) not in numbers] for result in results)
    return tuple(join_hosts(of_benchmark) for of_benchmark in left if of_benchmark)
