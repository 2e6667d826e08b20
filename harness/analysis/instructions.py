"""Compares the instructions of two revisions, case by case: no load of a machine hides a change."""

import math
from statistics import fmean

from harness.analysis.passes.instructions import INSTRUCTIONS
from harness.analysis.student import mean_of_logs
from harness.records.estimate import Estimate
from harness.records.record import CaseResult

RESOLUTION = 0.001
"""The share that must certainly be exceeded: addresses move the count of equal code by up to 0.03%."""

FEWEST_ROUNDS = 3
"""The fewest rounds for which a ratio has an interval: a spread of two says too little."""


def instructions_ratio(head: CaseResult, base: CaseResult, level: float) -> Estimate | None:
    """Return a case's instructions in the working copy over those in the base; None where both are not known.

    Rounds of the same seed of hashes are compared with each other: seeds move the count by some 0.1%. The
    interval is Student's t over rounds at this level. By signed ranks a gate of thirty cases would need 14
    rounds, of many seconds each, for what six rounds show.
    """
    before, now = _counts(base), _counts(head)
    if not before or len(before) != len(now):
        return None
    logs = [math.log(new / old) for old, new in zip(before, now, strict=True)]
    if len(logs) < FEWEST_ROUNDS:
        return Estimate(fmean(logs), None, None, len(logs)).exp()
    return mean_of_logs(logs, level, math.sqrt(1 / len(logs)), len(logs))


def _counts(case: CaseResult) -> tuple[float, ...]:
    if case.timing is None or INSTRUCTIONS.name not in case.timing.passes:
        return ()
    return case.timing.passes[INSTRUCTIONS.name].samples
