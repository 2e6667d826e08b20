"""Faked sightings and rounds, the journals made of them, and one complete record of a bit of everything."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from harness.analysis.merged_quantiles import bin_at
from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.backends.registry import find_backend
from harness.protocol.benchmarks import Benchmark, Claim, Difference, Prints, Promise
from harness.protocol.descriptions import Description, Outcome, Parameter
from harness.protocol.latency_bins import GAMMA, pack, time_of, unpack
from harness.protocol.messages import LatencySketch, Value, WorkerSummary
from harness.protocol.observations import (
    NO_LEAKS,
    Diagnostic,
    Leaks,
    Observation,
    ObservationCount,
    ProcessObservations,
    WorkerExit,
)
from harness.records.entries import (
    METHOD,
    VERSION,
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
    RunStarted,
)
from harness.records.machine import Machine
from harness.records.pace import SELF_TEST_ARM, ArmFailure, ArmRound, RoundSettings
from harness.records.plan import BASE, DEFAULT, FAST, GATE, HEAD, Effort, Plan
from harness.records.record import Record
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.state import RunState
from harness.worker.describing import Describer

ASYNCIO, UVLOOP, TRIO = "asyncio+gather", "uvloop+gather", "trio+nursery"
THREE = (ASYNCIO, UVLOOP, TRIO)
MISSING = Loop("missing", factory="missing:new_event_loop")
NO_MISSING = "no module named 'missing': install the package that brings it"

PACE = RoundSettings(loops=100, turns=8, warmups=1)


def told(value: object) -> Description:
    return Describer().describe(value)


def returned(value: object) -> Outcome:
    return Outcome("returned", told(value))


def raised(error: BaseException) -> Outcome:
    return Outcome("raised", told(error))


def observation(
    outcome: Outcome,
    *prints: str,
    complaints: tuple[Diagnostic, ...] = (),
    left: Leaks = NO_LEAKS,
) -> Observation:
    return Observation(outcome, prints, complaints, left)


def twice(*looks: Observation) -> tuple[ProcessObservations, ProcessObservations]:
    """What two processes saw that share eight looks each between these observations."""
    sighting = ProcessObservations(tuple(ObservationCount(one, 8 // len(looks)) for one in looks))
    return sighting, sighting


def fake_benchmark(
    scenario: str = "probe",
    outcome: Outcome | None = None,
    *,
    prints: Prints | None = None,
    parameters: tuple[tuple[str, Parameter], ...] = (),
    differences: tuple[Difference, ...] = (),
    claims: tuple[Claim, ...] = (),
    ideal: float | None = None,
    timed: bool = True,
    uses_gather: bool = True,
    set_up: bool = False,
) -> Benchmark:
    return Benchmark(
        scenario=scenario,
        family="tutorial",
        module=f"scenarios.tutorial.{scenario}",
        summary=f"What {scenario} shows.",
        source=f"scenarios/tutorial/{scenario}.py:7",
        parameters=parameters,
        uses_gather=uses_gather,
        timed=timed,
        ideal=ideal,
        set_up=set_up,
        text=f"@scenario()\nasync def {scenario}(gather):\n    return await gather(*cases)\n",
        promise=Promise(outcome, prints),
        differences=differences,
        claims=claims,
    )


ENVIRONMENT = Machine(
    cpu="Imaginary 9000",
    cores=2,
    governor="performance",
    system="Linux 6.1.0 x86_64",
    python="3.13.0",
    build="CPython 3.13.0, GCC 12.2.0",
    versions=(("loopcmp", "0.1.0"), ("anyio", "4.16.0"), ("uvloop", "0.23.0"), ("missing", "not installed")),
    load=0.25,
    pinned=(1,),
)


def backends(*names: str) -> tuple[Backend, ...]:
    return tuple(find_backend(name, [MISSING]) for name in names or THREE)


def plan(
    *rows: Benchmark,
    on: Sequence[str] = THREE,
    effort: Effort = DEFAULT,
    baseline: str = ASYNCIO,
    margin: float = 0.01,
    also: tuple[str, ...] = (),
) -> Plan:
    return Plan(rows, backends(*on), baseline, effort, margin, timeout=30.0, seed=7, passes=also)


def two_revisions(*rows: Benchmark, on: Sequence[str] = (ASYNCIO, UVLOOP), effort: Effort = GATE) -> Plan:
    """The plan of a gate: each backend from the base and from the working copy."""
    sides = [EnvironmentSpec(side, "3.13", (f"./{side}",)) for side in (BASE, HEAD)]
    pairs = [replace(backend, environment=side) for backend in backends(*on) for side in sides]
    return Plan(
        rows, tuple(pairs), pairs[0].name, effort, 0.01, timeout=30.0, seed=7, against="main (1a2b3c4d5)"
    )


def begun(planned: Plan, name: str = "tutorial") -> RunStarted:
    return RunStarted(
        VERSION, name, "2026-05-04T03:02:01+00:00", f"loopcmp run {name}", ENVIRONMENT, planned, method=METHOD
    )


def value(
    microseconds: float, *, loops: int = 100, idle: float = 0.0, result: Description | None = None
) -> Value:
    """One turn whose iterations take these µs each; `idle` is the share of CPU it uses while it waits."""
    wall = round(microseconds * 1000 * loops)
    return Value(
        loops=loops,
        wall=wall,
        cpu=wall - wall // 50,
        switches=(0, 1),
        collections=(2, 0, 0),
        collecting=wall // 100,
        waited=1_000_000,
        idle_cpu=round(1_000_000 * idle),
        result=result,
    )


def part(arm: str, values: Iterable[Value], *, peak: int | None = 1 << 20) -> ArmRound:
    """One worker's part in a round."""
    return ArmRound(arm, (), tuple(values), WorkerSummary(startup=90_000_000, peak=peak, threads=1))


