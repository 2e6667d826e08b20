"""Why a benchmark has no more rounds: a kind, with what a sentence about it needs."""

from dataclasses import dataclass
from enum import StrEnum


class StopKind(StrEnum):
    """The kinds of reasons for which a benchmark has no more rounds of its own."""

    PRECISION = "precision"
    """Every 95% interval is as narrow as asked: `number` is half its width, 0.02 for ±2%."""
    TIME = "time"
    """The benchmark's time is over: `number` is in seconds, and `detail` the width that was not reached."""
    ROUNDS = "rounds"
    """It has as many rounds as the effort called `detail` asks for: `number`."""
    NOTHING_TO_COMPARE = "nothing to compare"
    """One backend alone has a number."""
    NOTHING_TIMED = "nothing timed"
    """No backend has a number: `detail` is what prevented every measurement, if one thing did."""
    MEASURED_WITH = "measured with"
    """A twin took part in the rounds of the benchmark whose id is `detail`."""
    OTHER = "other"
    """A reason of an earlier version, in its own words: `detail`."""


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a benchmark has no more rounds; what `number` and `detail` hold depends on the kind."""

    kind: StopKind
    number: float = 0.0
    detail: str = ""

    def __str__(self) -> str:
        if self.kind is StopKind.NOTHING_TIMED and self.detail:
            return self.detail
        if self.kind is StopKind.TIME and self.detail:
            return f"{self.number:g} s were over before every 95% interval was within {self.detail}"
        return _SENTENCES[self.kind].format(number=self.number, detail=self.detail)


_SENTENCES = {
    StopKind.PRECISION: "every interval is within ±{number:.1%}",
    StopKind.TIME: "{number:g} s are over",
    StopKind.ROUNDS: "{number:g} rounds, as --{detail} asks",
    StopKind.NOTHING_TO_COMPARE: "there is no other number to take a ratio of",
    StopKind.NOTHING_TIMED: "no case of this benchmark has a number",
    StopKind.MEASURED_WITH: "measured in the rounds of {detail}",
    StopKind.OTHER: "{detail}",
}
