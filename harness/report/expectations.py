"""What a case is held against: the scenario's promise or, of what it does not promise, the baseline."""

from itertools import chain

from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Mismatch
from harness.report.backend_names import shown_names

PROMISED = "promised"


def expectation_name(record: Record, result: BenchmarkResult, mismatch: Mismatch) -> str:
    """Return the name of what was expected instead: "promised", or "first seen on asyncio"."""
    reference = reference_case(record, result, mismatch)
    return (
        PROMISED if reference is None else f"first seen on {shown_names(record.backends)[reference.backend]}"
    )


def reference_case(record: Record, result: BenchmarkResult, mismatch: Mismatch) -> CaseResult | None:
    """Return the case that stood for a promise: the baseline, or the next best; None where there is one."""
    if _is_promised(result, mismatch.aspect):
        return None
    seen = [case for case in result.cases if any(process.observations for process in case.processes)]
    of_baseline = (case for case in seen if case.backend == record.run.plan.baseline)
    return next(chain(of_baseline, seen), None)


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
