"""What a reader must know before quoting a record's figures: each warning is a value with its scope."""

from collections.abc import Iterable, Iterator, Sequence

from harness.analysis.hosts_compared import hosts_of
from harness.analysis.passes.table import PASSES
from harness.analysis.samples import AWAKE
from harness.records.record import BenchmarkResult, Record
from harness.records.stop_reason import StopKind
from harness.report.backend_names import shown_names
from harness.report.formatting import count_benchmarks
from harness.report.notices import Notice, NoticeKind, NoticeScope, Severity, of_run
from harness.report.tables.hosts import off_sentences

STEADY_GOVERNORS = ("", "performance")
"""The governors under which a CPU keeps its frequency; the empty one is that which could not be read."""


COMPANY = 0.1
"""The share by which work on another CPU may slow a worker before it is told."""


def notices(record: Record) -> tuple[Notice, ...]:
    """Return all notices of a record: those about the machine first, then those about the figures."""
    timed = [result for result in record.results if result.rounds]
    off = (of_run(NoticeKind.HOST, f"H{text[1:]}.") for text in off_sentences(hosts_of(record)))
    return (*off, *(_about_conditions(record, timed) if timed else ()), *_about_figures(record, timed))


def notices_of_run(record: Record) -> tuple[Notice, ...]:
    """Return what holds for the whole record."""
    return tuple(notice for notice in notices(record) if notice.scope is NoticeScope.RUN)


def notices_of_benchmarks(record: Record) -> tuple[Notice, ...]:
    """Return what holds for single benchmarks and cases."""
    return tuple(notice for notice in notices(record) if notice.scope is not NoticeScope.RUN)


def _about_conditions(record: Record, timed: Sequence[BenchmarkResult]) -> Iterator[Notice]:
    yield from _about_load(record)
    yield from _about_machine(record)
    yield from _about_company(timed)
    short = sum(map(_without_interval, timed))
    if short:
        verb = "figure has" if short == 1 else "figures have"
        yield of_run(NoticeKind.TOO_FEW_ROUNDS, f"Too few rounds: {short} {verb} no interval.")
    if record.self_test is None:
        text = "Self-test: the baseline has no interval against itself in any benchmark: not checked."
        yield of_run(NoticeKind.SELF_TEST, text)


def _about_load(record: Record) -> Iterator[Notice]:
    machine, finished = record.run.machine, record.finished
    if machine.load is not None and machine.load > machine.cores - 1:
        text = f"{machine.load:.1f} on {machine.cores} CPUs before the run: workers may have had company."
        yield of_run(NoticeKind.LOAD, f"Load: {text}")
    elif finished is not None and finished.load is not None and finished.load > machine.cores:
        text = f"{finished.load:.1f} on {machine.cores} CPUs at the end; a run by itself needs fewer."
        yield of_run(NoticeKind.LOAD, f"Load: {text}")


def _stops(record: Record) -> str:
    """Say how often the system stopped the container during the run, as far as that is known."""
    before, finished = record.run.machine.cpu_stops, record.finished
    after = None if finished is None else finished.cpu_stops
    if before is None or after is None or after < before:  # in another container by then
        return "times may have pauses in them that no loop made"
    if after == before:
        return "it did not stop it during this run"
    return f"it did {after - before:,} times during this run, and times have pauses in them that no loop made"


def _about_machine(record: Record) -> Iterator[Notice]:
    machine = record.run.machine
    if machine.governor not in STEADY_GOVERNORS:
        text = f"the governor is {machine.governor}, so the CPU's speed may have changed."
        yield of_run(NoticeKind.FREQUENCY, f"Frequency scaling: {text}")
    if machine.cpu_quota is not None and machine.cpu_quota < machine.cores:
        text = (
            f"the system stops this container at {machine.cpu_quota:g} of {machine.cores} CPUs, "
            f"whatever else runs; {_stops(record)}."
        )
        yield of_run(NoticeKind.CPU_QUOTA, f"Quota: {text}")
    yield from _about_builds(record)
    if machine.company_factor is not None and machine.company_factor > 1 + COMPANY:
        text = (
            f"work on another CPU makes a worker take {machine.company_factor - 1:.0%} longer: they are "
            "threads of one core. Leave the machine alone while it measures."
        )
        yield of_run(NoticeKind.SHARED_CORE, f"Shared core: {text}")
    if not machine.pinned:
        text = "Not pinned: this system cannot keep the workers on one CPU."
        yield of_run(NoticeKind.NOT_PINNED, text)


