"""A loop that cheats has no number, or one that is flagged; what cannot be seen is in docs/reliability.md."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import Backend, Loop
from harness.backends.registry import find_backend
from harness.execution import scrutiny as scrutiny_module
from harness.execution.affinity import choose_cpus
from harness.execution.arms import Arm, RoundContext
from harness.execution.observing import case_spec, observe_in_process
from harness.execution.rounds import run_round
from harness.execution.scrutiny import Scrutiny
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import Turn, Value
from harness.records.pace import ArmFailure, ArmRound, RoundSettings
from tests.arms import PATIENCE
from tests.records import value as value_that_took

workers = pytest.mark.workers

SCENARIO = """
from anyio.lowlevel import checkpoint
from harness.scenario import scenario

async def one(number):
    await checkpoint()
    return number

@scenario()
async def story(gather):
    return sum(await gather(*(one(number) for number in range(50))))
"""

SETTINGS = RoundSettings(loops=60, turns=5, warmups=1)
"""Values of about 20 ms: long beside what a turn costs otherwise."""

WITHOUT = "was measured with another {} than Python's or the library's own"

CAUGHT = {
    "halves_the_clock": WITHOUT.format("harness.worker.clock.perf_counter_ns"),
    "halves_pythons_clock": WITHOUT.format("time.perf_counter_ns"),
    "swaps_the_code_of_gather": WITHOUT.format("asyncio.gather"),
    "replaces_gather": WITHOUT.format("asyncio.gather"),
    "switches_collection_off": "switched off the garbage collection that every backend is measured with",
    "collects_seldom": r"set the thresholds of garbage collection to \(70000, 1000, 1000\)",
    "is_another_loop_later": "ran on tests.cheating_loops._AnotherLoop, not asyncio",
    "forges_shorter_values": "ns passed in turns in which the system counted .* ns of CPU time",
    "forges_longer_values": "says that .* ns passed in a turn of .* ns",
    "forges_wall_alone": "says that .* ns of CPU time passed in .* ns on 1 CPU",
    "moves_to_every_cpu": "moved to the CPUs 0, ",
    "raises_its_priority": "raised its own priority",
    "is_real_time": "changed the policy by which the system schedules it",
}

PRIVILEGED = {"raises_its_priority", "is_real_time"}


def benchmark_in(folder: Path) -> Benchmark:
    path = folder / "mine.py"
    path.write_text(SCENARIO)
    return Benchmark("story", "user", str(path), "", "mine.py:1", uses_gather=True)


def round_of(folder: Path, cheat: str, *others: str) -> tuple[ArmRound, ...] | ArmFailure:
    cheating = Backend(Loop("cheat", factory=f"tests.cheating_loops:{cheat}"), "gather")
    backends = (cheating, *map(find_backend, others))
    benchmark = benchmark_in(folder)
    arms = [Arm(backend.name, case_spec(benchmark, backend)) for backend in backends]
    return run_round(arms, SETTINGS, RoundContext(choose_cpus(1), PATIENCE), "seed")


@workers
@pytest.mark.parametrize("cheat", CAUGHT)
def test_a_loop_that_cheats_has_no_number_and_the_cheat_is_named(tmp_path: Path, cheat: str) -> None:
    if cheat in PRIVILEGED and os.geteuid() != 0:
        pytest.skip("the system lets root alone do this")
    if cheat == "moves_to_every_cpu" and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("there is no other CPU to move to")
    failure = round_of(tmp_path, cheat)
    assert isinstance(failure, ArmFailure)
    assert failure.unmeasured, failure
    assert re.search(CAUGHT[cheat], failure.reason), failure.reason


@workers
def test_a_loop_that_does_not_cheat_has_its_values(tmp_path: Path) -> None:
    parts = round_of(tmp_path, "own_loop", "asyncio", "uvloop")
    assert isinstance(parts, tuple), parts
    assert [len(part.values) for part in parts] == [SETTINGS.turns] * 3


@workers
def test_a_helper_that_spins_while_others_have_their_turn_is_counted_as_the_loops(tmp_path: Path) -> None:
    parts = round_of(tmp_path, "has_a_helper_that_spins", "asyncio")
    assert isinstance(parts, tuple), parts
    cheat, honest = (
        sum(value.idle_cpu for value in part.values) / sum(value.waited for value in part.values)
        for part in parts
    )
    assert cheat > 0.1 > honest


@workers
@pytest.mark.parametrize("cheat", ["replaces_gather", "swaps_the_code_of_gather", "is_another_loop_later"])
def test_a_loop_that_cheats_is_not_observed_either(tmp_path: Path, cheat: str) -> None:
    cheating = Backend(Loop("cheat", factory=f"tests.cheating_loops:{cheat}"), "gather")
    seen = observe_in_process(benchmark_in(tmp_path), cheating, PATIENCE)
    assert re.search(CAUGHT[cheat], seen.unmeasured or "")


@workers
def test_a_scenario_prints_to_the_same_kind_of_output_when_it_is_timed(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import sys\nfrom harness.scenario import scenario\n"
        "@scenario()\nasync def story():\n"
        "    out = sys.stdout\n"
        "    return [type(out).__name__, type(out.buffer).__name__, out.name, out.encoding, out.errors]\n"
    )
    benchmark = Benchmark("story", "user", str(path), "", "mine.py:1")
    spec = case_spec(benchmark, find_backend("asyncio"))
    parts = run_round(
        [Arm("asyncio", spec)],
        RoundSettings(loops=1, turns=1, warmups=0, untimed=0),
        RoundContext(None, PATIENCE),
        "seed",
    )
    assert isinstance(parts, tuple), parts
    [seen] = observe_in_process(benchmark, find_backend("asyncio"), PATIENCE).observations
    assert parts[0].values[0].result == seen.observation.outcome.what


def test_a_value_is_held_against_the_parents_clock_and_the_cpus_that_there_are() -> None:
    scrutiny = Scrutiny(os.getpid(), frozenset({0}))
    scrutiny.begin()
    assert "passed in a turn of" in (scrutiny.fault_of(value_that_took(10**12)) or "")
    assert scrutiny.fault_of(value_that_took(1, loops=1)) is None


def test_nothing_is_said_of_a_clock_where_turns_are_too_short_to_tell() -> None:
    scrutiny = Scrutiny(os.getpid(), None)
    scrutiny.begin()
    scrutiny.end(Turn(loops=1, seed=0, untimed=0), value_that_took(1))
    assert not scrutiny.can_probe
    assert scrutiny.fault_of_clock(value_that_took(1)) is None


MILLISECOND = 1_000_000


@pytest.mark.parametrize(
    ("turn_cpu", "turn_wall", "probe_wall", "is_refused"),  # milliseconds; the probe took 5.5 of CPU time
    [
        (9.5, 4, 0.4, False),  # 4 ms of iterations, and garbage
        (15, 4, 0.2, False),  # 4 ms of iterations on a machine that was half as fast in the turns
        (13.5, 4, 0.4, True),  # 8 ms of iterations, by a clock that runs at half its speed
        (13.5, 4, 0.8, True),  # the same, but for the last turn
    ],
)
def test_a_machine_whose_speed_changes_is_no_slow_clock_and_hides_none(
    monkeypatch: pytest.MonkeyPatch, turn_cpu: float, turn_wall: float, probe_wall: float, is_refused: bool
) -> None:
    turn = value_that_took(100 * turn_wall, loops=10)
    fault = fault_of_clock(monkeypatch, turn_cpu, turn, value_that_took(1000 * probe_wall, loops=1))
    assert (fault is not None) == is_refused, fault


def test_turns_that_waited_for_a_cpu_hide_no_slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    said_a_tenth = replace(value_that_took(600, loops=10), cpu=2 * MILLISECOND)  # of 60 ms, 20 of them of CPU
    probe = replace(value_that_took(200, loops=1), cpu=MILLISECOND // 5)
    assert fault_of_clock(monkeypatch, 25.5, said_a_tenth, probe) is not None


def fault_of_clock(monkeypatch: pytest.MonkeyPatch, turn_cpu: float, turn: Value, probe: Value) -> str | None:
    """What is said of a worker that sends these values, and of whose turn the system counts these ms."""
    counted = iter([0, 0, turn_cpu, turn_cpu, turn_cpu + 5.5])
    monkeypatch.setattr(scrutiny_module, "cpu_time_of", lambda _: round((1 + next(counted)) * MILLISECOND))
    monkeypatch.setattr(scrutiny_module, "descendants_of", lambda _: ())
    scrutiny = Scrutiny(os.getpid(), None)
    scrutiny.begin()
    scrutiny.end(Turn(loops=turn.loops, seed=0, untimed=0, timed="whole"), turn)
    scrutiny.begin()
    return scrutiny.fault_of_clock(probe)
