"""Trials of a service against itself: as it is, and with a planted share of CPU time a request.

    python -m tests.benchmarks.services_planted [--trials N] [--rounds N]

In each trial four arms serve the same: a baseline, two that are identical, and one of which 3% more requests
are made than are reported, so that each of those that are takes 3% more. Two identical comparisons and one
planted difference come of it; each is judged by its 95% interval.
"""

import sys
from argparse import ArgumentParser

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
SERVICE, LOOP = "serve_echo_protocol", "asyncio"
NAMES = ("baseline", "same", "same again", "planted")
MOST_FALSE, LEAST_FOUND = 3 / 40, 19 / 20
TURNS = 6

Round = dict[str, tuple[Value, ...]]


def arms() -> list[Arm]:
    """Return the four arms."""
    [benchmark] = choose_benchmarks([SERVICE])
    case = case_spec(benchmark, find_backend(LOOP))
    extra = {"planted": round(PLANTED * GRAIN)}
    return [Arm(name, case, planted=extra.get(name, 0)) for name in NAMES]


def rounds(
    four: list[Arm], settings: RoundSettings, context: RoundContext, trial: int, count: int
) -> list[Round]:
    """Take the rounds of a trial; leaves Python where one cannot be taken."""
    taken = []
    for number in range(count):
        parts = run_round(four, settings, context, f"planted/{trial}/{number}")
        if isinstance(parts, ArmFailure):
            sys.exit(f"{parts.arm}: {parts.reason}")
        taken.append({part.arm: part.values for part in parts})
    return taken


def ratio(taken: list[Round], arm: str) -> Estimate:
    """Return the log ratio of an arm's CPU time to the baseline's."""
    return estimate_ratio([log_ratio_of_cpu(values[arm], values["baseline"]) for values in taken], 0.95)


def differs(found: Estimate) -> bool:
    """Decide whether an interval leaves out no difference."""
    return found.low is not None and found.high is not None and not found.low <= 0 <= found.high


def main() -> int:
    """Take the trials and print what they come to; 0 if few errors of either kind were made."""
    parser = ArgumentParser()
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=12)
    typed = parser.parse_args()
    cpus, four = choose_cpus(1), arms()
    context = RoundContext(cpus, 60.0, choose_others(cpus), open_service_arms)
    found = false = 0
    with avoiding(cpus):
        calibration = calibrate(four[:1], context, 0.05)
        if isinstance(calibration, ArmFailure):
            sys.exit(calibration.reason)
        settings = choose_pace(calibration, TURNS, 1)
        for trial in range(typed.trials):
            taken = rounds(four, settings, context, trial, typed.rounds)
            planted = ratio(taken, "planted")
            found += differs(planted) and planted.value > 0
            false += sum(differs(ratio(taken, name)) for name in NAMES[1:3])
            figure = f"{planted.exp().value:.3f} ±{planted.half_width:.1%}"
            counts = f"found {found} of {trial + 1}, false {false} of {2 * (trial + 1)}"
            print(f"trial {trial + 1}: planted {figure}, {counts}", flush=True)
    return int(found < LEAST_FOUND * typed.trials or false > MOST_FALSE * 2 * typed.trials)


if __name__ == "__main__":
    sys.exit(main())
