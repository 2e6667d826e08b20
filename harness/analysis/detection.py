"""How surely an audit found differences that were planted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from harness.analysis.audit import completed
from harness.records.estimate import Estimate
from harness.records.trials import Trial, TrialResult


@dataclass(frozen=True, slots=True)
class DetectionRate:
    """How often a planted difference was found, and how exactly it was estimated.

    `detected` of `trials` had an interval above 1, `covered` one that held the truth; `bias` is the mean
    estimate less the truth, as a share; `seconds` is the median machine time.
    """

    trial: Trial
    trials: int
    detected: int
    covered: int
    bias: float
    seconds: float


def planted(results: Iterable[TrialResult]) -> tuple[DetectionRate, ...]:
    """Return how often each planted difference was found, the smallest first."""
    completed_trials = completed(results, "planted")
    sizes = sorted({trial_result.trial for trial_result in completed_trials}, key=lambda trial: trial.extra)
    return tuple(
        _detection_rate(
            trial, [trial_result for trial_result in completed_trials if trial_result.trial == trial]
        )
        for trial in sizes
    )


def _detection_rate(trial: Trial, completed_trials: Sequence[TrialResult]) -> DetectionRate:
    ratios = [trial_result.comparisons[0].ratio for trial_result in completed_trials]
    return DetectionRate(
        trial=trial,
        trials=len(completed_trials),
        detected=sum(ratio.low is not None and ratio.low > 1 for ratio in ratios),
        covered=sum(_holds(ratio, trial.truth) for ratio in ratios),
        bias=fmean(ratio.value for ratio in ratios) - trial.truth,
        seconds=median(trial_result.seconds for trial_result in completed_trials),
    )


def _holds(ratio: Estimate, truth: float) -> bool:
    return ratio.low is not None and ratio.high is not None and ratio.low <= truth <= ratio.high
