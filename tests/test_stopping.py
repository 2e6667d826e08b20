"""The stopping rule on trial: simulated with the rounds of identical code of a published audit."""

import math
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from harness.analysis.intervals import estimate_ratio
from harness.protocol.benchmarks import Benchmark
from harness.records.plan import DEFAULT, Plan
from harness.records.store import read_record
from tests.records import fake_benchmark, plan

AUDIT = Path(__file__).parent.parent / "results" / "2026-11-26-audit"
RUNS = 1500
MOST_ERRORS = 0.055


@pytest.fixture(scope="module")
def rounds() -> list[float]:
    """Log ratios of identical code, one a round, moved so that the truth is 0."""
    trials = [trial for trial in read_record(AUDIT).trials if trial.trial.question == "identical"]
    samples = [sample for trial in trials for part in trial.comparisons for sample in part.samples]
    assert len(samples) > 10_000
    middle = float(np.median(samples))
    return [sample - middle for sample in samples]


def one_comparison() -> Plan:
    story: Benchmark = fake_benchmark("story")
    return plan(story, on=["asyncio", "uvloop"], effort=DEFAULT)


def is_wrong(draw: random.Random, rounds: list[float], precision: float, planned: Plan) -> bool:
    """Whether identical code is called different where rounds are taken until the width is reached."""
    taken = [draw.choice(rounds) for _ in range(planned.rounds_before_first_look)]
    while True:
        if planned.is_look(len(taken)):
            ratio = estimate_ratio(taken, planned.width_level)
            if ratio.half_width <= precision:
                return not (ratio.low or 0) <= 0 <= (ratio.high or 0)
        taken.append(draw.choice(rounds))


@pytest.mark.slow
@pytest.mark.parametrize("precision", [0.02, 0.01, 0.005])
def test_the_stopping_rule_calls_identical_code_different_in_one_of_twenty(
    rounds: list[float], precision: float
) -> None:
    draw, planned = random.Random(7), one_comparison()
    wrong = sum(is_wrong(draw, rounds, precision, planned) for _ in range(RUNS))
    assert wrong / RUNS <= MOST_ERRORS
    assert wrong / RUNS > MOST_ERRORS / 3, "intervals are much wider than they need to be"


def test_looks_are_a_tenth_of_the_rounds_apart() -> None:
    planned = one_comparison()
    looks = [rounds for rounds in range(1, 1000) if planned.is_look(rounds)]
    assert looks[0] == 8
    assert all(late == early + math.ceil(early / 10) for early, late in pairwise(looks))
