"""A row's rounds → the timings of its cases, and the A/A interval."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.analysis.contrasts import contrasts
from harness.analysis.intervals import estimate, judge_ratio
from harness.analysis.metrics import METRICS
from harness.analysis.samples import excess, log_ratio, log_ratio_of_totals, trend_of
from harness.analysis.variance import FEWEST_TURNS, RoundCost, round_cost, variance_components
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import Value
from harness.records.contrast import Contrast
from harness.records.entries import RoundMeasured
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.pace import SELF_TEST_ARM, ArmRound, RoundValues
from harness.records.plan import Plan
from harness.records.record import Timing
from harness.records.trials import VarianceComponents

DISTURBING = 0.01
"""Share of the time between its turns above which an arm's use of CPU is flagged."""

HELPING = 0.01
"""Share of CPU time used by other threads above which they help; two clocks differ by far less."""

TRENDING = 0.02
"""How far the halves of a worker's turns may lie apart; less than the default precision moves no verdict."""

TREND_LEVEL = 0.99
"""Of the interval of that distance: a trend is looked for in every case, and found in few by chance."""

Compare = Callable[[Sequence[Value], Sequence[Value]], float]


@dataclass(frozen=True, slots=True)
class BenchmarkSamples:
    """The rounds of a row so far; `timed` are its backends that have a number, `natives` such native arms."""

    benchmark: Benchmark
    plan: Plan
    rounds: tuple[RoundMeasured, ...]
    timed: tuple[str, ...]
    natives: tuple[str, ...] = ()

    def ratios(self) -> dict[str, Estimate]:
        """The log ratios to the baseline (of a story that sleeps, the excesses in µs) so far."""
        names = self.timed if self.benchmark.ideal is not None else self._compared_backends()
        samples = {name: self._samples(name) for name in names}
        return {name: estimate(some, self.plan.level) for name, some in samples.items() if some}

    def timings(self) -> dict[str, Timing]:
        """What the rounds say of each case that has a number."""
        return {name: self._timing(name) for name in self.timed if self.parts(name)}

    def self_test_ratio(self) -> Estimate | None:
        """The A/A ratio, 95% and unadjusted; of a story that sleeps, the difference in µs."""
        estimated = self._again()
        return estimated if estimated is None or self.benchmark.ideal is not None else estimated.exp()

    def self_test_differs(self) -> bool:
        """Whether the A/A interval says that the baseline differs from itself."""
        again = self._again()
        if again is None or again.low is None or again.high is None:
            return False
        return not again.low <= 0 <= again.high

    def contrasts(self) -> tuple[Contrast, ...]:
        """What the differences are due to; a story that sleeps has none."""
        if self.benchmark.ideal is not None:
            return ()
        backends = [backend for backend in self.plan.backends if backend.name in self.timed]
        numbered = {*self.timed, *self.natives}
        rounds = [{arm: took[arm] for arm in took if arm in numbered} for took in self._turns()]
        return contrasts(backends, rounds, self.plan.level, gathers=self.benchmark.uses_gather)

    def variance_components(self) -> VarianceComponents | None:
        """Where the variance of the rounds so far lies; None where there are too few, or no baseline."""
        return variance_components(self._turns(), self.plan.baseline)

    def round_cost(self) -> RoundCost:
        """What the rounds so far cost; one of them has two arms or more, as where there is a spread."""
        return round_cost(self._turns(), [played.seconds for played in self.rounds])

    def parts(self, arm: str) -> tuple[ArmRound, ...]:
        """The arm's part in every round that it took part in."""
        return tuple(part for played in self.rounds for part in played.arms if part.arm == arm)

    def with_helper_threads(self) -> tuple[str, ...]:
        """The backends with helper threads in most rounds: such as the baseline has not, and that work.

        What a pool keeps after the set-up, as libuv's does after a name was looked up, helps nobody.
        """
        usual = self._threads(self.plan.baseline)
        others = self._compared_backends()
        return tuple(name for name in others if self._threads(name) > usual and self._helping(name) > HELPING)

    def _threads(self, name: str) -> float:
        return median([part.summary.threads for part in self.parts(name)] or [0])

    def _helping(self, name: str) -> float:
        """The share of an arm's CPU time that other threads than its loop's used inside the clock."""
        return median([_helping(part.values) for part in self.parts(name)] or [0])

    def _again(self) -> Estimate | None:
        ideal = self.benchmark.ideal
        if self.plan.baseline not in self.timed:
            return None
        if ideal is None:
            samples = self._compared(SELF_TEST_ARM, log_ratio)
        else:
            samples = self._compared(SELF_TEST_ARM, lambda a, b: excess(a, ideal) - excess(b, ideal))
        return estimate(samples, 1 - ERROR_RATE) if samples else None

    def _compared_backends(self) -> tuple[str, ...]:
        """The backends that have a ratio: none if the baseline has no number."""
        base = self.plan.baseline
        return tuple(name for name in self.timed if name != base) if base in self.timed else ()

    def _samples(self, arm: str) -> tuple[float, ...]:
        """One number a round: the excess of a story that sleeps, else the log ratio to the baseline."""
        ideal = self.benchmark.ideal
        if ideal is None:
            return self._compared(arm, log_ratio)
        return tuple(excess(part.values, ideal) for part in self.parts(arm))

    def _compared(self, arm: str, compare: Compare) -> tuple[float, ...]:
        """One number for every round in which both the arm and the baseline took part."""
        base = self.plan.baseline
        return tuple(compare(took[arm], took[base]) for took in self._turns() if {arm, base} <= set(took))

    def _turns(self) -> list[RoundValues]:
        """Every round as the values of each arm that took part in it."""
        return [played.turns for played in self.rounds]

    def _timing(self, name: str) -> Timing:
        timing = self._absolute(self.parts(name))
        samples = self._samples(name)
        if self.benchmark.ideal is not None:
            return replace(timing, excess=estimate(samples, self.plan.level), samples=samples)
        if name not in self._compared_backends() or not samples:
            return timing
        ratio = estimate(samples, self.plan.level)
        means = median(self._compared(name, log_ratio_of_totals))
        return replace(
            timing,
            ratio=ratio.exp(),
            mean_ratio=math.exp(means),
            judgement=judge_ratio(ratio.exp(), self.plan.margin),
            samples=samples,
            flags=(*timing.flags, *_typical_and_mean(ratio, means)),
        )

    def _absolute(self, parts: Sequence[ArmRound]) -> Timing:
        """What the parts say without a baseline."""
        return Timing(
            metrics=dict(self._metrics(parts)),
            threads=max(part.summary.threads for part in parts),
            flags=(*_disturbing(parts), *_trending(parts)),
        )

    def _metrics(self, parts: Sequence[ArmRound]) -> Iterator[tuple[str, Estimate]]:
        """Yield each metric that has a number in every round, by its name."""
        for metric in METRICS:
            if metric.read is not None:
                numbers = [number for part in parts if (number := metric.read(part)) is not None]
                if len(numbers) == len(parts):
                    yield metric.name, estimate(numbers, self.plan.level)


