"""What an audit's trials say of the method on this machine: errors, detection, invariance, cost.

Every figure says of how many trials it was taken; a trial that failed counts in none.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

from harness.analysis.intervals import error_rate_bound, estimate
from harness.records.estimate import DIRECTIONS, ERROR_RATE, NORMAL_95, Estimate, Judgement
from harness.records.trials import ArmComparison, Trial, TrialResult

FEWEST_SPREAD = 3
"""The fewest trials of a procedure for which its spread is given."""


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
class Shift:
    """Where the ratio of identical code lies on average, as a share, and the standard error of that.

    `less` and `more` are how many of its errors said that the second arm takes less time, or more.
    """

    mean: float
    error: float
    less: int
    more: int

    @property
    def is_resolved(self) -> bool:
        """Whether it lies beyond two standard errors: something distinguishes arms of the same code."""
        return abs(self.mean) > STANDARD_ERRORS * self.error

    @property
    def one_sided(self) -> float:
        """The chance that the errors would be so unevenly divided, or more, were both sides alike."""
        from scipy.stats import binomtest

        errors = self.less + self.more
        return float(binomtest(self.less, errors).pvalue) if errors else 1.0


STANDARD_ERRORS = 2
"""The standard errors beyond which a shift of identical code is told as one."""


def shift(results: Iterable[TrialResult]) -> Shift | None:
    """Return the mean log ratio of identical code, each comparison weighted by its rounds; None for few."""
    comparisons = [trial_result.comparisons[0] for trial_result in completed(results, "identical")]
    if len(comparisons) < FEWEST_SPREAD:
        return None
    weights = [comparison.ratio.rounds for comparison in comparisons]
    logs = [math.log(comparison.ratio.value) for comparison in comparisons]
    mean = fmean(logs, weights)
    squares = math.fsum((w * (log - mean)) ** 2 for w, log in zip(weights, logs, strict=True))
    judgements = [comparison.judgement for comparison in comparisons]
    return Shift(
        mean,
        math.sqrt(squares) / sum(weights),
        judgements.count(Judgement.LESS_TIME),
        judgements.count(Judgement.MORE_TIME),
    )


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

    @property
    def is_missed(self) -> bool:
        """Whether the ratio lies further than the bar from that at the usual counts."""
        return abs(self.apart) > INVARIANCE_BAR


INVARIANCE_BAR = 0.01
"""How far a ratio may lie from that at the usual counts: one that depends on them is none of a loop."""


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


def completed(results: Iterable[TrialResult], question: str) -> tuple[TrialResult, ...]:
    """Return the trials of one question that did not fail, in their order."""
    return tuple(
        trial_result
        for trial_result in results
        if trial_result.trial.question == question and trial_result.comparisons
    )


def procedure(results: Iterable[TrialResult], question: str) -> Procedure | None:
    """Return how the method (`identical`) or the usual procedure (`usual`) did on identical code.

    None where fewer than FEWEST_SPREAD trials were completed.
    """
    completed_trials = completed(results, question)
    if len(completed_trials) < FEWEST_SPREAD:
        return None
    ratios = [trial_result.comparisons[0].ratio for trial_result in completed_trials]
    wrong = sum(_different(trial_result.comparisons[0]) for trial_result in completed_trials)
    return Procedure(
        ErrorRate(wrong, len(completed_trials)),
        stdev(math.log(ratio.value) for ratio in ratios),
        fmean(_nominal(ratio) for ratio in ratios),
        fmean(trial_result.seconds for trial_result in completed_trials),
    )


def _different(comparison: ArmComparison) -> bool:
    return comparison.judgement in DIRECTIONS


def _nominal(ratio: Estimate) -> float:
    """Return the standard error that a 95% interval would stand for if it were a normal one."""
    if ratio.low is None or ratio.high is None:
        return math.nan
    return math.log(ratio.high / ratio.low) / 2 / NORMAL_95


def efficiency_gain(results: Sequence[TrialResult]) -> float | None:
    """Return how many times less machine time × variance turns take than the usual procedure."""
    ours, theirs = procedure(results, "identical"), procedure(results, "usual")
    return None if ours is None or theirs is None else theirs.price / ours.price


def invariance(results: Iterable[TrialResult]) -> tuple[InvarianceCheck, ...]:
    """Return each backend's ratio at each loop and turn count, over the rounds of all laps."""
    completed_trials = completed(results, "invariance")
    pooled: dict[tuple[str, Trial], list[ArmComparison]] = {}
    for trial_result in completed_trials:
        for comparison in trial_result.comparisons:
            pooled.setdefault((comparison.backend, trial_result.trial), []).append(comparison)
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


def levels(results: Iterable[TrialResult]) -> StandardDeviations | None:
    """Divide the standard deviation of identical code over turns, workers and rounds.

    Each is the median over comparisons. Negative estimates of a variance are among them, for each rests on
    few rounds: without them the median of a component that is nothing would be more than nothing.
    """
    components = [
        trial_result.variance
        for trial_result in completed(results, "identical")
        if trial_result.variance is not None
    ]
    if not components:
        return None

    def deviation(variances: Iterable[float]) -> float:
        return math.sqrt(max(0.0, median(variances)))

    return StandardDeviations(
        turn=deviation(trial_result.turn for trial_result in components),
        worker=deviation(trial_result.worker for trial_result in components),
        round=deviation(trial_result.round for trial_result in components),
    )
