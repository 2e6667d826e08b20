"""Workers taking turns: equal parts for all, orders drawn anew, and a fault that names its arm."""

import json
import math
import os
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import permutations
from pathlib import Path
from statistics import median

import pytest

from harness.backends.registry import find_backend
from harness.execution.affinity import avoiding, choose_cpus
from harness.execution.arms import Arm, RoundContext
from harness.execution.calibration import (
    FEWEST_TURNS,
    LAPS,
    LONG_ITERATION,
    LONGEST_LAP,
    LOOP_SPREAD,
    SLOW_ITERATION,
    UNTIMED_SECONDS,
    Calibration,
    calibrate,
    calibrate_workers,
    choose_pace,
)
from harness.execution.observing import case_spec
from harness.execution.rounds import run_round
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Description
from harness.protocol.latency_bins import pack
from harness.protocol.messages import Turn, Value
from harness.records.pace import (
    FEWEST_UNTIMED,
    SELF_TEST_ARM,
    SLOWEST_VALUE,
    ArmFailure,
    ArmRound,
    RoundSettings,
)
from harness.worker.describing import Describer
from tests.arms import FREE, PATIENCE, arms_on, benchmark_of, fault, parts
from tests.records import value

workers = pytest.mark.workers


ALONE = RoundSettings(loops=1, turns=1, warmups=0, untimed=0, one_at_a_time=True, warm=False)


DRAWN = partial(RoundSettings, loop_spread=LOOP_SPREAD)

LOGS = """
@scenario(params={"who": ["a"]})
async def probe(who):
    with open(here / "log", "a") as log:
        print(who, file=log)
"""


def arms_called(folder: Path, text: str, names: str) -> list[Arm]:
    """Arms on asyncio that differ in their parameter `who` alone."""
    module = benchmark_of(folder, text).module
    rows = [Benchmark("probe", "user", module, "", "mine.py:1", (("who", who),)) for who in names]
    backend = find_backend("asyncio")
    return [Arm(who, case_spec(row, backend)) for who, row in zip(names, rows, strict=True)]


def results(part: ArmRound) -> list[Description | None]:
    return [value.result for value in (*part.warmups, *part.values)]


# Choosing


@pytest.mark.parametrize(
    ("calibration", "pace"),
    [
        (Calibration(1000, 1e-5, 1e-5), DRAWN(1000, 10, 1, untimed=100, laps=LAPS)),
        (Calibration(1000, 1e-5, 1e-5, collects=False), DRAWN(1000, 10, 1, 100, laps=LAPS, collect=False)),
        (Calibration(1000, 1e-5, SLOWEST_VALUE / 500), DRAWN(500, 4, 1, untimed=100, laps=LAPS)),
        (Calibration(1000, 1e-5, SLOWEST_VALUE / 1000), DRAWN(1000, 5, 1, untimed=100, laps=LAPS)),
        (Calibration(9, LONGEST_LAP, LONGEST_LAP + 1e-6), DRAWN(9, 10, 1)),
        (Calibration(2, 0.008, 0.15), DRAWN(1, FEWEST_TURNS, 1)),
        (Calibration(1, SLOW_ITERATION, SLOW_ITERATION), DRAWN(1, 10, 1, untimed=1, warm=False)),
        (Calibration(1, 0.1, LONG_ITERATION), DRAWN(1, FEWEST_TURNS, 1, untimed=1, warm=False)),
        (Calibration(1, 0.1, LONG_ITERATION + 0.01), ALONE),
        (Calibration(1, 3.0, 3.0), ALONE),
    ],
    ids=[
        "quick",
        "none",
        "slowest arm",
        "just within",
        "no laps",
        "slow arm",
        "slow",
        "long, not too long",
        "long arm",
        "long",
    ],
)
def test_the_pace_follows_from_the_calibration(calibration: Calibration, pace: RoundSettings) -> None:
    assert choose_pace(calibration, turns=10, warmups=1) == pace


