"""Trials of services against themselves: as they are, and with a planted share of CPU time a request.

    python -m tests.benchmarks.services_planted JOURNAL [--trials N] [--minutes N]

In each trial four arms serve the same: a baseline, two that are identical, and one of which 3% more requests
are made than are reported, so that each of those that are takes 3% more. Two identical comparisons and one
planted difference come of it; each is judged by its 95% interval. A trial ends once the planted ratio is
known to PRECISION, wherever it lies, or after MOST_ROUNDS.

Every trial is written to JOURNAL and synced before the next begins. The command goes on with what is there,
and begins no trial once so many minutes are over: it can be run in slices. It ends with 0 if few errors of
either kind were made in all trials, with 1 if more, and with 3 while there are fewer trials than asked for.
"""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from time import monotonic

from harness.analysis.intervals import estimate_ratio
from harness.analysis.samples import log_ratio_of_cpu
from harness.backends.registry import find_backend
from harness.execution.affinity import avoiding, choose_cpus, choose_others
from harness.execution.arms import Arm, RoundContext
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.observing import case_spec
from harness.execution.rounds import run_round
from harness.execution.services import open_service_arms
from harness.protocol.messages import Value
from harness.records.estimate import Estimate
from harness.records.pace import GRAIN, ArmFailure, RoundSettings
from harness.runner.catalog import choose_benchmarks

PLANTED = 0.03
SERVICES, LOOP = ("serve_echo_protocol", "uvicorn_fastapi"), "asyncio"
"""Trials are of these in turn: one that does little a request, and one that does much."""

SAME = ("same", "same again")
MOST_FALSE, LEAST_FOUND = 3 / 40, 19 / 20
PRECISION = 0.014
"""The half-width with which 3% are found in 98.7% of trials: they lie 2.24 standard errors beyond it."""

FEWEST_ROUNDS, MOST_ROUNDS, TURNS = 12, 60, 8

Round = dict[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one trial came to: its estimates of log ratios of CPU time to the baseline's."""

    service: str
    seconds: float
    planted: Estimate
    same: tuple[Estimate, ...]

    @property
    def found(self) -> bool:
        """Whether the planted difference was found, in its direction."""
        return differs(self.planted) and self.planted.value > 0

    @property
    def false(self) -> int:
        """How many identical services were called different."""
        return sum(map(differs, self.same))


def differs(ratio: Estimate) -> bool:
    """Decide whether an interval leaves out no difference."""
    return ratio.low is not None and ratio.high is not None and not ratio.low <= 0 <= ratio.high


def arms(service: str) -> list[Arm]:
    """Return the four arms of a service."""
    [benchmark] = choose_benchmarks([service])
    case = case_spec(benchmark, find_backend(LOOP))
    planted = Arm("planted", case, planted=round(PLANTED * GRAIN))
    return [Arm("baseline", case), *(Arm(name, case) for name in SAME), planted]


@cache
def context() -> RoundContext:
    """Return what all rounds share."""
    cpus = choose_cpus(1)
    return RoundContext(cpus, 60.0, choose_others(cpus), open_service_arms)


@cache
def settings(service: str) -> RoundSettings:
    """Calibrate a service; leaves Python where it cannot be."""
    calibration = calibrate(arms(service)[:1], context(), 0.05)
    if isinstance(calibration, ArmFailure):
        sys.exit(f"{service}: {calibration.reason}")
    return choose_pace(calibration, TURNS, 1)


def one_round(service: str, name: str) -> Round:
    """Take a round; leaves Python where it cannot be taken."""
    parts = run_round(arms(service), settings(service), context(), name)
    if isinstance(parts, ArmFailure):
        sys.exit(f"{parts.arm}: {parts.reason}")
    return {part.arm: part.values for part in parts}


def ratio(rounds: Sequence[Round], arm: str) -> Estimate:
    """Return the log ratio of an arm's CPU time to the baseline's."""
    return estimate_ratio([log_ratio_of_cpu(values[arm], values["baseline"]) for values in rounds], 0.95)


def take_trial(number: int) -> Trial:
    """Take rounds until the planted ratio is known well enough."""
    service, begun = SERVICES[number % len(SERVICES)], monotonic()
    rounds: list[Round] = []
    while len(rounds) < MOST_ROUNDS:
        rounds.append(one_round(service, f"planted/{number}/{len(rounds)}"))
        planted = ratio(rounds, "planted")
        if len(rounds) >= FEWEST_ROUNDS and planted.half_width <= PRECISION:
            break
    seconds = round(monotonic() - begun, 1)
    return Trial(service, seconds, planted, tuple(ratio(rounds, name) for name in SAME))


def read(journal: Path) -> Iterator[Trial]:
    """Yield the trials of a journal; half a line at its end is none."""
    for line in journal.read_text().splitlines(keepends=True) if journal.exists() else ():
        if line.endswith("\n"):
            entry = json.loads(line)
            same = tuple(Estimate(**estimate) for estimate in entry.pop("same"))
            yield Trial(planted=Estimate(**entry.pop("planted")), same=same, **entry)


def append(journal: Path, trial: Trial) -> None:
    """Write a trial and have it on the disk."""
    whole = journal.read_bytes() if journal.exists() else b""
    with journal.open("r+b" if whole else "wb") as file:
        file.seek(whole.rfind(b"\n") + 1)
        file.write(json.dumps(asdict(trial)).encode() + b"\n")
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def shown(number: int, trial: Trial) -> str:
    """Return a trial's line."""
    same = ", ".join(f"{same.value:+.2%}" for same in trial.same)
    planted = f"{trial.planted.value:+.2%} ±{trial.planted.half_width:.2%}"
    return (
        f"trial {number}, {trial.service}: planted {planted} "
        f"{'found' if trial.found else 'missed'}, identical {same}, {trial.false} called different; "
        f"{trial.planted.rounds} rounds, {trial.seconds:.0f} s"
    )


def conclude(trials: Sequence[Trial], wanted: int) -> int:
    """Print what all trials come to, and return the exit code."""
    found, false = sum(trial.found for trial in trials), sum(trial.false for trial in trials)
    comparisons = len(trials) * len(SAME)
    print(f"planted {PLANTED:.0%} found in {found} of {len(trials)}, ", end="")
    print(f"identical called different in {false} of {comparisons}")
    if len(trials) < wanted:
        print(f"{wanted - len(trials)} trials are left: run it again")
        return 3
    return int(found < LEAST_FOUND * len(trials) or false > MOST_FALSE * comparisons)


def main() -> int:
    """Take the trials that are missing, as many as fit, and conclude."""
    parser = ArgumentParser()
    parser.add_argument("journal", type=Path)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    typed = parser.parse_args()
    end, trials = monotonic() + typed.minutes * 60, list(read(typed.journal))
    with avoiding(context().cpus):
        while len(trials) < typed.trials and monotonic() < end:
            trials.append(take_trial(len(trials)))
            append(typed.journal, trials[-1])
            print(shown(len(trials), trials[-1]), flush=True)
    return conclude(trials, typed.trials)


if __name__ == "__main__":
    sys.exit(main())
