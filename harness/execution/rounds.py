"""A round of a benchmark: workers of all arms live at once on one CPU and take turns in a random order."""

import math
import random
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from harness.execution.arms import Arm, ArmFailed, RoundContext, RoundStopped
from harness.execution.waiting import ATTEMPTS
from harness.protocol.messages import (
    TimingMode,
    Turn,
)
from harness.records.pace import PACED_SECONDS, ArmFailure, ArmRound, RoundSettings


def run_round(
    arms: Sequence[Arm], pace: RoundSettings, context: RoundContext, seed: str
) -> tuple[ArmRound, ...] | ArmFailure:
    """Take one round: a fresh worker per arm, and warm-ups and turns in an order that is drawn anew for each.

    `seed` names the round; the loop count, the orders and the turns' seeds derive from it, equal for all
    arms. An arm that fails makes the round void. A round in which this process was stopped is void too, and
    taken again.
    """
    for _ in range(ATTEMPTS):
        with suppress(RoundStopped):
            return _attempt(arms, pace, context, seed)
    return ArmFailure(arms[0].name, f"was stopped in each of {ATTEMPTS} rounds", unmeasured=True)


def _attempt(
    arms: Sequence[Arm], pace: RoundSettings, context: RoundContext, seed: str
) -> tuple[ArmRound, ...] | ArmFailure:
    """Take a round once. Raises RoundStopped."""
    rng = random.Random(seed)
    turns = _turns(pace, rng)
    groups = [[arm] for arm in rng.sample(arms, len(arms))] if pace.one_at_a_time else [arms]
    try:
        parts = [part for group in groups for part in _take_turns(group, turns, context, rng)]
    except ArmFailed as failed:
        return failed.failure
    order = [arm.name for arm in arms]
    return tuple(sorted(parts, key=lambda part: order.index(part.arm)))


def _turns(pace: RoundSettings, rng: random.Random) -> list[tuple[str, Turn]]:
    """Return the turns of a round, warm-ups first, each with its own seed; all have one loop count."""
    loops = _drawn_loops(pace, rng)

    def turn(timed: TimingMode, rate: float = 0.0) -> Turn:
        seed, count = rng.getrandbits(32), _paced(loops, rate)
        return Turn(count, seed, pace.untimed, timed, pace.warm, pace.laps, pace.collect, rate)

    warmups = [("warmup", turn("whole")) for _ in range(pace.warmups)]
    return [*warmups, *(("turn", turn(pace.timed, rate)) for rate in pace.rates or (0.0,) * pace.turns)]


def _paced(loops: int, rate: float) -> int:
    """Return the requests of a turn: as many as become due while it lasts, where it has a rate."""
    return max(1, round(rate * PACED_SECONDS)) if rate else loops


def _drawn_loops(pace: RoundSettings, rng: random.Random) -> int:
    """Draw the loop count of a round, for some counts are quicker than others by up to 0.4%.

    Nobody knows why (docs/method-log.md). With one count that would be a bias; so it is one more thing that
    differs from round to round, and is in the interval.
    """
    spread = math.floor(pace.loops * pace.loop_spread)
    return rng.randint(pace.loops - spread, pace.loops + spread) if spread else pace.loops


def _take_turns(
    arms: Sequence[Arm],
    turns: Sequence[tuple[str, Turn]],
    context: RoundContext,
    rng: random.Random,
) -> list[ArmRound]:
    """Have the workers of all arms live at once and take every turn, in an order drawn anew for each."""
    with ExitStack() as stack:
        workers = context.open_arms(rng.sample(arms, len(arms)), context, stack)
        for worker in workers:
            worker.wait_until_ready()
        for kind, turn in turns:
            for worker in rng.sample(workers, len(workers)):
                worker.take_turn(kind, turn)
        for worker in workers:
            worker.scrutinize(turns[-1][1])
        for worker in workers:  # nobody writes or exits before everybody has taken the last turn
            worker.release()
        return [worker.finish() for worker in workers]
