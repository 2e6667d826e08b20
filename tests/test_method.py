"""How a record was made, as its page says it."""

from dataclasses import replace

from harness.records.pace import ONE_AT_A_TIME
from harness.records.record import Record
from harness.report.method import method
from tests.records import PACE, everything


def workers(record: Record) -> str:
    """The sentence about where the workers of a round lived."""
    return next(line for line in method(record) if line.startswith("In every round"))


def test_benchmarks_that_need_two_cpus_and_benchmarks_whose_workers_live_one_by_one_are_counted() -> None:
    record = everything()
    timed = [line for line in record.results if line.settings is not None]
    usual = tuple(replace(line, settings=PACE) for line in timed)
    assert workers(replace(record, results=usual)).endswith("all are alive at once, pinned to CPU 1.")
    wide = tuple(replace(line, benchmark=replace(line.benchmark, cpus=2)) for line in usual[1:])
    said = workers(replace(record, results=(replace(usual[0], settings=ONE_AT_A_TIME), *wide)))
    assert f"In {len(wide)} benchmarks, of scenarios that need two CPUs, they have two." in said
    assert said.endswith(
        "In 1 benchmark, of long iterations, they live one after the other and give one value each."
    )
