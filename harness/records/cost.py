"""What a benchmark costs: the seconds of a run that it takes, by which the next run is planned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchmarkCost:
    """The seconds that a benchmark took of the whole run's time, by what they were spent on."""

    observing: float = 0.0
    calibrating: float = 0.0
    rounds: float = 0.0
    passes: float = 0.0

    @property
    def seconds(self) -> float:
        """The seconds in all."""
        return self.observing + self.calibrating + self.rounds + self.passes
