"""Gates made of the identical rounds of published journals: `python -m tests.benchmarks.gates 10000`.

A round in which a baseline runs beside itself is one in which two equal revisions run: which of them is
called the working copy is drawn, for they are the same code. Every gate draws benchmarks, and rounds of each
with replacement, for as long as a run would take them, and is judged as a run is.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from harness.analysis.intervals import estimate_ratio
from harness.analysis.samples import log_ratio
from harness.records import store
from harness.records.entries import RoundMeasured
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import GATE, Plan
from tests.records import fake_benchmark, two_revisions

RESULTS = Path(__file__).parents[2] / "results"
JOURNALS = ("2026-11-22-tutorial", "2026-11-25-tutorial")

FEWEST_ROUNDS = 15
"""The rounds that a benchmark must have in a journal to be drawn from."""

MOST_ROUNDS = 60
"""The rounds after which a gate's time is over: 120 s of rounds of 2 s."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of so many gates, how many failed."""

    gates: int
    failed: int


@cache
def identical_rounds() -> tuple[tuple[float, ...], ...]:
    """The log ratios of self-tests, one a round, of every benchmark of the journals that has enough."""
    series: dict[tuple[str, str], list[float]] = {}
    for name in JOURNALS:
        run, entries = store.open_journal(RESULTS / name)
        base = run.plan.baseline
        for entry in entries:
            if isinstance(entry, RoundMeasured) and {SELF_TEST_ARM, base} <= entry.turns.keys():
                sample = log_ratio(entry.turns[SELF_TEST_ARM], entry.turns[base])
                series.setdefault((name, entry.benchmark), []).append(sample)
    return tuple(tuple(samples) for samples in series.values() if len(samples) >= FEWEST_ROUNDS)


def gate_fails(plan: Plan, draw: random.Random, cases: int, planted: float = 0.0) -> bool:
    """Whether a gate of so many cases fails, with a slowdown `planted` in the first of them."""
    series = draw.choices(identical_rounds(), k=cases)
    return any(
        _fails(plan, draw, samples, log(1 + (0 if number else planted)))
        for number, samples in enumerate(series)
    )


def _fails(plan: Plan, draw: random.Random, rounds: Sequence[float], planted: float) -> bool:
    taken: list[float] = []
    while True:
        taken.append(draw.choice(rounds) * draw.choice((1, -1)) + planted)
        if plan.is_look(len(taken)):
            narrow = estimate_ratio(taken, plan.width_level).half_width <= plan.effort.precision
            if narrow or len(taken) >= MOST_ROUNDS:
                low = estimate_ratio(taken, plan.inner_level).low
                return low is not None and low > 0


def count_failures(gates: int, *, benchmarks: int = 3, planted: float = 0.0, seed: int = 1) -> Tally:
    """How many of so many gates fail, each of these benchmarks on two backends."""
    rows = [fake_benchmark(f"benchmark{number}") for number in range(benchmarks)]
    plan, draw = two_revisions(*rows, effort=GATE), random.Random(seed)
    failed = sum(gate_fails(plan, draw, plan.comparisons, planted) for _ in range(gates))
    return Tally(gates, failed)


if __name__ == "__main__":
    number = int(sys.argv[1])
    for slowdown in (0.0, 0.03):
        tally = count_failures(number, planted=slowdown)
        print(f"planted {slowdown:.0%}: {tally.failed} of {tally.gates} gates fail")
