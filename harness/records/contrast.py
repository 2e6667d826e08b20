"""A contrast: two arms that differ in one part alone, and the ratio of their times."""

from dataclasses import dataclass
from typing import Literal

from harness.backends.backend import Backend
from harness.records.estimate import Estimate

NATIVE = "native"
"""Stands for the gatherer in the name of a twin's arm, which runs on the loop itself, without AnyIO."""

CROSSED_GATHERERS = ("gather", "taskgroup", "anyio")
"""The gatherers that every crossed loop is run with: the only ones that have an interaction."""

Factor = Literal["loop", "layer", "gatherer", "interaction", "own API", "stack", "revision"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """The time of `arm` divided by that of `against`, which differs from it in one part alone.

    "own API" is a twin on one loop against the twin on the first: the loop, as each library's users know it.
    "stack" is a service whose server changes with the loop: they differ in both, and it is of neither alone.
    An interaction says how many times dearer a gatherer is on `arm`'s loop than on `against`'s.
    """

    factor: Factor
    arm: str
    against: str
    ratio: Estimate


def native_arm(backend: Backend) -> str:
    """Return the name of the arm of a twin on this backend's loop: `uvloop+native`."""
    loop, _, where = backend.name.partition("@")
    return f"{loop.partition('+')[0]}+{NATIVE}{where and '@'}{where}"