@pytest.mark.parametrize(
    ("calibration", "untimed"),
    [
        (Calibration(1000, UNTIMED_SECONDS / 100, UNTIMED_SECONDS), 100),
        (Calibration(2, 0.003, 0.003), FEWEST_UNTIMED),
        (Calibration(1000, UNTIMED_SECONDS / 100, SLOWEST_VALUE / 20), 20),
    ],
    ids=["a millisecond", "no fewer than three", "no more than are timed, unless three"],
)
def test_a_turn_starts_with_a_millisecond_of_untimed_iterations(
    calibration: Calibration, untimed: int
) -> None:
    assert choose_pace(calibration, turns=1, warmups=0).untimed == untimed


def allow(monkeypatch: pytest.MonkeyPatch, cpus: set[int]) -> list[set[int]]:
    """A fake system that allows these CPUs; gives the list of what it is asked to pin this thread to.

    Other threads, as those of pytest-xdist, are moved with this one and are not listed.
    """
    asked = [cpus]

    def pin(thread: int, wanted: Collection[int]) -> None:
        if thread in {0, threading.get_native_id()}:
            asked.append(set(wanted))

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: asked[-1], raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", pin, raising=False)
    return asked


@pytest.mark.parametrize(
    ("allowed", "wanted", "chosen"),
    [
        ({0, 1, 2, 3}, 1, {3}),
        ({0, 1, 2, 3}, 2, {2, 3}),
        ({0, 5}, 1, {5}),
        ({0}, 1, {0}),
        ({0, 1}, 2, {0, 1}),
        ({0}, 2, {0}),
    ],
)
def test_cpus_are_allowed_ones_and_not_cpu_0_where_there_is_a_choice(
    monkeypatch: pytest.MonkeyPatch, allowed: set[int], wanted: int, chosen: set[int]
) -> None:
    allow(monkeypatch, allowed)
    assert choose_cpus(wanted) == frozenset(chosen)


def test_a_system_that_cannot_pin_gives_no_cpus_and_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert choose_cpus(1) is None
    with avoiding(None):
        pass


def test_the_parent_keeps_off_the_workers_cpus_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = allow(monkeypatch, {0, 1, 2})

    def interrupted() -> None:
        with avoiding(frozenset({2})):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert asked == [{0, 1, 2}, {0, 1}, {0, 1, 2}]


@pytest.mark.skipif(len(choose_cpus(2) or ()) < 2, reason="there are no two CPUs to move between")
def test_a_thread_that_runs_already_keeps_off_too() -> None:
    enough = threading.Event()
    thread = threading.Thread(target=enough.wait)
    thread.start()
    assert thread.native_id is not None
    cpus = choose_cpus(1)
    before = os.sched_getaffinity(thread.native_id)
    with avoiding(cpus):
        assert os.sched_getaffinity(thread.native_id) == os.sched_getaffinity(0) == before - (cpus or set())
    assert os.sched_getaffinity(thread.native_id) == before
    enough.set()
    thread.join()


def test_a_parent_with_no_other_cpu_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = allow(monkeypatch, {0, 1})
    with avoiding(frozenset({0, 1})):
        pass
    assert asked == [{0, 1}]


# Playing


@workers
def test_every_arm_has_the_same_number_of_values_in_the_order_of_the_arms(tmp_path: Path) -> None:
    row = benchmark_of(tmp_path, "@scenario()\nasync def probe():\n    return 'fine'")
    arms = arms_on(row, "asyncio+gather", "uvloop+gather", "trio+nursery")
    arms.append(Arm(SELF_TEST_ARM, arms[0].case))
    played = parts(run_round(arms, RoundSettings(loops=4, turns=3, warmups=2), FREE, "seed"))
    assert [part.arm for part in played] == ["asyncio+gather", "uvloop+gather", "trio+nursery", SELF_TEST_ARM]
    for part in played:
        assert [value.loops for value in (*part.warmups, *part.values)] == [4] * 5
        assert results(part) == [Describer().describe("fine"), *[None] * 4]
    assert (len(played[0].warmups), len(played[0].values)) == (2, 3)