def _about_builds(record: Record) -> Iterator[Notice]:
    """Warn where a backend's Python was built otherwise than the baseline's: ratios are of both."""
    machine, baseline = record.run.machine, record.run.plan.baseline
    base, others = _compiler(machine.of(baseline).build), dict[str, list[str]]()
    for backend in record.backends:
        build = machine.of(backend).build
        if base and build and _compiler(build) != base:
            others.setdefault(build, []).append(backend)
    for build, backends in others.items():
        text = (
            f"{', '.join(backends)} on {build}, {baseline} on {machine.of(baseline).build}: "
            "a part of the ratio may be due to that."
        )
        yield of_run(NoticeKind.ANOTHER_BUILD, f"Another build of Python: {text}")


def _compiler(build: str) -> str:
    """Return what a Python was compiled with, without its version: "GCC 12.2.0"."""
    return build.partition(", ")[2]


def _about_company(timed: Iterable[BenchmarkResult]) -> Iterator[Notice]:
    """Warn where the workers had not their CPU to themselves: what does not wait of itself uses it whole."""
    awake = [result for result in timed if result.benchmark.ideal is None and result.benchmark.cpus == 1]
    shares = [
        case.timing.cpu_share
        for result in awake
        for case in result.cases
        if case.timing is not None and not case.timing.waits
    ]
    short = sum(share < AWAKE for share in shares)
    if short:
        yield of_run(
            NoticeKind.SHARED_CPU,
            f"Shared CPU: in {short} of {len(shares)} figures the workers had their CPU for less than "
            f"{AWAKE:.0%} of the time; something else ran on it.",
        )


def _without_interval(result: BenchmarkResult) -> int:
    """Count the cases of a benchmark whose figure has no interval."""
    compared = (
        case.timing.excess if result.benchmark.ideal is not None else case.timing.ratio
        for case in result.cases
        if case.timing is not None
    )
    return sum(estimate is not None and not estimate.has_interval for estimate in compared)


def _about_figures(record: Record, timed: Sequence[BenchmarkResult]) -> Iterator[Notice]:
    yield from _about_self_test(record)
    if timed and not record.run.plan.effort.adjusted:
        text = (
            "Intervals are 95% each and not adjusted for their number (--fast): quote a run without --fast."
        )
        yield of_run(NoticeKind.NOT_ADJUSTED, text)
    yield from _flagged(record)
    yield from _out_of_time(record.results)
    yield from _not_counted(record, timed)
    if record.finished is None:
        yield of_run(NoticeKind.UNFINISHED, "This run was not finished.")


def _about_self_test(record: Record) -> Iterator[Notice]:
    """Tell the self-test's count in any case; it is good news where it is within what chance allows."""
    check = record.self_test
    if check is None:
        return
    passed = check.differing <= check.allowed
    text = (
        f"Self-test: the baseline against itself differs, at 95%, in {check.differing} of "
        f"{count_benchmarks(check.benchmarks)} "
        f"(chance allows {check.allowed})."
    )
    yield Notice(NoticeScope.RUN, NoticeKind.SELF_TEST, Severity.GOOD if passed else Severity.WARNING, text)
    if not passed:
        text = "Something other than the loops moved the times: do not quote this run."
        yield of_run(NoticeKind.SELF_TEST, text)


def _flagged(record: Record) -> Iterator[Notice]:
    names = shown_names(record.backends)
    for result in record.results:
        for case in result.cases:
            flags = [*filter(None, (case.verdict.blemish,)), *case.timing.flags] if case.timing else []
            if flags:
                text = f"{result.benchmark.id} on {names[case.backend]}: {'; '.join(flags)}."
                yield Notice(NoticeScope.CASE, NoticeKind.FLAGGED, Severity.WARNING, text)


def _out_of_time(results: Iterable[BenchmarkResult]) -> Iterator[Notice]:
    for result in results:
        if result.stop_reason is not None and result.stop_reason.kind is StopKind.TIME:
            wider = "" if result.stop_reason.detail else ", and its intervals are wider than asked"
            text = f"{result.benchmark.id}: {result.stop_reason}{wider}."
            yield Notice(NoticeScope.BENCHMARK, NoticeKind.OUT_OF_TIME, Severity.WARNING, text)


def _not_counted(record: Record, timed: Iterable[BenchmarkResult]) -> Iterator[Notice]:
    """Say of how many cases what a pass measures was asked for and is not available."""
    numbered = [case.timing for result in timed for case in result.cases if case.timing is not None]
    for planned in PASSES:
        if planned.missing and planned.name in record.run.plan.passes and record.finished is not None:
            missing = sum(planned.name not in timing.passes for timing in numbered)
            if missing:
                text = (
                    f"{planned.name.capitalize()}: not available for {missing} of {len(numbered)} cases. "
                    f"{planned.missing}"
                )
                yield of_run(NoticeKind.NOT_COUNTED, text)
