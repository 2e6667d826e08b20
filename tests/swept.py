"""Records of one scenario over growing sizes."""

from dataclasses import replace

from harness.protocol.benchmarks import Promise
from harness.records.estimate import Estimate
from harness.records.record import BenchmarkResult, CaseResult, Record, Timing
from harness.records.verdict import CaseVerdict, Verdict
from tests.records import ASYNCIO, UVLOOP, begun, fake_benchmark, observation, plan, returned, twice


def sure(value: float) -> Estimate:
    return Estimate(value, value, value, 20)


def timing_of(seconds: float, collecting: float = 0.0) -> Timing:
    time = sure(seconds)
    return Timing({"seconds": time, "cpu_seconds": time, "collecting_share": sure(collecting)})


def swept(*times: float) -> Record:
    """A record of one scenario over n = 1, 10, 100, …: these seconds on asyncio, twice as many on uvloop."""
    rows = [
        fake_benchmark("grow", returned(1), parameters=(("n", 10**at), ("how", "well")))
        for at in range(len(times))
    ]
    lines = []
    for one, seconds in zip(rows, times, strict=True):
        cells = [
            CaseResult(
                name,
                CaseVerdict(Verdict.SAME_RESULT),
                Promise(),
                twice(observation(returned(1))),
                timing_of(seconds * factor),
            )
            for name, factor in ((ASYNCIO, 1), (UVLOOP, 2))
        ]
        lines.append(BenchmarkResult(one, tuple(cells), rounds=20))
    return Record(begun(plan(*rows, on=(ASYNCIO, UVLOOP))), tuple(lines), (), None, None)


def remembered() -> Record:
    """The same for n = 1, 10, 100, with a fixed mebibyte on uvloop, and 2 KiB for each of n on both."""
    record = swept(1e-6, 1e-5, 1e-4)
    lines = (
        replace(line, cases=tuple(peaking(cell, 10**at) for cell in line.cases))
        for at, line in enumerate(record.results)
    )
    return replace(record, results=tuple(lines))


def peaking(cell: CaseResult, n: int) -> CaseResult:
    assert cell.timing is not None
    once = 2**20 if cell.backend == UVLOOP else 2**14
    peak = Estimate(once + 2048.0 * n, once + 2048.0 * n - 99, once + 2048.0 * n + 99, 20)
    return replace(cell, timing=replace(cell.timing, metrics={**cell.timing.metrics, "peak_bytes": peak}))