def orders(folder: Path, seed: str, turns: int = 8) -> list[str]:
    """The orders in which three arms took their turns, warm-up first."""
    arms = arms_called(folder, LOGS, "abc")
    (folder / "log").write_text("")
    parts(run_round(arms, RoundSettings(1, turns, warmups=1, untimed=0), FREE, seed))
    said = (folder / "log").read_text().replace("\n", "")
    assert sorted(said[:3]) == ["a", "b", "c"]  # everybody's first iteration, before any turn
    return [said[start : start + 3] for start in range(3, len(said), 3)]


@workers
def test_the_order_is_drawn_anew_for_every_turn_and_follows_from_the_seed(tmp_path: Path) -> None:
    one, again, other = (orders(tmp_path, seed) for seed in ("row/1", "row/1", "row/2"))
    assert len(one) == 9
    assert {*one} <= {"".join(order) for order in permutations("abc")}
    assert len({*one}) > 1
    assert one == again != other


DRAWS = """
@scenario()
async def probe():
    return random.getrandbits(64)
"""


@workers
@pytest.mark.parametrize(
    "pace",
    [
        RoundSettings(loops=2, turns=3, warmups=1),
        ALONE,
    ],
    ids=["side by side", "alone"],
)
def test_every_arm_draws_the_same_numbers_and_every_turn_others(tmp_path: Path, pace: RoundSettings) -> None:
    arms = arms_on(benchmark_of(tmp_path, DRAWS), "asyncio+gather", "uvloop+gather", "trio+nursery")
    one, *others = [results(part) for part in parts(run_round(arms, pace, FREE, "seed"))]
    assert others == [one, one]
    assert None not in one
    assert len({*one}) == pace.turns + pace.warmups


FAULTS = {
    "raises": ("raise ValueError('Oops')", "when timed it raised ValueError('Oops')"),
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
    "exits": ("os._exit(0)", "exited with status 0 before it had answered"),
}


@workers
@pytest.mark.parametrize("call", [1, 2, 4], ids=["first iteration", "first turn", "third turn"])
@pytest.mark.parametrize("name", FAULTS)
def test_an_arm_that_fails_makes_the_round_void_and_is_named(tmp_path: Path, name: str, call: int) -> None:
    body, because = FAULTS[name]
    arms = arms_called(tmp_path, f"""
        @scenario(params={{"who": ["a"]}})
        async def probe(who):
            global calls
            calls += 1
            if (who, calls) == ("b", {call}):
                {body}
    """, "abc")  # fmt: skip
    failed = fault(run_round(arms, RoundSettings(1, 5, 0, untimed=0), FREE, "seed"))
    assert (failed.arm, failed.reason, failed.timed_out) == ("b", because, False)


@workers
def test_an_arm_that_leaves_tasks_behind_is_named_with_what_to_do(tmp_path: Path) -> None:
    arms = arms_on(benchmark_of(tmp_path, """
        @scenario()
        async def probe():
            import asyncio
            kept = asyncio.get_running_loop().create_task(anyio.sleep_forever())
    """), "uvloop+gather")  # fmt: skip
    failed = fault(run_round(arms, RoundSettings(1, 1, 0), FREE, "seed"))
    assert failed.unmeasured
    assert failed.reason.startswith("leaves 1 task behind in every iteration")
    assert failed.reason.endswith("await or cancel them before the operation returns")


@workers
def test_an_arm_that_hangs_is_ended_with_its_stack_as_evidence(tmp_path: Path) -> None:
    arms = arms_on(benchmark_of(tmp_path, """
        @scenario()
        async def probe():
            while True: pass
    """), "asyncio+gather")  # fmt: skip
    failed = fault(run_round(arms, RoundSettings(1, 1, 0), RoundContext(None, 3.0), "seed"))
    assert (failed.reason, failed.timed_out) == ("gave no answer for 3 s", True)
    assert "in probe" in failed.output


