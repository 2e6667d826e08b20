"""What a benchmark costs: the seconds of a run that it takes, by which the next run is planned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchmarkCost:
    """The seconds that a benchmark took of the whole run's time, by what they were spent on."""

    observing: float
    calibrating: float
    rounds: float
    passes: float

    @property
    def seconds(self) -> float:
        """The seconds in all."""
        return self.observing + self.calibrating + self.rounds + self.passes
