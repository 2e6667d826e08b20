"""The rounds of a benchmark, and what they say: the timings of its cases, and the self-test."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.analysis.contrasts import Parts, changes, contrasts, count_contrasts
from harness.analysis.flags import disturbing, trending, unlike_whole_values
from harness.analysis.growth import growing
from harness.analysis.intervals import estimate, estimate_ratio, judge_ratio
from harness.analysis.metrics import METRICS
from harness.analysis.samples import (
    excess,
    log_ratio,
    log_ratio_of_cpu,
    log_ratio_of_totals,
    waits,
)
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import Value
from harness.records.contrast import Contrast
from harness.records.entries import RoundMeasured
from harness.records.estimate import Estimate
from harness.records.pace import SELF_TEST_ARM, ArmRound, RoundValues
from harness.records.plan import Plan
from harness.records.record import Timing

IDLE = 0.01
"""The share of wall time that a benchmark which promises only to wait may use of a CPU.

A sleep of 0.1 s takes asyncio 0.2% of it; what polls takes 2% or more.
"""

HELPING = 0.01
"""The share of CPU time used by other threads than the loop's above which they are helpers.

The two clocks that it is read from differ by far less.
"""


Compare = Callable[[Sequence[Value], Sequence[Value]], float]


@dataclass(frozen=True, slots=True)
class BenchmarkSamples:
    """The rounds of a benchmark so far.

    `timed` are the benchmark's backends that have a number, `natives` the arms of its twins that have one.
    """

    benchmark: Benchmark
    plan: Plan
    rounds: tuple[RoundMeasured, ...]
    timed: tuple[str, ...]
    natives: tuple[str, ...] = ()

    def ratios(self, level: float) -> dict[str, Estimate]:
        """Return the log ratios to the baseline, or the excesses in µs where the scenario sleeps."""
        names = self.timed if self.benchmark.ideal is not None else self._compared_backends()
        samples = {name: self._samples(name) for name in names}
        middle = estimate_ratio if self.benchmark.ideal is None else estimate
        return {name: middle(values, level) for name, values in samples.items() if values}

    def watched_ratios(self, level: float) -> dict[str, Estimate]:
        """Return the ratios that must be narrow before rounds end: those of `ratios`, or a gate's changes."""
        if not self.plan.against:
            return self.ratios(level)
        return {head: change for (head, _), change in self.changes(level).items()}

    def changes(self, level: float) -> dict[tuple[str, str], Estimate]:
        """Return the log ratios of a gate's heads to their bases, by their names, made inside each turn."""
        names = [(head.name, base.name) for head, base in self.plan.pairs_of(self.benchmark)]
        pairs = [pair for pair in names if {*pair} <= {*self.timed} and self.benchmark.ideal is None]
        return changes(pairs, self._turns(), level)

    def timings(self) -> dict[str, Timing]:
        """Return what the rounds say of each case that has a number."""
        return {name: self._timing(name) for name in self.timed if self.parts(name)}

    def self_test_ratio(self) -> Estimate | None:
        """Return the self-test's ratio with its unadjusted 95% interval; in µs where the scenario sleeps."""
        ratio = self._self_test_log_ratio()
        return ratio if ratio is None or self.benchmark.ideal is not None else ratio.exp()

    def self_test_differs(self) -> bool:
        """Decide whether the self-test's interval says that the baseline differs from itself."""
        ratio = self._self_test_log_ratio()
        if ratio is None or ratio.low is None or ratio.high is None:
            return False
        return not ratio.low <= 0 <= ratio.high

    def contrasts(self) -> tuple[Contrast, ...]:
        """Return the contrasts that the rounds allow; a scenario that sleeps has none."""
        if self.benchmark.ideal is not None:
            return ()
        if self.plan.against:
            revised = self.changes(self.plan.inner_level).items()
            return tuple(Contrast("revision", *pair, change.exp()) for pair, change in revised)
        backends = [backend for backend in self.plan.backends if backend.name in self.timed]
        numbered = {*self.timed, *self.natives}
        rounds = [{arm: turns[arm] for arm in turns if arm in numbered} for turns in self._turns()]
        parts = Parts(self.benchmark.uses_gather, dict(self.benchmark.stacks))
        level = self.plan.contrast_level(count_contrasts(backends, rounds, parts))
        return contrasts(backends, self.plan.baseline, rounds, level, parts)

    def parts(self, arm: str) -> tuple[ArmRound, ...]:
        """Return the arm's part in every round that it took part in."""
        return tuple(self.parts_by_round(arm).values())

    def parts_by_round(self, arm: str) -> dict[int, ArmRound]:
        """Return the arm's part in every round that it took part in, by the round's number."""
        return {
            measured.number: part for measured in self.rounds for part in measured.arms if part.arm == arm
        }

    def with_helper_threads(self) -> tuple[str, ...]:
        """Return the backends that, in most rounds, had threads beside the loop's which the baseline had not.

        Only threads that used CPU time count: what a pool keeps after the set-up, as libuv's does after it
        looked up a name, helps nobody.
        """
        usual = self._threads(self.plan.baseline)
        others = self._compared_backends()
        return tuple(name for name in others if self._threads(name) > usual and self._helping(name) > HELPING)

    def _threads(self, name: str) -> float:
        return median([part.summary.threads for part in self.parts(name)] or [0])

    def _helping(self, name: str) -> float:
        """Return the share of an arm's CPU time that other threads than its loop's used inside the clock."""
        return median([_helping(part.values) for part in self.parts(name)] or [0])

    def _self_test_log_ratio(self) -> Estimate | None:
        """Return the self-test's log ratio; where the scenario sleeps, the difference of excesses in µs."""
        ideal = self.benchmark.ideal
        if self.plan.baseline not in self.timed:
            return None
        if ideal is None:
            samples = self._compared(SELF_TEST_ARM, log_ratio)
        else:
            samples = self._compared(SELF_TEST_ARM, lambda a, b: excess(a, ideal) - excess(b, ideal))
        return estimate_ratio(samples, self.plan.self_test_level) if samples else None

    def _compared_backends(self) -> tuple[str, ...]:
        """Return the backends that have a ratio: none if the baseline has no number."""
        base = self.plan.baseline
        return tuple(name for name in self.timed if name != base) if base in self.timed else ()

    @property
    def reference(self) -> str:
        """The arm whose ratios to it are figures of a case; empty where the server changes with the loop.

        What changes in two parts is told by contrasts alone, so that no mean over benchmarks has it.
        """
        return "" if self.benchmark.stacks else self.plan.baseline

    def _has_ratio(self, name: str) -> bool:
        """Decide whether a backend's ratio to the baseline is a figure of its case."""
        return bool(self.reference) and name in self._compared_backends()

    def _samples(self, arm: str) -> tuple[float, ...]:
        """Return one number a round: the excess where the scenario sleeps, else the log ratio."""
        ideal = self.benchmark.ideal
        if ideal is None:
            return self._compared(arm, log_ratio)
        return tuple(excess(part.values, ideal) for part in self.parts(arm))

    def _compared(self, arm: str, compare: Compare) -> tuple[float, ...]:
        """Return one number for every round in which both the arm and the baseline took part."""
        base = self.plan.baseline
        return tuple(compare(turns[arm], turns[base]) for turns in self._turns() if {arm, base} <= set(turns))

    def _turns(self) -> list[RoundValues]:
        """Return each round as the values of every arm that took part in it."""
        return [measured.turns for measured in self.rounds]

    def _timing(self, name: str) -> Timing:
        timing = self._with_cpu_ratio(name, self._absolute(self.parts(name)))
        timing = replace(timing, flags=(*timing.flags, *self._idling(timing)))
        samples = self._samples(name)
        if self.benchmark.ideal is not None:
            return replace(timing, excess=estimate(samples, self.plan.inner_level), samples=samples)
        if not self._has_ratio(name) or not samples:
            return timing
        ratio = estimate_ratio(samples, self.plan.inner_level)
        means = self._compared(name, log_ratio_of_totals)
        return replace(
            timing,
            ratio=ratio.exp(),
            mean_ratio=math.exp(median(means)),
            judgement=judge_ratio(ratio.exp(), self.plan.margin),
            samples=samples,
            flags=(*timing.flags, *unlike_whole_values(samples, means)),
        )

    def _idling(self, timing: Timing) -> tuple[str, ...]:
        """Flag a backend that uses CPU time in a benchmark that promises only to wait."""
        if not self.benchmark.idle or timing.cpu_share <= IDLE:
            return ()
        return (f"uses {timing.cpu_share:.1%} of a CPU where the benchmark promises only to wait",)

    def _with_cpu_ratio(self, name: str, timing: Timing) -> Timing:
        """Add the ratio of CPU times, of a backend that waits: its wall time hides what it costs."""
        if not timing.waits or not self._has_ratio(name):
            return timing
        if not (samples := self._compared(name, log_ratio_of_cpu)):
            return timing
        return replace(timing, cpu_ratio=estimate_ratio(samples, self.plan.inner_level).exp())

    def _absolute(self, parts: Sequence[ArmRound]) -> Timing:
        """Return what an arm's parts say without a baseline."""
        return Timing(
            metrics=dict(self._metrics(parts)),
            threads=max(part.summary.threads for part in parts),
            flags=(*disturbing(parts), *trending(parts), *growing(parts)),
            waits=waits([value for part in parts for value in part.values]),
        )

    def _metrics(self, parts: Sequence[ArmRound]) -> Iterator[tuple[str, Estimate]]:
        """Yield each metric that has a number in every round, by its name."""
        for metric in METRICS:
            if metric.read is not None:
                numbers = [number for part in parts if (number := metric.read(part)) is not None]
                if len(numbers) == len(parts):
                    yield metric.name, estimate(numbers, self.plan.inner_level)


def _helping(values: Sequence[Value]) -> float:
    return sum(value.helper_cpu for value in values) / max(1, sum(value.cpu for value in values))