READY = {"kind": "ready"}
VALUE: dict[str, object] = {
    "loops": 1, "wall": 1, "cpu": 1, "switches": [0, 0], "collections": [0, 0, 0], "collecting": 0,
    "waited": 0, "idle_cpu": 0,
}  # fmt: skip
SUMMARY: dict[str, object] = {"startup": 1, "peak": 1, "threads": 1}


def written_instead(folder: Path, *messages: Mapping[str, object]) -> tuple[ArmRound, ...] | ArmFailure:
    """A round of one turn, from a worker that writes these messages itself and nothing else."""
    lines = "".join(json.dumps(one) + "\n" for one in messages)
    arms = arms_on(benchmark_of(folder, f"""
        import sys, time

        @scenario()
        async def probe():
            os.write(int(sys.argv[2]), {lines.encode()!r})
            time.sleep({PATIENCE})
    """), "asyncio")  # fmt: skip
    return run_round(arms, RoundSettings(1, 1, 0, untimed=0), FREE, "seed")


@workers
@pytest.mark.parametrize("message", [42, None, {"how": "sang", "what": {"type": "int"}}])
def test_what_is_no_outcome_is_a_fault_and_not_the_end_of_the_run(tmp_path: Path, message: object) -> None:
    failed = fault(written_instead(tmp_path, READY, {"kind": "raised", "message": message}))
    assert failed.reason.startswith("wrote what is no raised: ")


def nested(levels: int) -> dict[str, object]:
    """The description of a list in a list and so on."""
    described: dict[str, object] = {"type": "int", "text": "1"}
    for _ in range(levels):
        described = {"type": "list", "parts": [described]}
    return described


@workers
@pytest.mark.parametrize("kind", ["value", "raised"])
def test_a_result_nested_so_deeply_that_it_cannot_be_written_out_is_a_fault(
    tmp_path: Path, kind: str
) -> None:
    deep = nested(190)
    message = {**VALUE, "result": deep} if kind == "value" else {"how": "raised", "what": deep}
    told = {"kind": kind, "message": message}
    failed = fault(written_instead(tmp_path, READY, told))
    start = json.dumps(told).encode()[:80]
    assert failed.reason == f"wrote a message that is nested too deeply: {start!r}"


HUGE = 10**400
"""More than a float holds: what is divided by it or into it is an OverflowError."""


@workers
@pytest.mark.parametrize(
    "told",
    [
        {"wall": HUGE},
        {"cpu": HUGE},
        {"waited": -HUGE},
        {"switches": [0, HUGE]},
        {"full_collections": [HUGE, 0]},
    ],
)
def test_a_value_with_a_number_that_no_clock_gives_is_a_fault(
    tmp_path: Path, told: dict[str, object]
) -> None:
    failed = fault(written_instead(tmp_path, READY, {"kind": "value", "message": {**VALUE, **told}}))
    assert failed.reason.startswith("wrote a number that cannot be: ")


BINS = pack({0: 1, 700: 2})
SKETCH = {"operations": 3, "bins": BINS}