def _helping(values: Sequence[Value]) -> float:
    return sum(value.helper_cpu for value in values) / max(1, sum(value.cpu for value in values))


def _typical_and_mean(ratio: Estimate, means: float) -> tuple[str, ...]:
    apart = abs(means - ratio.value)
    return ("typical and mean differ",) if ratio.low is not None and apart > ratio.half_width else ()


def _trending(parts: Sequence[ArmRound]) -> tuple[str, ...]:
    """Flags an arm whose values still change inside a worker: it was not warm when it was timed."""
    if len(parts[0].values) < FEWEST_TURNS:
        return ()
    trend = estimate([trend_of(part.values) for part in parts], TREND_LEVEL).exp()
    if trend.low is None or trend.high is None or trend.low <= 1 <= trend.high:
        return ()
    if abs(trend.value - 1) < TRENDING:
        return ()
    word = "quicker" if trend.value < 1 else "slower"
    return (f"the second half of a worker's turns is {abs(trend.value - 1):.1%} {word} than the first",)


def _disturbing(parts: Sequence[ArmRound]) -> tuple[str, ...]:
    """Flags an arm that uses CPU while it waits for its turn, which is other arms' time.

    A worker with one turn lived alone: it waits for no time at all, and takes nobody's.
    """
    if len(parts[0].values) == 1:
        return ()
    idle = sum(value.idle_cpu for part in parts for value in part.values)
    waited = sum(value.waited for part in parts for value in part.values)
    share = idle / max(1, waited)
    return (f"uses {share:.1%} CPU between its turns",) if share > DISTURBING else ()
