"""A timing worker, asked by hand: it takes turns, is silent between them, and leaves a summary."""

import platform
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from textwrap import dedent

import pytest

from harness.backends.registry import find_backend
from harness.execution.observing import case_spec
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Outcome
from harness.protocol.latency_bins import unpack
from harness.protocol.messages import UNMEASURED, TimingMode, Turn, Value, WorkerSummary
from harness.protocol.observations import WorkerExit
from harness.worker.describing import Describer
from tests.records import time_at

pytestmark = pytest.mark.workers

PATIENCE = 60.0
"""Seconds in which any worker gets something done, however busy the machine."""

HEAD = """
import asyncio, gc, os, random, sys
from contextlib import asynccontextmanager
import anyio, anyio.lowlevel
from harness.scenario import scenario

calls = 0
"""

COUNTS = """
@scenario()
async def probe():
    global calls
    calls += 1
    return calls
"""

describe = Describer().describe

Start = Callable[..., "Asked"]

everywhere = pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])


class Asked:
    """A timing worker and the questions that are put to it."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def next(self) -> Reply:
        reply = self.worker.receive(PATIENCE)
        assert not isinstance(reply, WorkerExit), reply
        return reply

    def turn(
        self,
        loops: int = 1,
        untimed: int = 0,
        seed: int = 0,
        kind: str = "turn",
        timed: TimingMode = "whole",
        *,
        warm: bool = True,
    ) -> Value:
        self.worker.send(kind, Turn(loops, seed, untimed, timed, warm))
        reply = self.next()
        assert reply.kind == "value", reply
        return reply.read(Value)

    def summary(self) -> WorkerSummary:
        self.worker.send("release")
        reply = self.next()
        assert reply.kind == "summary", reply
        return reply.read(WorkerSummary)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a worker that times the scenario in a module of this text."""
    with ExitStack() as stack:

        def start_one(text: str, loop: str = "asyncio") -> Asked:
            path = tmp_path / "mine.py"
            path.write_text(HEAD + dedent(text))
            row = Benchmark("probe", "user", str(path), "", "mine.py:1")
            case = asdict(case_spec(row, find_backend(loop)))
            return Asked(stack.enter_context(Worker({"do": "time", "case": case})))

        yield start_one


@pytest.fixture
def ready(start: Start) -> Start:
    """Starts a worker and waits until it says that it is ready."""

    def start_one(text: str, loop: str = "asyncio") -> Asked:
        asked = start(text, loop)
        assert asked.next() == Reply("ready")
        return asked

    return start_one


@everywhere
def test_a_turn_runs_the_untimed_iterations_and_then_the_loops(ready: Start, loop: str) -> None:
    asked = ready(COUNTS, loop)  # the first iteration is over
    value = asked.turn(loops=5, untimed=3)
    assert (value.loops, value.result) == (5, describe(1 + 3 + 5))
    assert asked.turn(loops=2, untimed=1).result == describe(9 + 1 + 2)


@pytest.mark.parametrize("takes", ["gather", "*, gather"])
def test_a_scenario_gets_on_the_clock_what_it_takes_however_it_takes_it(ready: Start, takes: str) -> None:
    asked = ready(f"""
        @scenario()
        async def probe({takes}):
            return await gather(anyio.sleep(0))
    """)
    assert asked.turn(loops=2).result == describe([None])


def test_a_value_is_of_the_iterations_on_the_clock_and_no_others(ready: Start) -> None:
    asked = ready("""
        @scenario()
        async def probe():
            gc.collect(1)
            gc.collect(2)
    """)
    value = asked.turn(loops=3, untimed=2)
    assert value.collections[1:] == (3, 3)
    assert 0 < value.collecting < value.wall
    assert value.cpu > 0


LEAVES_GARBAGE = """
import weakref
class Thing: pass

@scenario()
async def probe():
    global last
    alive = calls and last() is not None
    thing = Thing()
    thing.itself = thing
    last = weakref.ref(thing)
    globals()["calls"] = 1
    return alive
"""


def test_garbage_is_collected_before_the_clock_starts(ready: Start) -> None:
    assert ready(LEAVES_GARBAGE).turn(loops=1, untimed=1).result == describe(value=False)


def test_untimed_iterations_come_after_the_full_collection_only_in_a_warm_turn(ready: Start) -> None:
    asked = ready("""
        seen = []

        def collected(phase, info):
            if phase == "stop" and info["generation"]:
                seen.append(info["generation"])

        gc.callbacks.append(collected)

        @scenario()
        async def probe():
            seen.append("run")
            return seen[-5:]
    """)
    assert asked.turn(loops=1, untimed=2).result == describe([2, "run", "run", 1, "run"])
    assert asked.turn(loops=1, untimed=2, warm=False).result == describe(["run", "run", "run", 2, "run"])


