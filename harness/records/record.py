"""All that one run of the suite leaves behind, made of the journal's entries: what reports are made of.

JSON with a version, checked when read.
"""

from dataclasses import dataclass

from harness.protocol.benchmarks import Benchmark, Claim, Promise
from harness.protocol.observations import ProcessObservations
from harness.records.contrast import Contrast
from harness.records.entries import RunFinished, RunStarted
from harness.records.estimate import Estimate, Judgement
from harness.records.pace import RoundSettings
from harness.records.passes import FullCollections, Latency, OnTwoCpus
from harness.records.stop_reason import StopKind, StopReason
from harness.records.trials import TrialResult
from harness.records.verdict import CaseVerdict, ClaimResult


@dataclass(frozen=True, slots=True)
class Timing:
    """What the rounds say of one case.

    `seconds` and `cpu` are per iteration; `excess` µs beyond the ideal of a story that sleeps;
    `ratio` against the baseline (None for itself, for stories that sleep, and where the
    baseline has no number), `mean_ratio` the same from totals instead of medians. `switches`
    are context switches an iteration, `peak` bytes above the resident size before the first
    iteration, `collecting` the share of wall time spent in garbage collection. `samples` are
    the log ratios (or excesses) that the interval rests on, one a round. `latency`, `full` and
    `on_two` are of passes; None where the row had none. `waits` if the case waits of itself, and
    `cpu_ratio` is then its CPU time against the baseline's.
    """

    seconds: Estimate
    cpu: Estimate
    switches: Estimate
    collecting: Estimate
    peak_memory: Estimate | None
    startup: Estimate
    ratio: Estimate | None = None
    mean_ratio: float | None = None
    excess: Estimate | None = None
    judgement: Judgement | None = None
    threads: int = 1
    flags: tuple[str, ...] = ()
    samples: tuple[float, ...] = ()
    latency: Latency | None = None
    full_collections: FullCollections | None = None
    on_two_cpus: OnTwoCpus | None = None
    waits: bool = False
    cpu_ratio: Estimate | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case in the record: its verdict beside what was expected and observed, and its timing if it has one.

    What is not promised in `expected` is whatever the first observation of the benchmark showed.
    """

    backend: str
    verdict: CaseVerdict
    expected: Promise
    processes: tuple[ProcessObservations, ...]
    timing: Timing | None = None
    loop_class: str | None = None
    """The class of the loop that the case ran on, with its module; None where that is not recorded."""


@dataclass(frozen=True, slots=True)
class BenchmarkCost:
    """Seconds that a benchmark took of the whole run's time, by what they were spent on."""

    observing: float
    calibrating: float
    rounds: float
    passes: float


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """A row of the record over all backends, baseline first.

    `again` is the A/A ratio: its interval is unadjusted 95% (for a story that sleeps, the
    difference of the two entries in µs). `finished` says why no more rounds were taken.
    """

    benchmark: Benchmark
    cases: tuple[CaseResult, ...]
    settings: RoundSettings | None = None
    rounds: int = 0
    stop_reason: StopReason | None = None
    self_test: Estimate | None = None
    self_test_differs: bool = False
    contrasts: tuple[Contrast, ...] = ()
    """What the differences between backends are due to; a scenario that sleeps has none."""
    cost: BenchmarkCost | None = None
    """What the benchmark cost; None where that is not recorded."""
    measured_on: str | None = None
    """The computer that the benchmark was measured on; None where it was that of the run."""

    @property
    def measured_in(self) -> str:
        """The id of the benchmark in whose rounds a twin took part; empty where it had rounds of its own."""
        reason = self.stop_reason
        return reason.detail if reason is not None and reason.kind is StopKind.MEASURED_WITH else ""


@dataclass(frozen=True, slots=True)
class ClaimResults:
    """A claim with its computed answer on each backend."""

    claim: Claim
    benchmark: str
    answers: tuple[tuple[str, ClaimResult], ...]


@dataclass(frozen=True, slots=True)
class SelfTestCheck:
    """The method's own check: A/A rows, those whose 95% interval excludes 1, and what chance allows."""

    benchmarks: int
    differing: int
    allowed: int


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """What an audit of the same machine and Python found of the method: its folder, date and sentences."""

    folder: str
    started: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """All that one run of the suite leaves behind, complete enough to render every report again."""

    run: RunStarted
    results: tuple[BenchmarkResult, ...]
    ledger: tuple[ClaimResults, ...]
    self_test: SelfTestCheck | None
    finished: RunFinished | None
    trials: tuple[TrialResult, ...] = ()
    """Of an audit: everything that it tried, in the order it was."""
    audit: AuditSummary | None = None
    """Of a run: the newest audit that was on record here when it ended; None where there was none."""

    @property
    def backends(self) -> tuple[str, ...]:
        """The names of the backends in the order they are shown."""
        return tuple(backend.name for backend in self.run.plan.backends)
