"""What a run's journal holds of one benchmark, and what follows from it so far."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.analysis.judging import judge_among, reference_of
from harness.analysis.passes.contract import Pass
from harness.analysis.passes.table import passes_for
from harness.analysis.services import by_cpu
from harness.analysis.timings import BenchmarkSamples
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Benchmark, Promise
from harness.protocol.observations import ProcessObservations, distinct_observations
from harness.records.contrast import native_arm
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    PassRoundMeasured,
    RoundMeasured,
    RunStarted,
)
from harness.records.pace import SELF_TEST_ARM, RoundSettings
from harness.records.plan import Plan
from harness.records.promises import expected_promise
from harness.records.stop_reason import StopReason
from harness.records.verdict import CaseVerdict, Verdict
from harness.runner.twins import PlannedBenchmark, TwinArm, rounds_of_twin

BenchmarkEntry = (
    CaseObserved | BenchmarkCalibrated | RoundMeasured | PassRoundMeasured | ArmDropped | BenchmarkFinished
)
"""An entry of the journal that is about one benchmark."""


class BenchmarkState:
    """One benchmark of a run: what is journaled of it, its verdicts, and the arms that may be timed.

    `all_benchmarks` are those of the run by id, among which its host and its twins are found.
    """

    def __init__(
        self, planned: PlannedBenchmark, run: RunStarted, all_benchmarks: Mapping[str, "BenchmarkState"]
    ) -> None:
        self._planned = planned
        self._run = run
        self._all = all_benchmarks
        self._observed: dict[str, tuple[ProcessObservations, ...]] = {}
        self._settings: RoundSettings | None = None
        self._rounds: list[RoundMeasured] = []
        self._pass_rounds: dict[str, list[RoundMeasured]] = {}
        self._dropped: dict[str, ArmDropped] = {}
        self._stop_reason: StopReason | None = None
        self._verdicts: dict[str, CaseVerdict] = {}

    def add(self, entry: BenchmarkEntry) -> None:
        """Take in one entry about this benchmark; a later one about the same thing replaces the earlier."""
        match entry:
            case CaseObserved(_, backend, processes):
                self._observed[backend] = processes
                self.forget_verdicts()
            case BenchmarkCalibrated(_, settings):
                self._settings = settings
            case RoundMeasured():
                self._rounds.append(entry)
            case PassRoundMeasured(name, measured):
                self._pass_rounds.setdefault(name, []).append(measured)
            case ArmDropped(_, failure):
                self._dropped[failure.arm] = entry
                self.forget_verdicts()
                self._forget_verdicts_of_twins()
            case BenchmarkFinished(_, reason):
                self._stop_reason = reason

    def release_rounds(self) -> None:
        """Forget the rounds: the journal has them, and those of all benchmarks would fill the memory."""
        self._rounds = []
        self._pass_rounds = {}

    def forget_verdicts(self) -> None:
        """Have the verdicts judged anew: what is not promised is what the baseline was seen to do."""
        self._verdicts.clear()

    def _forget_verdicts_of_twins(self) -> None:
        """Have the verdicts of twins judged anew, whose arms may have been dropped in these rounds."""
        for twin in self.twins:
            twin.forget_verdicts()

    @property
    def benchmark(self) -> Benchmark:
        """The benchmark."""
        return self._planned.benchmark

    @property
    def backends(self) -> tuple[Backend, ...]:
        """The backends that the benchmark has cases on, baseline first."""
        return self._planned.backends

    @property
    def plan(self) -> Plan:
        """The plan of the whole run."""
        return self._run.plan

    @property
    def settings(self) -> RoundSettings | None:
        """How the benchmark is measured; None before it is calibrated."""
        return self._settings

    @property
    def rounds(self) -> Sequence[RoundMeasured]:
        """The benchmark's own rounds so far; none after it is finished."""
        return self._rounds

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the benchmark has no more rounds of its own; None while it is not finished."""
        return self._stop_reason

    @property
    def host(self) -> "BenchmarkState | None":
        """The benchmark in whose rounds this one may take part, if it is a twin."""
        return None if self._planned.host is None else self._all[self._planned.host]

    @property
    def twins(self) -> tuple["BenchmarkState", ...]:
        """The benchmarks that may take part in this one's rounds."""
        return tuple(
            self._all[name] for name in dict.fromkeys(arm.twin.id for arm in self._planned.twin_arms)
        )

    def pass_rounds(self, name: str) -> Sequence[RoundMeasured]:
        """Return the rounds of one of the benchmark's passes so far."""
        return tuple(self._pass_rounds.get(name, ()))

    def is_over(self, planned: Pass) -> bool:
        """Decide whether a pass has as many rounds as it is to have, or has taken its time."""
        rounds = self.pass_rounds(planned.name)
        return planned.is_over(len(rounds), sum(measured.seconds for measured in rounds))

    def observed(self, backend: str) -> tuple[ProcessObservations, ...]:
        """Return what fresh processes observed of the case on this backend; nothing before they have."""
        return self._observed.get(backend, ())

    def is_observed(self, backend: str) -> bool:
        """Decide whether the case on this backend has been observed."""
        return backend in self._observed

    def dropped(self, arm: str) -> ArmDropped | None:
        """Return how an arm was given up in the benchmark's own rounds; None where it was not."""
        return self._dropped.get(arm)

    def _observed_in_order(self) -> dict[str, tuple[ProcessObservations, ...]]:
        return {backend.name: self.observed(backend.name) for backend in self.backends}

    def verdict(self, backend: str) -> CaseVerdict:
        """Return the verdict on a case, as observed and as it was when timed; it is judged once."""
        if backend not in self._verdicts:
            self._verdicts[backend] = self._judge(backend)
        return self._verdicts[backend]

    def _judge(self, backend: str) -> CaseVerdict:
        python = self._run.machine.python_of(backend)
        verdict = judge_among(self.benchmark, backend, python, self._observed_in_order())
        dropped = self.dropped(backend) or self._dropped_as_twin(backend)
        if dropped is None or not verdict.has_number:
            return verdict
        return CaseVerdict(Verdict(dropped.verdict), dropped.failure.reason, output=dropped.failure.output)

    def _dropped_as_twin(self, backend: str) -> ArmDropped | None:
        """Return how the case on this backend was given up in the rounds of the benchmark's host."""
        if self.host is None:
            return None
        arms = (native_arm(other) for other in self.plan.backends if other.name == backend)
        return self.host.dropped(next(arms))

    def timed_backends(self) -> tuple[str, ...]:
        """Return the backends that may be timed: those that returned what they should."""
        if not self.benchmark.timed:
            return ()
        names = (backend.name for backend in self.backends)
        return tuple(name for name in names if self.verdict(name).has_number and self._returns(name))

    def _returns(self, backend: str) -> bool:
        return all(
            observation.outcome.how == "returned"
            for observation in distinct_observations(self.observed(backend))
        )

    def timed_twin_arms(self) -> tuple[TwinArm, ...]:
        """Return the arms of twins that may take part in the benchmark's rounds."""
        return tuple(
            arm
            for arm in self._planned.twin_arms
            if arm.backend.name in self._all[arm.twin.id].timed_backends()
        )

    def measured_in(self) -> "BenchmarkState | None":
        """Return the host in whose rounds this twin takes part; None where it needs rounds of its own."""
        host = self.host
        return None if host is None or self._rounds or not host.timed_backends() else host

    def samples(self) -> BenchmarkSamples:
        """Return the benchmark's rounds so far, its own or its host's, with the arms that have a number.

        The time of a service is its server's CPU time.
        """
        samples = self.samples_as_measured()
        return (
            replace(samples, rounds=tuple(by_cpu(samples.rounds))) if self.benchmark.is_service else samples
        )

    def samples_as_measured(self) -> BenchmarkSamples:
        """Return the same rounds with the wall time of every value, a service's too."""
        host = self.measured_in()
        rounds = self._rounds if host is None else rounds_of_twin(host.rounds, self._planned)
        twin_arms = tuple(arm.name for arm in self.timed_twin_arms())
        return BenchmarkSamples(self.benchmark, self.plan, tuple(rounds), self.timed_backends(), twin_arms)

    def pass_samples(self) -> dict[str, BenchmarkSamples]:
        """Return the rounds so far of each of the benchmark's passes, with backends that have a number."""
        return {
            name: BenchmarkSamples(self.benchmark, self.plan, tuple(rounds), self.timed_backends())
            for name, rounds in self._pass_rounds.items()
        }

    def passes(self) -> tuple[Pass, ...]:
        """Return the benchmark's passes, as far as its rounds show which it needs."""
        return passes_for(self.plan, self.benchmark, self.settings, self.samples().with_helper_threads())

    def expected(self, backend: str) -> Promise:
        """Return the whole promise of the case on this backend."""
        python, reference = self._run.machine.python_of(backend), reference_of(self._observed_in_order())
        return expected_promise(self.benchmark, backend, python, reference)

    def expected_of_arm(self, name: str) -> Promise:
        """Return the whole promise of an arm of the benchmark's rounds, the self-test's and twins' too."""
        for arm in self._planned.twin_arms:
            if name == arm.name:
                return self._all[arm.twin.id].expected(arm.backend.name)
        return self.expected(self.plan.baseline if name == SELF_TEST_ARM else name)
