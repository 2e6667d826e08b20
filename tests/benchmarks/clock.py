"""What the worker adds inside the clock, against a loop written by hand around the same coroutine.

    python tests/benchmarks/clock.py [--processes 12] [--turns 400] [ROW on BACKEND …]

Fresh processes, each pinned to one CPU, open a case as a timing worker does. In every turn the worker's
own code (`harness.worker.timing`) gives a value, and a loop written by hand times the same coroutine
function, in an order drawn anew, in the same event loop and with the same loop count. A turn during
which the system took the CPU away (an involuntary context switch) says nothing of either and is left out;
how many were kept is printed. A process's sample is the median over turns of the log of the ratio; the
estimate is the median over processes with its exact interval, 95% over all cases together. Exit code 1
if an interval reaches above 0.5%, or there is none.
"""

import argparse
import gc
import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter_ns
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
BAR = 0.005
"""Of the time of the loop written by hand."""

MODULE = "scenarios.tutorial.order"
CASES = tuple(
    f"order:n={size} on {backend}"
    for size in (1, 100)
    for backend in ("asyncio+gather", "uvloop+gather", "trio+nursery")
)
VALUE = 0.01
"""Seconds that a value lasts, about: as long as one of a run."""

FEWEST = 40
"""Turns left in peace that a process must have to count."""


class Pair(NamedTuple):
    """A turn: nanoseconds of the worker's value and of the one by hand, over `loops` iterations."""

    worker: int
    hand: int
    loops: int
    disturbed: bool


class Sample(NamedTuple):
    """A process's medians over its turns; `added` is nanoseconds an iteration."""

    log_ratio: float
    added: float
    kept: int


def main() -> int:
    """Show every case with its interval; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=12)
    parser.add_argument("--turns", type=int, default=400)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="*", default=CASES, metavar="CASE")
    typed = parser.parse_args()
    if typed.child:
        return child(typed.child, typed.turns)
    found: dict[str, list[Sample]] = {case: [] for case in typed.cases}
    for number in range(typed.processes):
        for case in random.Random(number).sample(list(typed.cases), len(typed.cases)):
            if (sample := one_process(case, typed.turns)) is not None:
                found[case].append(sample)
    return show(found, typed.turns)


def show(samples: dict[str, list[Sample]], turns: int) -> int:
    """Print an estimate for every case; 1 if one misses the bar."""
    from harness.analysis.intervals import estimate  # the child needs no scipy
    from harness.records.estimate import confidence_level  # the child needs no scipy

    missed = 0
    for case, some in samples.items():
        if not some:
            print(f"{case:32} no turn was left in peace")
            missed += 1
            continue
        found = estimate([one.log_ratio for one in some], confidence_level(len(samples)))
        held = found.high is not None and math.expm1(found.high) <= BAR
        bounds = (
            "too few processes"
            if found.low is None or found.high is None
            else f"[{math.expm1(found.low):+.2%}, {math.expm1(found.high):+.2%}]"
        )
        added = median(one.added for one in some)
        kept = sum(one.kept for one in some)
        print(
            f"{case:32} {math.expm1(found.value):+.2%} {bounds}, {added:+.0f} ns an iteration,"
            f" {kept} of {len(some) * turns} turns in {len(some)} processes"
            f"{'' if held else '   beyond ' + format(BAR, '.1%')}"
        )
        missed += not held
    return 1 if missed else 0


def one_process(case: str, turns: int) -> Sample | None:
    """What one fresh process says; None if fewer than FEWEST of its turns were left in peace."""
    words = [sys.executable, "-P", __file__, "--child", case, "--turns", str(turns)]
    said = subprocess.check_output(words, cwd=ROOT, text=True, timeout=600)
    pairs = [Pair(*one) for one in json.loads(said)]
    kept = [one for one in pairs if not one.disturbed]
    if len(kept) < FEWEST:
        return None
    return Sample(
        median(math.log(one.worker / one.hand) for one in kept),
        median((one.worker - one.hand) / one.loops for one in kept),
        len(kept),
    )


def child(case: str, turns: int) -> int:
    """Open the case as a worker does, take the turns, and print what they say."""
    import anyio

    from harness.backends.registry import find_backend
    from harness.protocol.messages import CaseSpec
    from harness.worker.captured_output import discarding_output
    from harness.worker.loading import find_scenario, open_case
    from harness.worker.timing import Session  # the very code that is tried

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    row, _, name = case.partition(" on ")
    scenario, _, parameter = row.partition(":n=")
    backend = find_backend(name, [])
    loop = backend.loop
    parameters = (("n", int(parameter)),)
    assignment = CaseSpec(MODULE, scenario, parameters, loop.family, loop.factory, backend.gatherer)
    story, running = open_case(assignment)
    function = find_scenario(MODULE, scenario).function
    gc.freeze()  # what was imported is not collected anew before each of many short values
    output, sys.stdout = sys.stdout, discarding_output()  # where a worker's prints go, for both alike
    nobody: Any = None
    session = Session(story, running, nobody)  # which is given its turns here, not by a parent
    pairs = anyio.run(
        taken,
        session,
        story.operation,
        (function, running.gather, int(parameter)),
        turns,
        backend=running.anyio_backend,
        backend_options=running.options,
    )
    sys.stdout = output
    print(json.dumps(pairs))
    return 0


async def taken(session: Any, operation: Any, hand: tuple[Any, Any, int], turns: int) -> list[Pair]:
    """The turns, paced as those of a run, after one that is not counted."""
    from harness.execution.calibration import Calibration, choose_pace
    from harness.protocol.messages import Turn
    from harness.records.pace import FEWEST_UNTIMED

    loops = 64
    iteration = (await by_hand(hand, Turn(loops, 0, FEWEST_UNTIMED)))[0] / loops / 1e9
    pace = choose_pace(Calibration(math.ceil(VALUE / iteration), iteration, iteration), turns, warmups=1)
    loops = pace.loops
    shuffle = random.Random(os.getpid())
    pairs = []
    for number in range(turns + 1):
        turn = Turn(loops, number, pace.untimed, warm=pace.warm)
        for who in shuffle.sample(["worker", "hand"], 2):
            if who == "worker":
                value = await session.turn(operation, call_for(turn))
            else:
                hand_wall, disturbed = await by_hand(hand, turn)
        pairs.append(Pair(value.wall, hand_wall, loops, disturbed or value.switches[1] > 0))
    return pairs[1:]


def call_for(turn: Any) -> Any:
    """A turn as a worker is called for it, without having waited."""
    from harness.worker.timing import TurnCall

    return TurnCall(turn, waited=0, idle_cpu=0)


async def by_hand(hand: tuple[Any, Any, int], turn: Any) -> tuple[int, bool]:
    """Nanoseconds of the loop that one would write by hand, and whether the CPU was taken away in it.

    What the worker hangs into the garbage collector is not there meanwhile.
    """
    function, gather, n = hand
    random.seed(turn.seed)
    gc.collect()
    for _ in range(turn.untimed):
        await function(gather, n)
    watching = gc.callbacks[:]
    gc.callbacks.clear()
    gc.collect(1)
    before = getrusage(RUSAGE_SELF).ru_nivcsw
    start = perf_counter_ns()
    for _ in range(turn.loops):
        await function(gather, n)
    wall = perf_counter_ns() - start
    disturbed = getrusage(RUSAGE_SELF).ru_nivcsw > before
    gc.callbacks.extend(watching)
    return wall, disturbed


if __name__ == "__main__":
    sys.exit(main())
