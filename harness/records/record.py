"""A record is all that one run leaves behind, made of the journal's entries: reports are made of it.

On disk it is JSON with a version, which is checked when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.protocol.benchmarks import Benchmark, Claim, Promise
from harness.protocol.observations import ProcessObservations
from harness.records.contrast import Contrast
from harness.records.cost import BenchmarkCost
from harness.records.entries import RunFinished, RunStarted
from harness.records.estimate import Estimate, Judgement
from harness.records.pace import RoundSettings
from harness.records.passes import PassResult
from harness.records.services import ServiceFigures
from harness.records.stop_reason import StopKind, StopReason
from harness.records.trials import TrialResult
from harness.records.verdict import CaseVerdict, ClaimResult


@dataclass(frozen=True, slots=True)
class Timing:
    """What the rounds say of one case.

    `metrics` are the estimates of what is read off each round, under their names in `analysis.metrics`;
    times and switches are per iteration. `excess` is in µs beyond the ideal of a scenario that sleeps;
    `ratio` against the baseline (None for itself, for scenarios that sleep, and where the
    baseline has no number), `mean_ratio` the same from totals instead of medians. `samples` are
    the log ratios (or excesses) that the interval rests on, one a round. `passes` holds what each pass said
    of the case, by the name of the pass. `waits` is true where the case waits of itself, and `cpu_ratio` is
    then its CPU time against the baseline's.
    """

    metrics: Mapping[str, Estimate]
    ratio: Estimate | None = None
    mean_ratio: float | None = None
    excess: Estimate | None = None
    judgement: Judgement | None = None
    threads: int = 1
    flags: tuple[str, ...] = ()
    samples: tuple[float, ...] = ()
    passes: Mapping[str, PassResult] = field(default_factory=dict)
    waits: bool = False
    cpu_ratio: Estimate | None = None
    service: ServiceFigures | None = None
    """What the driver saw of a service; None for what is none. Its `seconds` are the server's CPU time."""

    @property
    def seconds(self) -> Estimate:
        """The wall time of an iteration; the CPU time of the server, of a service's."""
        return self.metrics["seconds"]

    @property
    def cpu(self) -> Estimate:
        """The CPU time of an iteration, in seconds."""
        return self.metrics["cpu_seconds"]

    @property
    def cpu_share(self) -> float:
        """The CPU time of an iteration as a share of its wall time."""
        return self.cpu.value / self.seconds.value

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
class BenchmarkResult:
    """What a benchmark came to over all of its backends, baseline first.

    `self_test` is the ratio of the baseline to itself: its interval is unadjusted 95% (for a scenario that
    sleeps, it is the difference of the two arms in µs). `stop_reason` says why no more rounds were taken;
    None where the benchmark is not finished.
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
    """The number of the host that the benchmark was measured on; None where the run had one host."""
    also_on: tuple["BenchmarkResult", ...] = ()
    """What the same benchmark came to on each further host of the run that measured it, by their numbers."""

    @property
    def on_hosts(self) -> tuple["BenchmarkResult", ...]:
        """The benchmark's result on each host that measured it, in the order of their numbers."""
        results = (replace(self, also_on=()), *self.also_on)
        return tuple(sorted(results, key=lambda result: _in_order(result.measured_on or "")))

    @property
    def measured_in(self) -> str:
        """The id of the benchmark in whose rounds a twin took part; empty where it had rounds of its own."""
        reason = self.stop_reason
        return reason.detail if reason is not None and reason.kind is StopKind.MEASURED_WITH else ""


def _in_order(number: str) -> tuple[int, str]:
    """Return what numbers are ordered by that are written in digits, and in nothing else if in anything."""
    return len(number), number


@dataclass(frozen=True, slots=True)
class ClaimResults:
    """A claim with its computed answer on each backend."""

    claim: Claim
    benchmark: str
    answers: tuple[tuple[str, ClaimResult], ...]


@dataclass(frozen=True, slots=True)
class SelfTestCheck:
    """The method's own check: self-tests, those whose 95% interval excludes 1, and what chance allows."""

    benchmarks: int
    differing: int
    allowed: int


@dataclass(frozen=True, slots=True)
class HostCheck:
    """What one host of several measured: its number, how many benchmarks, and its own self-tests.

    `left_out` is true where the run leaves out what hosts that are off measured, and this one is.
    """

    number: int
    benchmarks: int
    self_test: SelfTestCheck | None
    left_out: bool = False

    @property
    def is_off(self) -> bool:
        """Whether more of its self-tests differ than chance allows, at 99%."""
        return self.self_test is not None and self.self_test.differing > self.self_test.allowed


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """What an audit of the same machine and Python found of the method: its folder, date and sentences."""

    folder: str
    started: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """All that one run leaves behind, complete enough to render every report again."""

    run: RunStarted
    results: tuple[BenchmarkResult, ...]
    ledger: tuple[ClaimResults, ...]
    self_test: SelfTestCheck | None
    finished: RunFinished | None
    trials: tuple[TrialResult, ...] = ()
    """Everything that an audit tried, in that order; nothing for a run."""
    audit: AuditSummary | None = None
    """The newest audit that was on record here when a run ended; None where there was none."""
    hosts: tuple[HostCheck, ...] = ()
    """The check of each host, by their numbers; nothing where the run had one host."""

    @property
    def backends(self) -> tuple[str, ...]:
        """The names of the backends in the order they are shown."""
        return tuple(backend.name for backend in self.run.plan.backends)