@workers
@pytest.mark.parametrize(
    ("told", "because"),
    [
        ({"startup": HUGE}, "wrote a number that cannot be: "),
        ({"peak": HUGE}, "wrote a number that cannot be: "),
        ({"sketch": {**SKETCH, "operations": HUGE}}, "wrote a number that cannot be: "),
        ({"sketch": {**SKETCH, "operations": 4}}, "wrote a sketch that cannot be of 4 operations: "),
        ({"sketch": {**SKETCH, "operations": 0}}, "wrote a sketch that cannot be of 0 operations: "),
        ({"sketch": {**SKETCH, "bins": ""}}, "wrote a sketch that cannot be of 3 operations: "),
        ({"sketch": {**SKETCH, "bins": BINS[:-4]}}, "wrote a sketch that cannot be of 3 operations: "),
        ({"sketch": {**SKETCH, "bins": pack({2**40: 3})}}, "wrote a sketch that cannot be of 3 operations: "),
        ({"sketch": {**SKETCH, "bins": [1]}}, "wrote what is no summary: "),
    ],
)
def test_a_summary_whose_numbers_cannot_be_is_a_fault(
    tmp_path: Path, told: dict[str, object], because: str
) -> None:
    value = {"kind": "value", "message": VALUE}
    failed = fault(
        written_instead(tmp_path, READY, value, {"kind": "summary", "message": {**SUMMARY, **told}})
    )
    assert failed.reason.startswith(because)


NEIGHBORS = """
def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

(here / "pids").mkdir(exist_ok=True)
(here / "pids" / str(os.getpid())).touch()

@scenario()
async def probe():
    return sum(alive(int(path.name)) for path in (here / "pids").iterdir()) - 1
"""


@workers
@pytest.mark.parametrize(
    ("pace", "neighbors"), [(ALONE, 0), (RoundSettings(1, 1, 0, untimed=0), 2)], ids=["alone", "side by side"]
)
def test_workers_live_side_by_side_unless_an_iteration_is_long(
    tmp_path: Path, pace: RoundSettings, neighbors: int
) -> None:
    row = benchmark_of(tmp_path, NEIGHBORS)
    arms = [Arm(name, arm.case) for name in "abc" for arm in arms_on(row, "asyncio")]
    played = parts(run_round(arms, pace, FREE, "seed"))
    assert [part.arm for part in played] == ["a", "b", "c"]
    assert [results(part) for part in played] == [[Describer().describe(neighbors)]] * 3


@workers
def test_all_arms_are_pinned_to_the_stages_cpus(tmp_path: Path) -> None:
    cpus = choose_cpus(1)
    if cpus is None:
        pytest.skip("this system cannot pin")
    row = benchmark_of(
        tmp_path, "@scenario()\nasync def probe():\n    return sorted(os.sched_getaffinity(0))"
    )
    arms = arms_on(row, "asyncio+gather", "trio+nursery")
    for part in parts(run_round(arms, RoundSettings(1, 1, 0), RoundContext(cpus, PATIENCE), "seed")):
        assert results(part) == [Describer().describe(sorted(cpus))]


class SteadyWorker:
    """A worker whose iterations take these nanoseconds each; of three values the first has a hiccup."""

    def __init__(self, iteration: int, collections: tuple[int, int, int] = (0, 0, 0)) -> None:
        self._iteration = iteration
        self._collections = collections
        self.loops: list[int] = []

    def take_turn(self, _: str, turn: Turn) -> Value:
        hiccup = 0 if len(self.loops) % 3 else 1_000
        self.loops.append(turn.loops)
        taken = value(self._iteration / 1000 + hiccup / turn.loops, loops=turn.loops)
        return replace(taken, collections=self._collections)


