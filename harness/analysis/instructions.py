"""Compares the instructions that two records counted, case by case: no load of a machine hides a change."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.intervals import estimate
from harness.analysis.passes.instructions import INSTRUCTIONS
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.passes import PassResult
from harness.records.record import Record


@dataclass(frozen=True, slots=True)
class InstructionChange:
    """The instructions of a case in a newer record over those in an older one."""

    benchmark: str
    backend: str
    ratio: Estimate

    @property
    def is_clear(self) -> bool:
        """Whether the interval says in which direction the number has changed."""
        return self.ratio.excludes_one


def instruction_changes(older: Record, newer: Record) -> tuple[InstructionChange, ...]:
    """Return the change of every case of which both records have counted the instructions.

    Rounds of the same seed of hashes are compared with each other: seeds move the count by some 0.1%.
    """
    before = dict(_counted(older))
    return tuple(
        InstructionChange(*case, _ratio(before[case].samples, now.samples))
        for case, now in _counted(newer)
        if case in before
    )


def _counted(record: Record) -> Iterator[tuple[tuple[str, str], PassResult]]:
    for result in record.results:
        for case in result.cases:
            if case.timing is not None and INSTRUCTIONS.name in case.timing.passes:
                yield (result.benchmark.id, case.backend), case.timing.passes[INSTRUCTIONS.name]


def _ratio(before: Sequence[float], now: Sequence[float]) -> Estimate:
    logs = [math.log(new / old) for old, new in zip(before, now, strict=False)]
    return estimate(logs, 1 - ERROR_RATE).exp()