def round_of(
    benchmark_id: str, number: int, arms: Mapping[str, Sequence[float]], *, seconds: float = 1.5
) -> RoundMeasured:
    """A round from the µs of every arm's turns."""
    parts = tuple(part(arm, map(value, turns)) for arm, turns in arms.items())
    return RoundMeasured(benchmark_id, number, seconds, parts)


def rounds(
    benchmark_id: str,
    arms: Mapping[str, float],
    count: int,
    *,
    spread: float = 0.01,
    drift: float = 0.05,
    idle: Mapping[str, float] | None = None,
    late: Mapping[str, float] | None = None,
    seconds: float = 1.5,
) -> list[RoundMeasured]:
    """Rounds whose arms take about these µs; turns `drift` alike for all, an arm's rounds `spread` apart.

    `idle` is the CPU an arm uses while it waits; `late` multiplies an arm's last two turns of eight.
    """
    draw = random.Random(benchmark_id)
    played = []
    for number in range(count):
        swing = [1 + draw.uniform(-drift, drift) for _ in range(PACE.turns)]
        parts = []
        for arm, microseconds in arms.items():
            own = microseconds * (1 + draw.uniform(-spread, spread))
            tail = (late or {}).get(arm, 1.0)
            times = [own * turn * (tail if at >= 6 else 1.0) for at, turn in enumerate(swing)]
            share = (idle or {}).get(arm, 0.0)
            parts.append(part(arm, (value(one, idle=share) for one in times)))
        played.append(RoundMeasured(benchmark_id, number, seconds, tuple(parts)))
    return played


