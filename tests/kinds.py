"""A record of every kind: what a run leaves behind, an audit, a check, and a check of what loops can do."""

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from harness.analysis import capabilities
from harness.analysis.intervals import judge_ratio
from harness.records.entries import BenchmarkCalibrated, Entry, RunFinished
from harness.records.estimate import Estimate
from harness.records.record import Record
from harness.records.trials import ArmComparison, AuditSchedule, Trial, TrialResult, VarianceComponents
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    everything,
    fake_benchmark,
    observation,
    plan,
    raised,
    record_of,
    returned,
    seen_alike,
    twice,
)

LAPS = 20
CLOSED = RunFinished("2026-05-04T03:07:08+00:00", 0.75)


def _tried(trial: Trial, number: int, spread: float, draw: random.Random) -> TrialResult:
    log = math.log(trial.truth) + draw.gauss(0, spread)
    low, middle, high = (math.exp(log + end * spread) for end in (-2, 0, 2))
    ratio = Estimate(middle, low, high, 20)
    samples = tuple(log + draw.gauss(0, spread) for _ in range(20))
    compared = ArmComparison("asyncio-again+gather", ratio, judge_ratio(ratio, 0), samples, samples)
    typical, levels = 24e-6 * draw.uniform(0.9, 1.1), VarianceComponents(4e-4, 1e-4, 1e-3)
    return TrialResult(trial, number, 9.0, 40, "", typical, (compared,), levels)


def _trials() -> Iterator[Entry]:
    draw = random.Random(1)
    for number in range(LAPS):
        yield _tried(Trial("identical"), number, 0.002, draw)
        yield _tried(Trial("planted", 2), number, 0.002, draw)
        yield _tried(Trial("invariance", turns=1.0 if number % 2 else 2.0), number, 0.002, draw)
        yield _tried(Trial("usual"), number, 0.02, draw)
    yield TrialResult(Trial("planted", 1), LAPS, 3.0, 2, "killed by SIGSEGV")


@cache
def audit() -> Record:
    """An audit of every question, in which one trial failed."""
    of = fake_benchmark("order", returned([0]), parameters=(("n", 1),))
    schedule = replace(begun(plan(of), "audit"), audit=AuditSchedule(LAPS, 1e9))
    seen = seen_alike(of, twice(observation(returned([0]))))
    return RunState(schedule, [*seen, BenchmarkCalibrated(of.id, PACE), *_trials(), CLOSED]).record()


@cache
def check() -> Record:
    """A check: verdicts without times."""
    one = fake_benchmark("probe", returned(1), timed=False)
    return record_of(plan(one), *seen_alike(one, twice(observation(returned(1)))), CLOSED)


@cache
def abilities() -> Record:
    """A check of what loops can do, one of which cannot."""
    one = replace(fake_benchmark("can_listen", returned(1), timed=False), tags=(capabilities.TAG,))
    yes, no = twice(observation(returned(1))), twice(observation(raised(NotImplementedError("none"))))
    on = (ASYNCIO, UVLOOP)
    return record_of(plan(one, on=on), *seen_alike(one, yes, on[:1]), *seen_alike(one, no, on[1:]), CLOSED)


KINDS: Mapping[str, Callable[[], Record]] = {
    "run": everything,
    "audit": audit,
    "check": check,
    "abilities": abilities,
}
