"""How a benchmark is measured, and what its rounds give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.protocol.messages import TimingMode, Value, WorkerSummary

GRAIN = 200
"""The number that loop counts of an audit are multiples of, so that half a percent is a whole iteration."""

SELF_TEST_ARM = "self-test"
"""The name of the self-test's arm: the baseline a second time."""


SLOWEST_VALUE = 0.1
"""The most seconds that a value of a benchmark's slowest arm may last."""

PACED_SECONDS = 0.15
"""How long a service is asked at one rate: ten such turns of 3,500 requests a second show a p99.9."""

FEWEST_UNTIMED = 3
"""The fewest untimed iterations before a value, however long one of them is."""


@dataclass(frozen=True, slots=True)
class RoundSettings:
    """How a benchmark is measured, fixed before its first round: one loop count for all arms.

    `one_at_a_time` is for iterations so long that workers live one after the other, for one value each.
    Warm-ups are `timed` whole. If `warm`, untimed iterations come after a turn's full collection, otherwise
    before it; without `collect` there is none. The clock is read after each of a value's `laps`. A round's
    loop count is drawn, within a share of `loop_spread` of `loops`.
    """

    loops: int
    turns: int
    warmups: int
    untimed: int = FEWEST_UNTIMED
    one_at_a_time: bool = False
    pilot_rounds: int = 0
    """The rounds after which the first method chose the turns from their variance; now they are fixed."""
    timed: TimingMode = "whole"
    warm: bool = True
    laps: int = 1
    collect: bool = True
    loop_spread: float = 0.0
    capacity: float = 0.0
    """The requests that the slowest arm of a service answered in a second when it was calibrated."""
    rates: tuple[float, ...] = ()
    """The rate of each turn of a service that is asked at rates; empty where it is asked without."""


ONE_AT_A_TIME = RoundSettings(loops=1, turns=1, warmups=0, untimed=0, one_at_a_time=True, warm=False)
"""How a benchmark of long iterations is measured."""


@dataclass(frozen=True, slots=True)
class ArmRound:
    """One worker's part in a round: its values in the order of the turns."""

    arm: str
    warmups: tuple[Value, ...]
    values: tuple[Value, ...]
    summary: WorkerSummary

    def without_results(self) -> "ArmRound":
        """Return the part as it is journaled: results that are as promised would only fill the journal."""
        warmups, values = (tuple(map(_without_result, taken)) for taken in (self.warmups, self.values))
        return replace(self, warmups=warmups, values=values)


def _without_result(value: Value) -> Value:
    return value if value.result is None else replace(value, result=None)


RoundValues = Mapping[str, Sequence[Value]]
"""One round: the values of every arm, in the order of the turns."""


@dataclass(frozen=True, slots=True)
class ArmFailure:
    """An arm that could not finish a round: its worker ended, refused, or ran a scenario that raised."""

    arm: str
    reason: str
    output: str = ""
    timed_out: bool = False
    unmeasured: bool = False
    wrong: bool = False
    """Whether a service gave another answer than it should."""
