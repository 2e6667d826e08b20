"""One ratio on several hosts of one kind: what each shows, whether they differ, what all say together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import variance

from harness.analysis.intervals import judge_ratio
from harness.analysis.means import FEWEST_ROUNDS
from harness.analysis.student import mean_of_logs
from harness.records.estimate import ERROR_RATE, Estimate, Judgement

FEWEST_TO_POOL = 3
"""The fewest hosts whose ratios are put together: an interval of two would be 13 of their spreads wide."""

FEWEST_FOR_ANOTHER = 5
"""The fewest hosts that say what range to expect of another: fewer say too little of the spread."""

DIFFERS_BY_CHANCE = 0.003
"""The level of the test whether hosts differ.

With ten hosts and six rounds on each it is then wrong in at most 1% of cases, as a test simulates.
"""

FINEST = 1e-6
"""The standard error below which no ratio is known, whatever its rounds: no clock tells as little apart."""


@dataclass(frozen=True, slots=True)
class HostSamples:
    """A case on one host: its number, the ratio with its adjusted interval, and one log ratio a round."""

    host: int
    ratio: Estimate
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HostRatio:
    """A case's ratio on one host with its adjusted interval, and what that says."""

    host: int
    ratio: Estimate
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class RatioOverHosts:
    """A case's ratio on several hosts of one kind.

    `differs` is true where their ratios lie further apart than their rounds explain. `pooled` is the ratio of
    the kind of machine, with a 95% interval over hosts; None where they are too few, or differ. `another` is
    the range that is expected, at 95%, of one more host; None where they are too few.
    """

    hosts: tuple[HostRatio, ...]
    differs: bool
    pooled: Estimate | None
    another: Estimate | None

    @property
    def lowest(self) -> float:
        """The lowest of the hosts' ratios."""
        return min(host.ratio.value for host in self.hosts)

    @property
    def highest(self) -> float:
        """The highest of the hosts' ratios."""
        return max(host.ratio.value for host in self.hosts)

    def count(self, judgement: Judgement) -> int:
        """Return on how many of the hosts the ratio is judged so."""
        return sum(host.judgement is judgement for host in self.hosts)


def over_hosts(samples: Sequence[HostSamples], margin: float) -> RatioOverHosts:
    """Put the ratios of one case on several hosts of one kind beside each other, and together."""
    ratios = [host.ratio for host in samples]
    differs = hosts_differ(samples)
    return RatioOverHosts(
        hosts=tuple(HostRatio(host.host, host.ratio, judge_ratio(host.ratio, margin)) for host in samples),
        differs=differs,
        pooled=pool(ratios) if len(ratios) >= FEWEST_TO_POOL and not differs else None,
        another=expect_of_another(ratios) if len(ratios) >= FEWEST_FOR_ANOTHER else None,
    )


def pool(ratios: Sequence[Estimate], level: float = 1 - ERROR_RATE) -> Estimate:
    """Return the mean of the hosts' log ratios as a ratio, with its interval: Student's t over hosts.

    A host is one sample: its rounds say nothing of how hosts differ. Weighting hosts by their rounds and
    estimating the spread (DerSimonian and Laird, Controlled Clinical Trials 7, 1986) holds the truth less
    often with few hosts.
    """
    return _around_mean(ratios, math.sqrt(1 / len(ratios)), level)


def expect_of_another(ratios: Sequence[Estimate]) -> Estimate:
    """Return the range that holds the ratio of one more host at 95%: Student's t, a prediction interval."""
    return _around_mean(ratios, math.sqrt(1 + 1 / len(ratios)), 1 - ERROR_RATE)


def _around_mean(ratios: Sequence[Estimate], deviations: float, level: float) -> Estimate:
    logs = [math.log(ratio.value) for ratio in ratios]
    return mean_of_logs(logs, level, deviations, min(ratio.rounds for ratio in ratios))


def hosts_differ(samples: Sequence[HostSamples]) -> bool:
    """Decide whether hosts' ratios lie further apart than the rounds on each explain.

    It is Cochran's Q (Biometrics 10, 1954) with the correction of Welch (Biometrika 38, 1951) for variances
    that are estimated from few rounds; without it, the test would be wrong in 11% of cases of ten hosts with
    six rounds, at a level of 0.5%.
    """
    fewest = min(len(host.samples) for host in samples)
    return len(samples) > 1 and fewest >= FEWEST_ROUNDS and _chance_of(samples) < DIFFERS_BY_CHANCE


def _chance_of(samples: Sequence[HostSamples]) -> float:
    """Return with what chance equal hosts lie as far apart as these, or further."""
    from scipy.special import fdtrc

    hosts = len(samples)
    logs = [math.log(host.ratio.value) for host in samples]
    weights = [1 / max(FINEST**2, variance(host.samples) / len(host.samples)) for host in samples]
    total = math.fsum(weights)
    middle = math.fsum(weight * log for weight, log in zip(weights, logs, strict=True)) / total
    q = math.fsum(weight * (log - middle) ** 2 for weight, log in zip(weights, logs, strict=True))
    doubt = math.fsum(
        (1 - weight / total) ** 2 / (len(host.samples) - 1)
        for weight, host in zip(weights, samples, strict=True)
    )
    pairs = hosts**2 - 1
    ratio = q / (hosts - 1) / (1 + 2 * (hosts - 2) * doubt / pairs)
    return float(fdtrc(hosts - 1, pairs / (3 * doubt), ratio))
