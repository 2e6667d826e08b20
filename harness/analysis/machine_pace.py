"""How the machine's speed moved over an audit, by the time of its baseline."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median, quantiles

from harness.records.trials import TrialResult


def _typical_times(results: Iterable[TrialResult]) -> list[float]:
    """Return the baseline's typical time in each trial that took turns."""
    return [
        trial_result.typical
        for trial_result in results
        if trial_result.typical and trial_result.trial.question != "usual"
    ]


def drift(results: Iterable[TrialResult]) -> float | None:
    """Return how far the baseline's typical time moved over the audit, as a share of its median."""
    typical = _typical_times(results)
    return (max(typical) - min(typical)) / median(typical) if typical else None


@dataclass(frozen=True, slots=True)
class MachinePace:
    """How the machine's speed moved: the baseline's typical time over an audit, in shares of its median.

    Nine in ten of its times lie between `low` and `high`; `most` is the longest of all.
    """

    low: float
    high: float
    most: float


def machine_pace(results: Iterable[TrialResult]) -> MachinePace | None:
    """Return how the baseline's typical time moved over the audit; None for fewer than two times."""
    typical = _typical_times(results)
    if len(typical) <= 1:
        return None
    middle, steps = median(typical), quantiles(typical, n=20, method="inclusive")
    return MachinePace(steps[0] / middle, steps[-1] / middle, max(typical) / middle)
