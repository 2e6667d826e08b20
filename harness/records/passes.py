"""What a pass over a benchmark says of a case, in the same shape for every pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.records.estimate import Estimate
from harness.records.units import Unit


@dataclass(frozen=True, slots=True)
class PassFigure:
    """An estimate of a pass, and the unit that it is in.

    `at_least` says that the estimate is a bound: in some round the figure was beyond all that was tried.
    """

    estimate: Estimate
    unit: Unit
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class PassResult:
    """What the rounds of a pass say of a case.

    `figures` stand under the names that programs know them by, a ratio to the baseline's under a name of its
    own; what could not be estimated is absent. `numbers` are no estimates, such as how many operations were
    timed. `samples` are what comparisons between records are made of, in the order of the rounds.
    """

    figures: Mapping[str, PassFigure]
    numbers: Mapping[str, float] = field(default_factory=dict)
    samples: tuple[float, ...] = ()