def test_a_turn_without_the_collection_finds_the_garbage_of_the_iterations_before(ready: Start) -> None:
    asked = ready(LEAVES_GARBAGE)
    assert asked.turn(loops=1, untimed=1, timed="uncollected").result == describe(value=True)


@pytest.mark.parametrize("timed", ["whole", "uncollected"])
def test_full_collections_are_counted_and_timed_apart(ready: Start, timed: TimingMode) -> None:
    asked = ready("""
        @scenario()
        async def probe():
            gc.collect(0)
            gc.collect(2)
    """)
    count, spent = asked.turn(loops=3, timed=timed).full_collections
    assert count == 3
    assert spent > 0


def test_the_cpu_time_of_other_threads_than_the_loops_is_told_apart(ready: Start) -> None:
    asked = ready("""
        import threading, time

        def work():
            began = time.thread_time()
            while time.thread_time() - began < 0.01:
                pass

        @scenario()
        async def probe():
            if calls:
                helper = threading.Thread(target=work)
                helper.start()
                helper.join()
            globals()["calls"] = 1
    """)
    value = asked.turn(loops=2)
    assert 20e6 <= value.helper_cpu <= value.cpu


def test_a_turn_may_time_every_iteration_and_says_the_quantiles_when_all_is_over(ready: Start) -> None:
    asked = ready("""
        from time import perf_counter_ns, sleep

        @scenario()
        async def probe():
            global calls
            calls += 1
            if calls % 10 == 0:
                sleep(0.02)
            return calls
    """)
    value = asked.turn(loops=100, timed="each")
    assert (value.loops, value.result) == (100, describe(1 + 100))
    asked.turn(loops=50)
    asked.turn(loops=100, timed="each")
    sketched = asked.summary().sketch
    assert sketched is not None
    half, most = (time_at(sketched, quantile) for quantile in (0.5, 0.99))
    assert sketched.operations == 200
    assert 0 < half < 20e6 <= most * 1.002


def test_a_worker_whose_iterations_were_timed_together_has_no_sketch(ready: Start) -> None:
    asked = ready(COUNTS)
    asked.turn(loops=5)
    assert asked.summary().sketch is None


@everywhere
def test_an_iteration_that_suspends_is_timed_by_itself_on_every_loop(ready: Start, loop: str) -> None:
    asked = ready("@scenario()\nasync def probe():\n    await anyio.lowlevel.checkpoint()", loop)
    value = asked.turn(loops=30, timed="each")
    sketched = asked.summary().sketch
    assert sketched is not None
    assert (value.loops, sketched.operations) == (30, 30)
    assert sum(unpack(sketched.bins).values()) == 30


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_a_read_into_a_large_buffer_does_not_map_memory_anew(ready: Start) -> None:
    asked = ready("""
        import resource, socket
        one, other = socket.socketpair()

        def faults():
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

        @scenario()
        async def probe():
            before = faults()
            for _ in range(100):
                one.send(b"x")
                other.recv(256 * 1024)
            return faults() - before >= 100
    """)
    assert asked.turn(untimed=1).result == describe(value=False)


@everywhere
def test_between_turns_the_loop_stands_still(ready: Start, loop: str) -> None:
    asked = ready(
        """
        @scenario()
        @asynccontextmanager
        async def probe():
            ticks = seen = 0

            async def tick():
                nonlocal ticks
                while True:
                    ticks += 1
                    await anyio.lowlevel.checkpoint()

            async def operation():
                nonlocal seen
                since = ticks - seen
                for _ in range(5):
                    await anyio.lowlevel.checkpoint()
                seen = ticks
                return since

            async with anyio.create_task_group() as group:
                group.start_soon(tick)
                yield operation
                group.cancel_scope.cancel()
    """,
        loop,
    )
    results = [asked.turn().result for _ in range(4)]
    assert results == [describe(0), None, None, None]
    assert asked.summary().startup > 0


def test_the_set_up_is_made_once_and_torn_down_after_the_release(ready: Start, tmp_path: Path) -> None:
    asked = ready("""
        from pathlib import Path
        steps = Path(__file__).with_name("steps")

        @scenario()
        @asynccontextmanager
        async def probe():
            steps.write_text("set up")
            yield operation
            steps.write_text("torn down")

        async def operation():
            return steps.read_text()
    """)
    assert asked.turn(loops=3).result == describe("set up")
    assert asked.turn(loops=3).result is None
    asked.summary()
    assert (tmp_path / "steps").read_text() == "torn down"


