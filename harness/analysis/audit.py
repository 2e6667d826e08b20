"""The trials of an audit → what the method is worth on this machine.

Every figure says of how many trials it was taken; a trial that failed counts in none.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

from harness.analysis.intervals import error_rate_bound, estimate
from harness.records.estimate import ERROR_RATE, NORMAL_95, Estimate, Judgement
from harness.records.trials import ArmComparison, Trial, TrialResult

FEWEST_SPREAD = 3
"""Trials of the usual procedure below which its spread is not told."""


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """How often identical code was called different, with the one-sided 95% upper bound of the rate."""

    wrong: int
    trials: int

    @property
    def rate(self) -> float:
        """The share of trials that were wrong."""
        return self.wrong / self.trials

    @property
    def bound(self) -> float:
        """The one-sided 95% upper bound of the rate."""
        return error_rate_bound(self.wrong, self.trials)


@dataclass(frozen=True, slots=True)
class DetectionRate:
    """How a planted difference was met with.

    `found` of `trials` had an interval above 1, `covered` one that held the truth; `bias` is the mean
    estimate less the truth, as a share; `seconds` is the median machine time.
    """

    trial: Trial
    trials: int
    detected: int
    covered: int
    bias: float
    seconds: float


@dataclass(frozen=True, slots=True)
class InvarianceCheck:
    """A backend's ratio at other loop and turn counts than usual.

    `apart` is how far it lies from the ratio at the usual counts, in shares of it, `means` how far
    its ratio of totals lies from its median.
    """

    trial: Trial
    backend: str
    ratio: Estimate
    apart: float
    means: float


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure on identical code: how it erred, its spread and what it claims that to be, its cost.

    `spread` is the standard deviation of the log ratio over trials, `nominal` the mean standard error
    that its own intervals stand for, and `seconds` the mean machine time of a comparison.
    """

    errors: ErrorRate
    spread: float
    nominal: float
    seconds: float

    @property
    def price(self) -> float:
        """Machine time × variance: what a given precision costs by this procedure."""
        return self.seconds * self.spread**2


def completed(tried: Iterable[TrialResult], question: str) -> tuple[TrialResult, ...]:
    """The trials of one question that did not fail, in their order."""
    return tuple(one for one in tried if one.trial.question == question and one.comparisons)


def procedure(tried: Iterable[TrialResult], question: str) -> Procedure | None:
    """How `identical` or `usual` did on identical code; None for too few trials."""
    some = completed(tried, question)
    if len(some) < FEWEST_SPREAD:
        return None
    ratios = [one.comparisons[0].ratio for one in some]
    wrong = sum(_different(one.comparisons[0]) for one in some)
    return Procedure(
        ErrorRate(wrong, len(some)),
        stdev(math.log(ratio.value) for ratio in ratios),
        fmean(_nominal(ratio) for ratio in ratios),
        fmean(one.seconds for one in some),
    )


def _different(compared: ArmComparison) -> bool:
    return compared.judgement in (Judgement.FASTER, Judgement.SLOWER)


def _nominal(ratio: Estimate) -> float:
    """The standard error that a 95% interval stands for, were it a normal one."""
    if ratio.low is None or ratio.high is None:
        return math.nan
    return math.log(ratio.high / ratio.low) / 2 / NORMAL_95


def efficiency_gain(tried: Sequence[TrialResult]) -> float | None:
    """How many times less machine time × variance the turns take than the usual procedure."""
    ours, theirs = procedure(tried, "identical"), procedure(tried, "usual")
    return None if ours is None or theirs is None else theirs.price / ours.price


def planted(tried: Iterable[TrialResult]) -> tuple[DetectionRate, ...]:
    """What became of each planted difference, the smallest first."""
    some = completed(tried, "planted")
    sizes = sorted({one.trial for one in some}, key=lambda trial: trial.extra)
    return tuple(_found(trial, [one for one in some if one.trial == trial]) for trial in sizes)


def _found(trial: Trial, some: Sequence[TrialResult]) -> DetectionRate:
    ratios = [one.comparisons[0].ratio for one in some]
    return DetectionRate(
        trial=trial,
        trials=len(some),
        detected=sum(ratio.low is not None and ratio.low > 1 for ratio in ratios),
        covered=sum(_holds(ratio, trial.truth) for ratio in ratios),
        bias=fmean(ratio.value for ratio in ratios) - trial.truth,
        seconds=median(one.seconds for one in some),
    )


def _holds(ratio: Estimate, truth: float) -> bool:
    return ratio.low is not None and ratio.high is not None and ratio.low <= truth <= ratio.high


def invariance(tried: Iterable[TrialResult]) -> tuple[InvarianceCheck, ...]:
    """Each backend's ratio at each loop and turn count, over the rounds of all laps."""
    some = completed(tried, "invariance")
    pooled: dict[tuple[str, Trial], list[ArmComparison]] = {}
    for one in some:
        for compared in one.comparisons:
            pooled.setdefault((compared.backend, one.trial), []).append(compared)
    usual = Trial("invariance")
    return tuple(
        _invariant(backend, trial, parts, pooled[backend, usual])
        for (backend, trial), parts in sorted(pooled.items(), key=_order)
        if (backend, usual) in pooled
    )


def _order(item: tuple[tuple[str, Trial], object]) -> tuple[str, float, float]:
    (backend, trial), _ = item
    return backend, -trial.turns, abs(math.log2(trial.loops)) + (trial.loops > 1) / 2


def _invariant(
    backend: str, trial: Trial, parts: Sequence[ArmComparison], usual: Sequence[ArmComparison]
) -> InvarianceCheck:
    samples = [sample for part in parts for sample in part.samples]
    means = median(sample for part in parts for sample in part.means)
    here = estimate(samples, 1 - ERROR_RATE)
    there = median(sample for part in usual for sample in part.samples)
    return InvarianceCheck(
        trial, backend, here.exp(), math.expm1(here.value - there), math.expm1(means - here.value)
    )


@dataclass(frozen=True, slots=True)
class StandardDeviations:
    """Standard deviations of log times of identical code: over turns, over workers, over rounds."""

    turn: float
    worker: float
    round: float


def levels(tried: Iterable[TrialResult]) -> StandardDeviations | None:
    """Where the variance of identical code lies: over turns, over workers, over rounds.

    The median over comparisons of each component, those below nothing among them: each is estimated of so
    few rounds that half of the estimates of none would be too high.
    """
    spreads = [one.variance for one in completed(tried, "identical") if one.variance is not None]
    if not spreads:
        return None

    def deviation(variances: Iterable[float]) -> float:
        return math.sqrt(max(0.0, median(variances)))

    return StandardDeviations(
        turn=deviation(one.turn for one in spreads),
        worker=deviation(one.worker for one in spreads),
        round=deviation(one.round for one in spreads),
    )


def drift(tried: Iterable[TrialResult]) -> float | None:
    """The highest less the lowest typical time of the baseline over the audit, as a share of the middle."""
    typical = [one.typical for one in tried if one.typical and one.trial.question != "usual"]
    return (max(typical) - min(typical)) / median(typical) if typical else None
