"""All that one run of the suite leaves behind, made of the journal's entries: what reports are made of.

JSON with a version, checked when read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.protocol.benchmarks import Benchmark, Claim
from harness.protocol.observations import ProcessObservations
from harness.records.contrast import Contrast
from harness.records.entries import RunFinished, RunStarted
from harness.records.estimate import Estimate, Judgement
from harness.records.pace import RoundSettings
from harness.records.passes import FullCollections, Latency, OnTwoCpus
from harness.records.trials import TrialResult
from harness.records.verdict import CaseVerdict, ClaimResult


@dataclass(frozen=True, slots=True)
class Timing:
    """What the rounds say of one case.

    `metrics` are the estimates of what is read off each round, under their names in `analysis.metrics`;
    times and switches are per iteration. `excess` is in µs beyond the ideal of a scenario that sleeps;
    `ratio` against the baseline (None for itself, for stories that sleep, and where the
    baseline has no number), `mean_ratio` the same from totals instead of medians. `samples` are
    the log ratios (or excesses) that the interval rests on, one a round. `latency`, `full_collections`
    and `on_two_cpus` are of passes; None where the benchmark had none.
    """

    metrics: Mapping[str, Estimate]
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

    @property
    def seconds(self) -> Estimate:
        """The wall time of an iteration."""
        return self.metrics["seconds"]

    @property
    def cpu(self) -> Estimate:
        """The CPU time of an iteration, in seconds."""
        return self.metrics["cpu_seconds"]

    @property
    def collecting(self) -> Estimate:
        """The share of wall time that is spent in garbage collection."""
        return self.metrics["collecting_share"]

    @property
    def peak_memory(self) -> Estimate | None:
        """The bytes above the resident size before the first iteration; None where it is not known."""
        return self.metrics.get("peak_bytes")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case in the record: its verdict, its evidence, and its timing if it has one."""

    backend: str
    verdict: CaseVerdict
    processes: tuple[ProcessObservations, ...]
    timing: Timing | None = None


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
    stop_reason: str = ""
    self_test: Estimate | None = None
    self_test_differs: bool = False
    contrasts: tuple[Contrast, ...] = ()
    """Of a story that does not sleep: what its backends' differences are due to."""
    measured_in: str = ""
    """Of a native row, the row in whose rounds it took part; empty where it had rounds of its own."""


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