def test_a_result_is_described_only_when_it_changes(ready: Start) -> None:
    asked = ready("""
        @scenario()
        async def probe():
            global calls
            calls += 1
            return [1, 1, 1, True, True, 1][calls - 1]
    """)
    results = [asked.turn().result for _ in range(5)]
    assert results == [describe(1), None, describe(value=True), None, describe(1)]


@everywhere
def test_equal_seeds_give_equal_draws_and_others_do_not(ready: Start, loop: str) -> None:
    asked = ready("@scenario()\nasync def probe():\n    return random.getrandbits(64)", loop)
    first, same, other = (asked.turn(loops=2, untimed=1, seed=seed).result for seed in (7, 7, 8))
    expected = random_after(3, seed=7)
    assert (first, same) == (describe(expected), None)
    assert other == describe(random_after(3, seed=8))


def random_after(draws: int, seed: int) -> int:
    drawn = random.Random(seed)
    return [drawn.getrandbits(64) for _ in range(draws)][-1]


def test_prints_go_nowhere(ready: Start) -> None:
    asked = ready("""
        @scenario()
        async def probe():
            global calls
            calls += 1
            print("printed", flush=True)
            if calls == 4:
                os.write(2, b"last words")
                os._exit(3)
    """)
    asked.turn(loops=2)
    asked.worker.send("turn", Turn(loops=1, seed=0, untimed=0))
    ended = asked.worker.receive(PATIENCE)
    assert isinstance(ended, WorkerExit)
    assert (ended.how, ended.output) == ("exited with status 3 before it had answered", "last words")


def test_the_summary_counts_threads_and_memory_since_the_first_iteration(ready: Start) -> None:
    asked = ready("""
        import threading

        @scenario()
        async def probe():
            global calls, kept
            calls += 1
            if calls == 2:
                kept = bytearray(os.urandom(2**24))
                threading.Thread(target=threading.Event().wait, daemon=True).start()
    """)
    asked.turn()
    summary = asked.summary()
    assert summary.threads == 2
    assert summary.peak is None or summary.peak >= 2**24


@pytest.mark.parametrize(
    ("loop", "leave_one"),
    [
        ("asyncio", "kept = asyncio.get_running_loop().create_task(anyio.sleep_forever())"),
        ("uvloop", "kept = asyncio.get_running_loop().create_task(anyio.sleep_forever())"),
        ("trio", "sys.modules['trio'].lowlevel.spawn_system_task(anyio.sleep_forever)"),
    ],
)
def test_a_scenario_that_leaves_tasks_behind_is_refused(start: Start, loop: str, leave_one: str) -> None:
    reply = start(f"@scenario()\nasync def probe():\n    {leave_one}", loop).next()
    assert reply.kind == UNMEASURED
    assert reply.message["message"].startswith("leaves 1 task behind in every iteration (task ")
    assert "sleep_forever" in reply.message["message"]


def test_a_task_that_only_the_first_iteration_leaves_is_the_set_ups(start: Start) -> None:
    asked = start("""
        kept = []

        @scenario()
        async def probe():
            if not kept:
                kept.append(asyncio.get_running_loop().create_task(anyio.sleep_forever()))
    """)
    assert asked.next().kind == "ready"


def test_a_task_that_ends_right_after_the_scenario_is_no_reason_to_refuse_it(start: Start) -> None:
    asked = start("""
        @scenario()
        async def probe():
            asyncio.get_running_loop().create_task(asyncio.sleep(0))
    """)
    assert asked.next().kind == "ready"


@everywhere
@pytest.mark.parametrize("call", [1, 3])
def test_a_scenario_that_raises_says_so_instead_of_giving_a_value(start: Start, loop: str, call: int) -> None:
    asked = start(
        f"""
        @scenario()
        async def probe():
            global calls
            calls += 1
            if calls == {call}:
                raise ValueError("Oops", calls)
    """,
        loop,
    )
    reply = asked.next()
    if call == 3:
        assert reply.kind == "ready"
        asked.turn()
        asked.worker.send("turn", Turn(loops=1, seed=0, untimed=0))
        reply = asked.next()
    assert reply.kind == "raised"
    assert reply.read(Outcome) == Outcome("raised", describe(ValueError("Oops", call)))
