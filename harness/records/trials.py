"""An audit's trials: what each of them does, and what came of it."""

from dataclasses import dataclass
from typing import Literal

from harness.records.estimate import Estimate, Judgement
from harness.records.pace import GRAIN


@dataclass(frozen=True, slots=True)
class Trial:
    """One comparison of an audit.

    `identical`: the baseline with itself. `planted`: with itself, `extra` in every GRAIN iterations run
    and not reported. `invariance`: every backend, at `loops` and `turns` times the usual counts.
    `usual`: the baseline with itself by pyperf's own commands, all of the one before all of the other.
    `precision` is half the width that is asked for, where it is not that of all other trials.
    """

    question: Literal["identical", "planted", "invariance", "usual"]
    extra: int = 0
    loops: float = 1.0
    turns: float = 1.0
    precision: float | None = None

    @property
    def truth(self) -> float:
        """The ratio that the trial should find, exact by construction."""
        return 1 + self.extra / GRAIN

    def __str__(self) -> str:
        match self.question:
            case "planted":
                return f"planted {self.extra / GRAIN:.1%}"
            case "invariance":
                return f"loops × {self.loops:g}, turns × {self.turns:g}"
        return self.question if self.precision is None else f"{self.question}, ±{self.precision:.1%} asked"


@dataclass(frozen=True, slots=True)
class AuditSchedule:
    """How many comparisons of identical code an audit makes, and the seconds after which it ends."""

    trials: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """A backend of a trial against the baseline: its ratio, and one log ratio a round.

    `means` are the same by totals. For the usual procedure, `ratio` is that of pyperf's means, with the
    95% interval of its nominal standard error, and there are no rounds.
    """

    backend: str
    ratio: Estimate
    judgement: Judgement
    samples: tuple[float, ...] = ()
    means: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances of log times: of a turn, of a worker, and of a round.

    The first two are a worker's own; what a round's workers share cancels in their ratio. Each is an
    estimate, and may be negative where the variance is small: a median over many must not be biased.
    """

    turn: float
    worker: float
    round: float


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The result of one trial, the `number`-th of its kind, and the `seconds` of machine time that it took.

    `processes` were started. `typical` is seconds an iteration on the baseline: the machine's
    drift shows in it. A trial that failed has no `comparisons`, and `reason` says why.
    """

    trial: Trial
    number: int
    seconds: float
    processes: int
    reason: str
    typical: float | None = None
    comparisons: tuple[ArmComparison, ...] = ()
    variance: VarianceComponents | None = None
