"""Makes the record of a run: the result of each benchmark, the ledger, and the method's check on itself."""

from collections.abc import Iterator, Sequence

from harness.analysis.intervals import binomial_quantile
from harness.analysis.passes.table import add_pass_results
from harness.analysis.services import add_service_figures
from harness.analysis.verdicts import evaluate_claim
from harness.records.record import BenchmarkResult, CaseResult, ClaimResults, SelfTestCheck, Timing
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.benchmark_state import BenchmarkState


def benchmark_result(state: BenchmarkState) -> BenchmarkResult:
    """Return what a benchmark has come to so far, over all of its backends."""
    samples, host = state.samples(), state.measured_in()
    with_host = StopReason(StopKind.MEASURED_WITH, detail=host.benchmark.id) if host else None
    timings = add_pass_results(samples.timings(), state.pass_samples(), samples.with_helper_threads())
    if state.benchmark.is_service:
        timings = add_service_figures(timings, state.samples_as_measured())
    return BenchmarkResult(
        benchmark=state.benchmark,
        cases=tuple(
            _case_result(state, backend.name, timings.get(backend.name)) for backend in state.backends
        ),
        settings=(host or state).settings,
        rounds=len(samples.rounds),
        stop_reason=with_host or state.stop_reason,
        self_test=samples.self_test_ratio(),
        self_test_differs=samples.self_test_differs(),
        contrasts=samples.contrasts(),
    )


def _case_result(state: BenchmarkState, backend: str, timing: Timing | None) -> CaseResult:
    processes = state.observed(backend)
    return CaseResult(
        backend,
        state.verdict(backend),
        state.expected(backend),
        processes,
        timing,
        loop_class=next(filter(None, (process.loop_class for process in processes)), None),
    )


def claim_results(result: BenchmarkResult) -> Iterator[ClaimResults]:
    """Yield each claim of a benchmark with its computed answer on each backend."""
    for claim in result.benchmark.claims:
        answers = tuple((case.backend, evaluate_claim(claim, case.processes)) for case in result.cases)
        yield ClaimResults(claim, result.benchmark.id, answers)


def self_test_check(results: Sequence[BenchmarkResult]) -> SelfTestCheck | None:
    """Return in how many self-tests the baseline differs from itself; None where none has an interval."""
    tested = [
        result for result in results if result.self_test is not None and result.self_test.low is not None
    ]
    if not tested:
        return None
    differing = sum(result.self_test_differs for result in tested)
    return SelfTestCheck(len(tested), differing, binomial_quantile(len(tested)))