def sketched(arm: str, operations: int, *microseconds: float) -> ArmRound:
    """A worker's part in a latency pass: how many operations, and their p50, p99 and p99.9.

    Around each of these the times are spread by 5%.
    """
    rare, rarest = max(1, operations * 9 // 500), max(1, operations // 500)
    bins = Counter[int]()
    for time, count in zip(microseconds, (operations - rare - rarest, rare, rarest), strict=True):
        for step in range(21):
            spread = 0.95 + 0.005 * step
            bins[bin_of(1000 * time * spread)] += count * (step + 1) // 21 - count * step // 21
    return _with_sketch(arm, microseconds[0], LatencySketch(operations, bins=pack(+bins)))


def sketched_earlier(arm: str, operations: int, *microseconds: float) -> ArmRound:
    """The same of a worker of an earlier version, which sent its own quantiles and nothing else."""
    half, most, nearly_all = (1000 * one for one in microseconds)
    return _with_sketch(arm, microseconds[0], LatencySketch(operations, (half, most, nearly_all)))


def bin_of(nanoseconds: float) -> int:
    """The bin of a sketch that a time lies in."""
    return math.ceil(math.log(nanoseconds) / math.log(GAMMA))


def time_at(sketch: LatencySketch, quantile: float) -> float:
    """The time in nanoseconds at a quantile of a worker's own operations."""
    return time_of(bin_at(unpack(sketch.bins), quantile))


def _with_sketch(arm: str, microseconds: float, sketch: LatencySketch) -> ArmRound:
    worker = part(arm, [value(microseconds)])
    return replace(worker, summary=replace(worker.summary, sketch=sketch))


def collected(arm: str, full: int, share: float) -> ArmRound:
    """A worker's part in a collections pass: so many full ones, which took this share of a value of 10 ms."""
    one = value(100.0)
    return part(arm, [replace(one, full_collections=(full, round(one.wall * share)))])


def threaded(played: Iterable[RoundMeasured], arm: str, threads: int) -> list[RoundMeasured]:
    """The rounds with so many threads in this arm's workers, the others doing a tenth of the work."""
    return [replace(one, arms=tuple(_threaded(some, arm, threads) for some in one.arms)) for one in played]


def _threaded(worker: ArmRound, arm: str, threads: int) -> ArmRound:
    if worker.arm != arm:
        return worker
    values = tuple(replace(one, helper_cpu=one.cpu // 10) for one in worker.values)
    return replace(worker, values=values, summary=replace(worker.summary, threads=threads))


def beside(
    of: Benchmark, name: str, rounds_of_it: Iterable[Sequence[ArmRound]], *, seconds: float = 3.0
) -> list[PassRoundMeasured]:
    """A pass's rounds, from the parts of each."""
    return [
        PassRoundMeasured(name, RoundMeasured(of.id, number, seconds, tuple(parts)))
        for number, parts in enumerate(rounds_of_it)
    ]


def seen_alike(
    of: Benchmark, sightings: tuple[ProcessObservations, ...], on: Sequence[str] = THREE
) -> list[CaseObserved]:
    return [CaseObserved(of.id, name, sightings) for name in on]


def record_of(planned: Plan, *entries: Entry) -> Record:
    return RunState(begun(planned), entries).record()


# One record with a bit of everything. Its backends are four: the last one is not installed.

GROUP_SOURCE = "https://trio.readthedocs.io/en/stable/reference-core.html"

SAY_AFTER = fake_benchmark(
    "say_after",
    returned(["hello", "world"]),
    prints=Prints(("['hello', 'world']",)),
    ideal=0.02,
    claims=(
        Claim("The results stand in the order of passing", "example", Promise(returned(["hello", "world"]))),
    ),
)
ORDER = fake_benchmark("order", returned([0, 1, 2]), parameters=(("n", 100),))
LARGE = fake_benchmark("order", returned([0, 1, 2]), parameters=(("n", 1000),))
FIRST_ERROR = fake_benchmark(
    "first_error",
    raised(ValueError("Oops")),
    timed=False,
    differences=(
        Difference(
            ("*+nursery",),
            Promise(raised(ExceptionGroup("", [ValueError("Oops")]))),
            "a task group raises the error inside an exception group",
            GROUP_SOURCE,
        ),
    ),
    claims=(Claim("The error is raised as it is", "pitfalls", Promise(raised(ValueError("Oops")))),),
)
TURNS = fake_benchmark("turns", returned(None), prints=Prints(("one", "two", "three")))
ECHO = fake_benchmark("echo", returned(64))
RACE = fake_benchmark("race", returned(None), prints=Prints(("left", "right")))
PIPES = fake_benchmark("pipes", returned(0), claims=(Claim("Data flows", "companion", Promise(returned(0))),))
SLOW_START = fake_benchmark("slow_start", returned("up"))
SHUTDOWN = fake_benchmark("shutdown", returned(None), timed=False)

EVERYTHING = (SAY_AFTER, ORDER, LARGE, FIRST_ERROR, TURNS, ECHO, RACE, PIPES, SLOW_START, SHUTDOWN)

_WARNED = Diagnostic("never-retrieved", told(ValueError("Oops")), "Task exception was never retrieved")
_SEGFAULT = WorkerExit(
    "was killed by SIGSEGV", 'Fatal Python error: Segmentation fault\n  File "echo.py", line 3 in read'
)
_HANG = WorkerExit("gave no answer for 30 s", "waiting for the server", timed_out=True)


def _sightings() -> dict[str, dict[str, tuple[ProcessObservations, ...]]]:
    """By benchmark and backend; a backend that is not given saw what the baseline did."""
    hello = observation(returned(["hello", "world"]), "['hello', 'world']")
    bare, grouped = raised(ValueError("Oops")), raised(ExceptionGroup("", [ValueError("Oops")]))
    none = returned(None)
    left, right = observation(none, "left", "right"), observation(none, "right", "left")
    return {
        "say_after": {ASYNCIO: twice(hello)},
        "order:n=100": {ASYNCIO: twice(observation(returned([0, 1, 2])))},
        "order:n=1000": {ASYNCIO: twice(observation(returned([0, 1, 2])))},
        "first_error": {ASYNCIO: twice(observation(bare)), TRIO: twice(observation(grouped))},
        "turns": {
            ASYNCIO: twice(observation(none, "one", "two", "three")),
            TRIO: twice(observation(none, "one", "three", "two")),
        },
        "echo": {
            ASYNCIO: twice(observation(returned(64))),
            UVLOOP: (
                ProcessObservations((ObservationCount(observation(returned(64)), 3),), ended=_SEGFAULT),
                ProcessObservations(ended=_SEGFAULT),
            ),
        },
        "race": {ASYNCIO: twice(left), TRIO: twice(left, right)},
        "pipes": {
            ASYNCIO: twice(observation(returned(0))),
            TRIO: twice(observation(raised(NotImplementedError("no pipes here")))),
        },
        "slow_start": {
            ASYNCIO: (ProcessObservations(ended=_HANG),) * 2,
            UVLOOP: twice(observation(returned("up"))),
        },
        "shutdown": {
            ASYNCIO: twice(observation(none)),
            UVLOOP: twice(observation(none, complaints=(_WARNED,))),
            TRIO: twice(observation(none, left=Leaks(tasks=1, files=("left.txt",)))),
        },
    }


def _observed() -> Iterable[CaseObserved]:
    for benchmark_id, seen in _sightings().items():
        others = seen.get(UVLOOP, seen[ASYNCIO])
        for name in THREE:
            alike = seen[ASYNCIO] if name != TRIO or seen[ASYNCIO][0].observations else others
            yield CaseObserved(benchmark_id, name, seen.get(name, alike))
        yield CaseObserved(benchmark_id, "missing+gather", (ProcessObservations(unavailable=NO_MISSING),) * 2)


def _timed() -> Iterable[Entry]:
    agreed = StopReason(StopKind.PRECISION, 0.02)
    arms = {
        "say_after": {ASYNCIO: 20_150.0, UVLOOP: 19_980.0, TRIO: 20_310.0, SELF_TEST_ARM: 20_152.0},
        "order:n=100": {ASYNCIO: 600.0, UVLOOP: 378.0, TRIO: 1_140.0, SELF_TEST_ARM: 600.0},
        "order:n=1000": {ASYNCIO: 6_500.0, UVLOOP: 6_510.0, TRIO: 6_600.0, SELF_TEST_ARM: 6_720.0},
        "turns": {ASYNCIO: 12.0, UVLOOP: 8.5, SELF_TEST_ARM: 12.0},
        "slow_start": {UVLOOP: 71.5, TRIO: 93.0},
    }
    spreads = {"order:n=1000": 0.006, "say_after": 0.0005}
    for benchmark_id, times in arms.items():
        yield BenchmarkCalibrated(benchmark_id, PACE)
        yield from rounds(
            benchmark_id,
            times,
            20,
            spread=spreads.get(benchmark_id, 0.002),
            drift=0.001 if benchmark_id == "say_after" else 0.05,
            idle={TRIO: 0.034} if benchmark_id == "order:n=100" else {},
            late={UVLOOP: 1.4} if benchmark_id == "turns" else {},
        )
        yield BenchmarkFinished(
            benchmark_id, StopReason(StopKind.TIME, 60, "±2.0%") if benchmark_id == "order:n=1000" else agreed
        )
    long = {
        "echo": [ASYNCIO, TRIO, SELF_TEST_ARM],
        "race": [ASYNCIO, UVLOOP, SELF_TEST_ARM],
        "pipes": [ASYNCIO, UVLOOP, SELF_TEST_ARM],
    }
    for benchmark_id, names in long.items():
        yield BenchmarkCalibrated(
            benchmark_id, replace(PACE, loops=1, turns=1, warmups=0, untimed=0, one_at_a_time=True)
        )
        for number in range(3):
            yield round_of(benchmark_id, number, {name: [450_000.0 + number] for name in names}, seconds=20.0)
        if benchmark_id == "race":
            yield ArmDropped(benchmark_id, ArmFailure(UVLOOP, "when timed it returned 'late'"), "unstable")
        yield BenchmarkFinished(benchmark_id, StopReason(StopKind.TIME, 60, "±2.0%"))


@cache
def everything() -> Record:
    """Every verdict but that of `unmeasured`, every judgement, and every flag.

    With a scenario that sleeps, and a benchmark without a baseline.
    """
    planned = plan(*EVERYTHING, on=(*THREE, "missing+gather"))
    return record_of(planned, *_observed(), *_timed(), RunFinished("2026-05-04T03:07:08+00:00", 0.75))


def unmeasured() -> Record:
    """A benchmark that agrees on asyncio and could not be measured on uvloop."""
    of = fake_benchmark("probe", returned(1))
    elsewhere = (ProcessObservations(unmeasured="ran on another loop"),)
    return record_of(
        plan(of, on=(ASYNCIO, UVLOOP)),
        *seen_alike(of, twice(observation(returned(1))), [ASYNCIO]),
        *seen_alike(of, elsewhere, [UVLOOP]),
    )


# A second one, whose benchmarks have passes.

SERVED = fake_benchmark("served", returned(64), set_up=True)
HELPED = fake_benchmark("helped", returned(1))


def _latencies() -> Iterable[Sequence[ArmRound]]:
    for number in range(9):
        away = 1 + number / 500
        yield (
            sketched(ASYNCIO, 9_000, 50.0 * away, 80.0 * away, 400.0),
            sketched(UVLOOP, 9_000, 30.0, 50.0 * away, 300.0 * away),
            sketched(TRIO, 1_000 + number, 100.0 * away, 200.0, 900.0),
        )


def _collections() -> Iterable[Sequence[ArmRound]]:
    for number in range(9):
        more = number / 1000
        yield collected(ASYNCIO, 0, 0.0), collected(UVLOOP, 0, 0.0), collected(TRIO, 4, 0.08 + more)


@cache
def passed() -> Record:
    """A benchmark with every pass that is asked for, and one whose backend has helper threads."""
    planned = plan(SERVED, HELPED, effort=FAST, also=("latency", "collections"))
    entries: list[Entry] = []
    for of in (SERVED, HELPED):
        seen, times = (
            twice(observation(returned(64 if of is SERVED else 1))),
            {ASYNCIO: 50.0, UVLOOP: 30.0, TRIO: 90.0},
        )
        played = rounds(of.id, {**times, SELF_TEST_ARM: 50.0}, 6)
        entries += [*seen_alike(of, seen), BenchmarkCalibrated(of.id, PACE)]
        entries += threaded(played, UVLOOP, 3) if of is HELPED else played
    wide = rounds(HELPED.id, {ASYNCIO: 50.0, UVLOOP: 20.0, TRIO: 90.0}, 6, spread=0.05)
    entries += [
        *beside(SERVED, "latency", _latencies()),
        *beside(SERVED, "collections", _collections()),
        *(PassRoundMeasured("threads", one) for one in wide),
        *(BenchmarkFinished(of.id, StopReason(StopKind.ROUNDS, 6, "fast")) for of in (SERVED, HELPED)),
    ]
    return record_of(planned, *entries, RunFinished("2026-05-04T03:07:08+00:00", 0.75))
