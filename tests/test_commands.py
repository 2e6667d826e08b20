"""What to type to have a record again, or a row or a case of it."""

import shlex
from dataclasses import replace

from harness.protocol.benchmarks import Benchmark
from harness.records.plan import RIGOROUS, Plan
from harness.records.record import Record
from harness.records.trials import AuditSchedule
from harness.report.commands import command, one_benchmark, whole
from tests.kinds import audit
from tests.records import ASYNCIO, UVLOOP, everything


def first_row_as(row: Benchmark) -> Record:
    """A record whose first timed row is another."""
    record = everything()
    lines = tuple(replace(line, benchmark=row) if line.rounds else line for line in record.results)
    return replace(record, results=lines)


def planned(**changes: object) -> Record:
    """A record of a plan with these parts changed."""
    record = everything()
    plan: Plan = replace(record.run.plan, **changes)  # type: ignore[arg-type]
    return replace(record, run=replace(record.run, plan=plan))


def test_a_case_is_its_benchmark_against_the_baseline_with_the_same_seed() -> None:
    line = everything().results[1]
    assert command(everything(), [line], [ASYNCIO, UVLOOP]) == (
        "loopcmp run order:n=100 -b asyncio -b uvloop --seed 7"
    )


def test_a_benchmark_is_one_that_was_timed() -> None:
    assert one_benchmark(everything()).startswith("loopcmp run say_after ")
    assert one_benchmark(everything()).endswith("--seed 7")


def test_what_was_typed_beside_the_benchmarks_is_typed_again() -> None:
    other = planned(baseline=UVLOOP, margin=0.02, timeout=5.0, effort=replace(RIGOROUS, max_seconds=90.0))
    for again in (one_benchmark(other), whole(other)):
        assert again.endswith("--baseline uvloop --margin 0.02 --timeout 5 --rigorous --max-time 90 --seed 7")


def test_an_audit_is_an_audit_again() -> None:
    record = audit()
    again = replace(record, run=replace(record.run, audit=AuditSchedule(600, 9000.0)))
    row, seed = again.run.plan.benchmarks[0].id, again.run.plan.seed
    assert whole(again) == f"loopcmp audit {row} --trials 600 --seconds 9000 --seed {seed}"
    assert one_benchmark(again) == whole(again)


def test_a_loop_that_was_given_on_the_command_line_is_given_again() -> None:
    assert "--loop missing=missing:new_event_loop" in whole(everything())


def test_a_benchmark_of_a_users_own_module_is_run_again_by_its_path() -> None:
    row = replace(everything().results[1].benchmark, module="mine.py")
    assert one_benchmark(first_row_as(row)).startswith("loopcmp run mine.py -")
    assert one_benchmark(first_row_as(replace(row, tags=("scale",)))).startswith(
        "loopcmp run mine.py --scale "
    )


def test_what_a_shell_would_read_otherwise_is_quoted_for_it() -> None:
    hostile = replace(everything().results[1].benchmark, parameters=(("x", "$(reboot) & `reboot`; \n"),))
    assert shlex.split(one_benchmark(first_row_as(hostile)))[2] == hostile.id
