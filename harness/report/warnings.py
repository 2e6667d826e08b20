"""What about the machine or the effort makes a record's figures worth less; said before any figure."""

from collections.abc import Iterator

from harness.analysis.samples import AWAKE
from harness.records.record import BenchmarkResult, Record
from harness.report.sentences import warnings

STEADY_GOVERNORS = ("", "performance")
"""Governors under which a CPU keeps its frequency, and none that could be read."""


def caveats(record: Record) -> tuple[str, ...]:
    """What holds for the whole record: load, frequency scaling, pinning, figures without an interval."""
    return tuple(_caveats(record))


def _caveats(record: Record) -> Iterator[str]:
    timed = [line for line in record.results if line.rounds]
    if not timed:
        return
    yield from _about_the_machine(record)
    yield from _about_company(timed)
    short = sum(map(_without_interval, timed))
    if short:
        yield f"Too few rounds: {short} {'figure has' if short == 1 else 'figures have'} no interval."
    if record.self_test is None:
        yield "A/A: no row has an interval of the baseline against itself: the method was not checked."


def _about_the_machine(record: Record) -> Iterator[str]:
    env, closed = record.run.machine, record.finished
    if env.load is not None and env.load > env.cores - 1:
        yield (f"Load: {env.load:.1f} on {env.cores} CPUs before the run: workers may have had company.")
    elif closed is not None and closed.load is not None and closed.load > env.cores:
        yield f"Load: {closed.load:.1f} on {env.cores} CPUs at the end; a run by itself needs fewer."
    if env.governor not in STEADY_GOVERNORS:
        yield f"Frequency scaling: the governor is {env.governor}, so the CPU's speed may have changed."
    if env.cpu_quota is not None and env.cpu_quota < env.cores:
        yield (
            f"Quota: the system stops this container at {env.cpu_quota:g} of {env.cores} CPUs, "
            "whatever else runs; times have pauses in them that no loop made."
        )
    if not env.pinned:
        yield "Not pinned: this system cannot keep the workers on one CPU."


def _about_company(timed: list[BenchmarkResult]) -> Iterator[str]:
    """Whether the workers had their CPU to themselves: what does not wait of itself uses it whole."""
    awake = [line for line in timed if line.benchmark.ideal is None and line.benchmark.cpus == 1]
    shares = [
        cell.timing.cpu.value / cell.timing.seconds.value
        for line in awake
        for cell in line.cases
        if cell.timing is not None and not cell.timing.waits
    ]
    short = sum(share < AWAKE for share in shares)
    if short:
        yield (
            f"Shared CPU: in {short} of {len(shares)} figures the workers had their CPU for less than "
            f"{AWAKE:.0%} of the time; something else ran on it."
        )


def _without_interval(line: BenchmarkResult) -> int:
    compared = (
        cell.timing.excess if line.benchmark.ideal is not None else cell.timing.ratio
        for cell in line.cases
        if cell.timing is not None
    )
    return sum(estimate is not None and not estimate.has_interval for estimate in compared)


def of_the_run(record: Record) -> tuple[str, ...]:
    """What holds for the whole record: every caveat, and the warnings that name no row."""
    rows = _row_names(record)
    return (*caveats(record), *(said for said in warnings(record) if not said.startswith(rows)))


def of_rows(record: Record) -> tuple[str, ...]:
    """The warnings about single rows and cases."""
    rows = _row_names(record)
    return tuple(said for said in warnings(record) if said.startswith(rows))


def _row_names(record: Record) -> tuple[str, ...]:
    return tuple(f"{line.benchmark.id}{end}" for line in record.results for end in (":", " on "))
