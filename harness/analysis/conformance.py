"""What several loops can do, from the record of their capabilities and the outcomes of CPython's tests."""

from collections.abc import Iterable, Iterator, Sequence

from harness.analysis.capabilities import Capability, capabilities, loop_versions
from harness.records.conformance import (
    CapabilityAnswer,
    ConformanceRecord,
    LoopConformance,
    UnittestLack,
    UnittestTotals,
)
from harness.records.cpython_tests import Conformance
from harness.records.record import Record

Key = tuple[str, str]
"""A loop and the Python that it runs on."""


def conformance_record(
    started: str, machine: str, record: Record | None, tested: Sequence[Conformance]
) -> ConformanceRecord:
    """Return both tables as one value; a loop that is in one alone has nothing of the other."""
    loops: dict[Key, LoopConformance] = {}
    if record is not None:
        loops.update(_of_capabilities(record))
    for conformance in tested:
        tests = conformance.loop
        key = loop_name(tests.backend), tests.python
        totals = UnittestTotals(tests.passed, tests.tried, tuple(_lacks(conformance)), tests.unavailable)
        answers = loops[key].capabilities if key in loops else ()
        loops[key] = LoopConformance(key[0], tests.version, tests.python, answers, totals)
    return ConformanceRecord(started, machine, tuple(loops.values()))


def loop_name(backend: str) -> str:
    """Return the loop of a backend's name, with that of its environment if it has its own."""
    name, separator, environment = backend.partition("@")
    return name.partition("+")[0] + separator + environment


def _of_capabilities(record: Record) -> Iterator[tuple[Key, LoopConformance]]:
    tried = capabilities(record)
    for loop, version, python in loop_versions(record):
        yield (loop, python), LoopConformance(loop, version, python, tuple(_answers(tried, loop)))


def _answers(tried: Iterable[Capability], loop: str) -> Iterator[CapabilityAnswer]:
    for capability in tried:
        for answer in capability.answers:
            if answer.loop == loop:
                yield CapabilityAnswer(
                    capability.name, capability.title, answer.ability, answer.reason, answer.source
                )


def _lacks(conformance: Conformance) -> Iterator[UnittestLack]:
    for test, report in conformance.lacks:
        yield UnittestLack(test, report.outcome, report.evidence[0] if report.evidence else "")
