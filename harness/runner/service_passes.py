"""The passes over a service: how long its answers take at a rate, its highest rate, and its memory."""

from dataclasses import dataclass, replace

from harness.execution.rounds import PACED_SECONDS
from harness.records.pace import RoundSettings
from harness.records.passes import PassName
from harness.records.services import LATENCY_LOAD, RATE_STEP
from harness.runner.passes import TURNS, Pass

LOWEST, STEPS = 0.5, 19
"""Where a search for the highest rate begins, as a share of what the slowest arm answers, and its steps.

The last is at 2.8 times that: three times as quick as the slowest is no loop known here.
"""


@dataclass(frozen=True, slots=True)
class ServicePass(Pass):
    """A pass over a service, in which the driver does not ask as fast as it is answered."""

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass; the rates are the same for all arms."""
        rates = tuple(share * ordinary.capacity for share in _shares(self.name))
        return replace(
            ordinary, turns=max(1, len(rates)), warmups=0, timed=self.timed, laps=1, collect=True, rates=rates
        )

    def patience(self, ordinary: float) -> float:
        """Return the seconds of silence after which a worker is ended."""
        return ordinary + STEPS * PACED_SECONDS


def _shares(name: PassName) -> tuple[float, ...]:
    match name:
        case "latency":
            return (LATENCY_LOAD,) * TURNS
        case "rates":
            return tuple(LOWEST * RATE_STEP**step for step in range(STEPS))
    return ()


SERVICE_PASSES = (
    ServicePass("latency", timed="paced"),
    ServicePass("rates", rounds=6, timed="paced"),
    ServicePass("connections", rounds=6, timed="crowded"),
)
"""Every pass over a service, each of which is taken only where it is asked for."""
