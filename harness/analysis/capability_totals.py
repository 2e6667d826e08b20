"""Counts of what each loop can do: how many capabilities it has, lacks, or gets wrong."""

from collections import Counter
from dataclasses import dataclass

from harness.analysis.capabilities import capabilities, headings, loops
from harness.records.conformance import Ability
from harness.records.record import Record


@dataclass(frozen=True, slots=True)
class LoopTotal:
    """How many capabilities of one loop have each answer; `heading` is the loop's name with its version."""

    loop: str
    heading: str
    counts: tuple[tuple[Ability, int], ...]
    tried: int

    def count(self, ability: Ability) -> int:
        """Return how many capabilities have this answer."""
        return dict(self.counts).get(ability, 0)

    def __str__(self) -> str:
        answers = ", ".join(f"{number} {_quoted(ability)}" for ability, number in self.counts)
        return f"{self.heading}: {answers} of {self.tried}"


def _quoted(ability: Ability) -> str:
    """Return an answer as it stands in a list: one that has a comma itself, in quotation marks."""
    return f'"{ability}"' if "," in ability else str(ability)


@dataclass(frozen=True, slots=True)
class Blemish:
    """What a loop leaves behind or reports, in `times` of its `untidy` answers that are "yes, but"."""

    reason: str
    times: int
    untidy: int


def totals(record: Record) -> tuple[LoopTotal, ...]:
    """Return a total for each loop, in the order in which they are shown."""
    given: dict[str, Counter[Ability]] = {loop: Counter() for loop in loops(record)}
    for capability in capabilities(record):
        for answer in capability.answers:
            given[answer.loop][answer.ability] += 1
    return tuple(
        LoopTotal(loop, heading, _ordered(counts), counts.total())
        for (loop, counts), heading in zip(given.items(), headings(record), strict=True)
    )


def _ordered(counts: Counter[Ability]) -> tuple[tuple[Ability, int], ...]:
    return tuple((ability, counts[ability]) for ability in Ability if counts[ability])


def commonest_blemish(record: Record, loop: str) -> Blemish | None:
    """Return the blemish that a loop's answers "yes, but" have most often; None if it has no such answer."""
    reasons = Counter(
        answer.reason
        for capability in capabilities(record)
        for answer in capability.answers
        if answer.loop == loop and answer.ability is Ability.UNTIDY
    )
    for reason, times in reasons.most_common(1):
        return Blemish(reason, times, reasons.total())
    return None
