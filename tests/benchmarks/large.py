"""A record of 10,000 cells as a run would leave it: verdicts, timings, sweeps, scenarios that sleep."""

import math
import os
import random
from collections.abc import Iterator
from dataclasses import replace

from harness.analysis.intervals import estimate, judge_ratio
from harness.analysis.metrics import METRICS
from harness.execution.calibration import LAPS
from harness.protocol.benchmarks import Benchmark
from harness.protocol.laps import pack
from harness.protocol.messages import Value, WorkerSummary
from harness.records.entries import (
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    RoundMeasured,
    RunFinished,
    RunStarted,
)
from harness.records.estimate import Estimate
from harness.records.pace import SELF_TEST_ARM, ArmRound
from harness.records.record import BenchmarkResult, CaseResult, Record, SelfTestCheck, Timing
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    PACE,
    TRIO,
    UVLOOP,
    begun,
    fake_benchmark,
    observation,
    plan,
    returned,
    twice,
)

ON = (ASYNCIO, UVLOOP, TRIO, "trio+anyio")
RATIOS = {ASYNCIO: 1.0, UVLOOP: 0.65, TRIO: 1.7, "trio+anyio": 2.1}
SIZES = tuple(2**n for n in range(10))
ROUNDS = 20
CELLS = int(os.environ.get("CELLS", "10000"))


def rows() -> tuple[Benchmark, ...]:
    """Scenarios in five families, each swept over ten sizes; one scenario in fifty sleeps."""
    scenarios = CELLS // len(ON) // len(SIZES)
    return tuple(
        replace(
            fake_benchmark(
                f"probe_{number}",
                returned(size),
                parameters=(("n", size),),
                ideal=0.01 if number % 50 == 49 else None,
            ),
            family=f"family_{number % 5}",
        )
        for number in range(scenarios)
        for size in SIZES
    )


def large_plan() -> RunStarted:
    """What is fixed before such a run begins."""
    return begun(plan(*rows(), on=ON), "large")


def observed() -> Iterator[CaseObserved]:
    """Every case keeps its promise."""
    for of in rows():
        yield from observed_in(of)


def observed_in(of: Benchmark) -> Iterator[CaseObserved]:
    """Every case of a row keeps its promise."""
    if of.promise.outcome is not None:
        sightings = twice(observation(of.promise.outcome))
        yield from (CaseObserved(of.id, name, sightings) for name in ON)


def large_record() -> Record:
    """The record: what was observed comes from the tally, and every cell has a timing of 20 rounds."""
    started = large_plan()
    judged = RunState(started, [*observed(), RunFinished("2026-05-04T09:00:00+00:00", 0.5)]).record()
    draw = random.Random(7)
    lines = tuple(timed(line, started.plan.level, draw) for line in judged.results)
    return replace(
        judged, results=lines, self_test=SelfTestCheck(len(lines), len(lines) // 20, len(lines) // 15)
    )


def large_run() -> Iterator[Entry]:
    """The entries of such a run, as they come: 20 rounds of every row, with what workers say at their end."""
    yield from observed()
    draw = random.Random(7)
    for of in rows():
        yield from timed_in(of, draw)
    yield RunFinished("2026-05-04T09:00:00+00:00", 0.5)


def timed_in(of: Benchmark, draw: random.Random) -> Iterator[Entry]:
    """The 20 rounds of a row."""
    yield BenchmarkCalibrated(of.id, PACE)
    for number in range(ROUNDS):
        arms = tuple(arm_round(name, draw) for name in (*ON, SELF_TEST_ARM))
        yield RoundMeasured(of.id, number, 1.5, arms)
    yield BenchmarkFinished(of.id, StopReason(StopKind.PRECISION, 0.02))


def arm_round(arm: str, draw: random.Random) -> ArmRound:
    """One worker's part in a round; its laps are as long as real ones."""
    loops = PACE.loops
    walls = [
        round(1e4 * loops * RATIOS.get(arm, 1.0) * math.exp(draw.gauss(0, 0.01))) for _ in range(PACE.turns)
    ]
    values = tuple(
        Value(
            loops, wall, wall - 7000, (0, 1), (2, 0, 0), wall // 100, 10**8 + wall, 10**5 + wall,
            laps=pack(round(wall / LAPS * math.exp(abs(draw.gauss(0, 0.01)))) for _ in range(LAPS)),
        )
        for wall in walls
    )  # fmt: skip
    return ArmRound(arm, values[:1], values, WorkerSummary(90_000_000 + walls[0], walls[0], 1))


def timed(line: BenchmarkResult, level: float, draw: random.Random) -> BenchmarkResult:
    """The line as it is after its rounds."""
    cells = tuple(replace(cell, timing=timing(cell, line.benchmark, level, draw)) for cell in line.cases)
    again = estimate(list(noise(0.0, draw)), 0.95).exp()
    finished = StopReason(StopKind.PRECISION, 0.02)
    return replace(line, cases=cells, settings=PACE, rounds=ROUNDS, stop_reason=finished, self_test=again)


def timing(cell: CaseResult, of: Benchmark, level: float, draw: random.Random) -> Timing:
    """A timing of 20 rounds, with everything that a cell may have."""
    size = dict(of.parameters)["n"]
    seconds = 1e-5 * float(size) * RATIOS[cell.backend]
    about = estimate([seconds * math.exp(one) for one in noise(0.0, draw)], level)
    plain = Timing(
        {metric.name: about for metric in METRICS if metric.read is not None}
        | {"collecting_share": Estimate(0.01, 0.0, 0.02, ROUNDS)}
    )
    if of.ideal is not None:
        samples = tuple(100 * one for one in noise(1.0, draw))
        return replace(plain, excess=estimate(samples, level), samples=samples)
    if cell.backend == ASYNCIO:
        return plain
    samples = tuple(noise(math.log(RATIOS[cell.backend]), draw))
    ratio = estimate(samples, level).exp()
    return replace(
        plain, ratio=ratio, mean_ratio=ratio.value, judgement=judge_ratio(ratio, 0.01), samples=samples
    )


def noise(around: float, draw: random.Random) -> Iterator[float]:
    """One number a round."""
    return (draw.gauss(around, 0.01) for _ in range(ROUNDS))