def test_a_calibration_finds_the_loops_of_the_first_arm_and_the_slowest_of_all() -> None:
    first, second, third = SteadyWorker(40_000), SteadyWorker(360_000), SteadyWorker(200_000)
    found = calibrate_workers([first, second, third], seconds=0.005)
    assert (found.loops, found.collects) == (125, False)
    assert (found.iteration, found.slowest) == pytest.approx((40e-6, 360e-6))
    longest = math.ceil(125 * (1 + LOOP_SPREAD))
    assert first.loops == [*(loops for loops in (1, 2, 4, 8, 16, 32, 64) for _ in range(3)), *[longest] * 3]
    assert second.loops == third.loops == [*[125 // 8] * 3, *[longest] * 3]


def test_a_collection_in_a_value_of_any_arm_is_seen_by_the_calibration() -> None:
    collecting = SteadyWorker(40_000, collections=(1, 0, 0))
    assert calibrate_workers([SteadyWorker(40_000), collecting], seconds=0.005).collects


@workers
def test_a_calibration_of_real_workers_is_made_of_their_own_values(tmp_path: Path) -> None:
    text = '@scenario(params={"who": ["1"]})\nasync def probe(who):\n    sum(range(2_000 * int(who)))'
    found = calibrate(arms_called(tmp_path, text, "19"), FREE, seconds=0.005)
    assert isinstance(found, Calibration)
    assert found.loops == math.ceil(0.005 / found.iteration)
    assert found.slowest >= found.iteration


@workers
def test_a_calibration_that_fails_names_the_arm(tmp_path: Path) -> None:
    text = '@scenario(params={"who": ["a"]})\nasync def probe(who):\n    assert who != "b"'
    failed = fault(calibrate(arms_called(tmp_path, text, "ab"), FREE, seconds=0.005))
    assert (failed.arm, failed.reason) == ("b", "when timed it raised AssertionError()")


# The method itself: the only tests that look at times

FAN_OUT = """
async def child(number):
    await anyio.sleep(0)
    return number

@scenario()
async def probe(gather):
    return sum(await gather(*(child(number) for number in range(100))))
"""


@pytest.fixture
def stage() -> Iterator[RoundContext]:
    """One CPU for all arms, and the parent off it."""
    cpus = choose_cpus(1)
    with avoiding(cpus):
        yield RoundContext(cpus, PATIENCE)


def judge_only_where_it_is_quiet(played: list[tuple[ArmRound, ...]]) -> None:
    """Whoever else computes on the workers' CPU stretches the wall time of some turns, not of others."""
    values = [value for arms in played for part in arms for value in part.values]
    if median(value.cpu / value.wall for value in values) < 0.9:
        pytest.skip("something else computes on the workers' CPU")


def fan_out(folder: Path) -> list[Arm]:
    return arms_on(benchmark_of(folder, FAN_OUT), "asyncio+gather", "uvloop+gather")


def pace_of(arms: list[Arm], stage: RoundContext, turns: int) -> RoundSettings:
    calibration = calibrate(arms, stage, seconds=0.01)
    assert isinstance(calibration, Calibration)
    return choose_pace(calibration, turns, warmups=1)


@pytest.mark.slow
@workers
def test_the_last_turn_of_a_round_is_as_quick_as_the_others(tmp_path: Path, stage: RoundContext) -> None:
    """Workers that wrote and exited while others still played made the last value 50 to 74% slow."""
    arms = fan_out(tmp_path)
    pace = pace_of(arms, stage, turns=8)
    rounds = [parts(run_round(arms, pace, stage, f"last/{number}")) for number in range(15)]
    judge_only_where_it_is_quiet(rounds)
    walls = [[value.wall for value in part.values] for played in rounds for part in played]
    assert median(last / median(others) for *others, last in walls) == pytest.approx(1, abs=0.1)


def log_ratio(one: tuple[Value, ...], other: tuple[Value, ...]) -> float:
    return median(math.log(b.wall / a.wall) for a, b in zip(one, other, strict=True))


@pytest.mark.slow
@workers
def test_the_ratio_does_not_depend_on_the_loop_count(tmp_path: Path, stage: RoundContext) -> None:
    arms = fan_out(tmp_path)
    calibrated = pace_of(arms, stage, turns=8)
    rounds: dict[int, list[tuple[ArmRound, ...]]] = {calibrated.loops // 2: [], calibrated.loops * 2: []}
    for number in range(15):
        for loops, played in rounds.items():
            played.append(parts(run_round(arms, RoundSettings(loops, 8, 1), stage, f"loops/{number}")))
            judge_only_where_it_is_quiet(played)
    half, double = (
        median(log_ratio(asyncio.values, uvloop.values) for asyncio, uvloop in played)
        for played in rounds.values()
    )
    assert math.exp(half - double) == pytest.approx(1, abs=0.05)
