"""What is said over hosts, held against a truth that is known: how often intervals hold it, and tests err."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from harness.analysis.hosts import (
    HostSamples,
    RatioOverHosts,
    expect_of_another,
    hosts_differ,
    over_hosts,
    pool,
)
from harness.analysis.intervals import estimate_ratio
from harness.records.estimate import Estimate, Judgement

TRIALS = 1200
ROUNDS = 12
STANDARD_ERROR = 0.005
"""That of a host's ratio whose 95% interval is ±1%."""


def host(number: int, samples: Iterable[float]) -> HostSamples:
    """A host with the ratio that a record of these rounds has."""
    logs = tuple(map(float, samples))
    return HostSamples(number, estimate_ratio(logs, 0.95).exp(), logs)


def measure(draw: np.random.Generator, truths: Sequence[float], rounds: int = ROUNDS) -> list[HostSamples]:
    """Rounds on hosts whose true log ratios are these, each known to ±1%."""
    spread = STANDARD_ERROR * math.sqrt(rounds)
    return [host(number, draw.normal(truth, spread, rounds)) for number, truth in enumerate(truths, start=1)]


@pytest.mark.parametrize("spread", [0.0, 0.005, 0.02])
@pytest.mark.parametrize("hosts", [3, 5, 10])
def test_the_pooled_interval_and_the_range_of_another_host_hold_the_truth(hosts: int, spread: float) -> None:
    draw = np.random.default_rng([hosts, round(spread * 1000)])
    truth, held, expected, wrong = math.log(0.63), 0, 0, 0
    for _ in range(TRIALS):
        measured = measure(draw, draw.normal(truth, spread, hosts).tolist())
        ratios = [each.ratio for each in measured]
        said = over_hosts(measured, 0.01)
        pooled, another = pool(ratios), expect_of_another(ratios)
        held += holds(pooled, truth)
        wrong += said.pooled is not None and not holds(said.pooled, truth)
        expected += holds(another, draw.normal(truth, spread))
    assert 0.93 <= held / TRIALS <= 0.975
    assert wrong / TRIALS <= 0.07
    assert expected / TRIALS >= 0.93


def holds(estimate: Estimate, log: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= math.exp(log) <= estimate.high


@pytest.mark.parametrize("rounds", [6, 12, 30])
@pytest.mark.parametrize("hosts", [2, 3, 5, 10])
def test_hosts_that_are_alike_differ_in_at_most_1_percent(hosts: int, rounds: int) -> None:
    draw = np.random.default_rng([hosts, rounds])
    wrong = sum(hosts_differ(measure(draw, [0.0] * hosts, rounds)) for _ in range(TRIALS))
    assert wrong / TRIALS <= 0.01


@pytest.mark.parametrize("rounds", [6, 12, 30])
@pytest.mark.parametrize("hosts", [2, 3, 5, 10])
def test_hosts_that_lie_5_percent_apart_are_told_apart_in_at_least_90_percent(
    hosts: int, rounds: int
) -> None:
    draw = np.random.default_rng([hosts, rounds])
    truths = np.linspace(0, math.log(1.05), hosts).tolist()
    seen = sum(hosts_differ(measure(draw, truths, rounds)) for _ in range(400))
    assert seen / 400 >= 0.9


def at(*values: float, width: float = 0.01) -> RatioOverHosts:
    """Hosts with these ratios, each known to about so much."""
    offsets = np.linspace(-width, width, 9)
    return over_hosts(
        [host(number, math.log(value) + offsets) for number, value in enumerate(values, 1)], 0.01
    )


def test_two_hosts_stand_side_by_side_and_are_not_pooled() -> None:
    ratio = at(0.63, 0.632)
    assert [each.host for each in ratio.hosts] == [1, 2]
    assert (ratio.differs, ratio.pooled, ratio.another) == (False, None, None)
    assert ratio.count(Judgement.LESS_TIME) == 2


def test_three_hosts_are_pooled_and_five_say_what_to_expect_of_another() -> None:
    three, five = at(0.63, 0.632, 0.634), at(0.63, 0.631, 0.632, 0.633, 0.634)
    assert three.pooled is not None
    assert three.pooled.value == pytest.approx(0.632, abs=1e-5)
    assert three.another is None
    assert five.pooled is not None
    assert five.another is not None
    assert five.another.half_width == pytest.approx(five.pooled.half_width * math.sqrt(6), rel=0.01)


def test_hosts_that_differ_are_not_pooled() -> None:
    three, five = at(0.63, 0.66, 0.7), at(0.63, 0.64, 0.65, 0.66, 0.7)
    assert three.differs
    assert (three.pooled, three.another) == (None, None)
    assert [three.lowest, three.highest] == pytest.approx([0.63, 0.7])
    assert five.pooled is None
    assert five.another is not None


def test_hosts_with_too_few_rounds_are_not_told_apart() -> None:
    few = [host(number, [value] * 4) for number, value in enumerate((0.1, 0.2, 0.9), start=1)]
    assert not hosts_differ(few)


def test_rounds_that_are_all_alike_are_no_infinite_certainty() -> None:
    assert not hosts_differ([host(1, [0.5] * 6), host(2, [0.5 + 1e-8] * 6)])
    assert hosts_differ([host(1, [0.5] * 6), host(2, [0.51] * 6)])
