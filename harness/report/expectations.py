"""What a case is held against: the scenario's promise or, of what it does not promise, the baseline."""

from harness.records.record import BenchmarkResult, Record
from harness.records.verdict import Mismatch
from harness.report.backend_names import shown_names

PROMISED = "promised"


def expectation_name(record: Record, result: BenchmarkResult, mismatch: Mismatch) -> str:
    """Return the name of what was expected instead: "promised", or "first seen on asyncio"."""
    if _is_promised(result, mismatch.aspect):
        return PROMISED
    baseline = record.run.plan.baseline
    seen = [case.backend for case in result.cases if any(process.observations for process in case.processes)]
    first = baseline if baseline in seen or not seen else seen[0]
    return f"first seen on {shown_names(record.backends)[first]}"


def _is_promised(result: BenchmarkResult, aspect: str) -> bool:
    """Decide whether a scenario or a documented difference promises an aspect; nothing left, all do."""
    benchmark = result.benchmark
    promises = [benchmark.promise, *(difference.promise for difference in benchmark.differences)]
    match aspect:
        case "returned" | "raised":
            return any(promise.outcome is not None for promise in promises)
        case "printed":
            return any(promise.prints is not None for promise in promises)
        case _:
            return True
