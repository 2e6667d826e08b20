"""A change of stack, server and loop together, is a contrast named so, and part of no other figure."""

from dataclasses import replace
from functools import cache

import pytest

from docs.which_loop import page
from harness.analysis.families import family_figures
from harness.analysis.overall import overall_figures
from harness.backends.registry import find_backend
from harness.execution.observing import observe_in_process
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import Observation
from harness.records.entries import BenchmarkCalibrated, BenchmarkFinished, Entry
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import BenchmarkResult, Record
from harness.records.stop_reason import StopKind, StopReason
from harness.report import Format, render
from harness.report.answer.headline import headline
from harness.report.answer.remarks import remarks
from harness.report.tables import contrasts as contrast_tables
from harness.worker.listing import list_benchmarks
from tests.records import (
    ASYNCIO,
    PACE,
    THREE,
    TRIO,
    UVLOOP,
    beside,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    sketched,
    twice,
)

SAME = replace(
    fake_benchmark("same_server", returned(None), set_up=True), family="services", uses_gather=False
)
STACK = replace(
    fake_benchmark("stack", returned(None), set_up=True),
    family="services",
    uses_gather=False,
    stacks=(("asyncio", "uvicorn"), ("trio", "hypercorn")),
)
TIMES = {
    SAME.id: {ASYNCIO: 100.0, UVLOOP: 80.0, TRIO: 120.0, SELF_TEST_ARM: 100.0},
    STACK.id: {ASYNCIO: 100.0, UVLOOP: 60.0, TRIO: 300.0, SELF_TEST_ARM: 100.0},
}
ENDED = StopReason(StopKind.PRECISION, 0.02)


@cache
def record(*benchmarks: Benchmark) -> Record:
    entries: list[Entry] = []
    for benchmark in benchmarks:
        entries += seen_alike(benchmark, twice(observation(returned(None))))
        entries += [BenchmarkCalibrated(benchmark.id, PACE), *rounds(benchmark.id, TIMES[benchmark.id], 20)]
        latencies = [[sketched(name, 9_000, 50.0, 80.0, 400.0) for name in THREE]] * 9
        entries += [*beside(benchmark, "latency", latencies), BenchmarkFinished(benchmark.id, ENDED)]
    return record_of(plan(*benchmarks, also=("latency",)), *entries)


def result(of: Record, benchmark: Benchmark) -> BenchmarkResult:
    return next(each for each in of.results if each.benchmark == benchmark)


def test_a_change_of_stack_has_contrasts_and_its_cases_have_times_without_a_ratio() -> None:
    both = record(SAME, STACK)
    stack = result(both, STACK)
    assert [
        (contrast.factor, contrast.arm, contrast.against, round(contrast.ratio.value, 1))
        for contrast in stack.contrasts
    ] == [
        ("loop", UVLOOP, ASYNCIO, 0.6),
        ("stack", TRIO, ASYNCIO, 3.0),
        ("stack", TRIO, UVLOOP, 5.0),
    ]
    assert all(contrast.ratio.has_interval for contrast in stack.contrasts)
    timings = [case.timing for case in stack.cases]
    assert [timing and round(timing.seconds.value * 1e6, -1) for timing in timings] == [100, 60, 300]
    assert not any(timing.ratio or timing.judgement for timing in timings if timing)
    assert all(case.timing and case.timing.ratio for case in result(both, SAME).cases[1:])


def test_no_mean_and_no_headline_has_a_change_of_stack() -> None:
    with_stack, without = record(SAME, STACK), record(SAME)
    assert [figure.benchmarks for figure in family_figures(with_stack)] == [(SAME.id,)] * 2
    overall = overall_figures(with_stack)
    assert overall is not None
    assert overall.benchmarks == (SAME.id,)
    assert headline(with_stack) == headline(without) != ()


def test_what_a_person_sees_first_tells_a_change_of_stack_in_a_line_of_its_own() -> None:
    with_stack, without = record(SAME, STACK), record(SAME)
    told = [each.text for each in remarks(with_stack) if each not in remarks(without)]
    of_stack = [text for text in told if "a change of stack" in text]
    assert len(of_stack) == 1
    assert of_stack[0].startswith("stack, a change of stack: hypercorn on trio takes ")
    assert " the time of uvicorn on asyncio and " in of_stack[0]
    assert of_stack[0].endswith(" the time of uvicorn on uvloop")
    assert not any("a change of stack" in each.text for each in remarks(without))


def test_a_change_of_stack_is_not_counted_among_the_comparisons_with_the_baseline() -> None:
    assert record(SAME, STACK).run.plan.comparisons == record(SAME).run.plan.comparisons == 2


def test_reports_name_the_server_on_its_loop_and_say_that_two_parts_change() -> None:
    both = record(SAME, STACK)
    table = contrast_tables.table(both)
    assert table is not None
    rows = [row[1:3] for row in table.rows if row[0] == STACK.id]
    assert rows == [
        ("the loop", "uvicorn on uvloop / uvicorn on asyncio"),
        ("the stack, server and loop together", "hypercorn on trio / uvicorn on asyncio"),
        ("the stack, server and loop together", "hypercorn on trio / uvicorn on uvloop"),
    ]
    assert "neither the server nor the loop is measured alone" in table.notes[-1]
    start = "Due to the stack, server and loop together, hypercorn on trio takes "
    of_stack = [sentence for sentence in contrast_tables.sentences(both) if sentence.startswith(start)]
    assert [sentence.endswith(" the time of uvicorn on uvloop (1 benchmark).") for sentence in of_stack] == [
        False,
        True,
    ]
    assert "hypercorn on trio / uvicorn on uvloop" in render(both, Format.MARKDOWN)


def test_the_page_which_loop_tells_a_change_of_stack_apart_from_its_kinds_of_work() -> None:
    with_stack, without = (page([("2026-05-04-stacks", record(*of))]) for of in ((SAME, STACK), (SAME,)))
    _, _, told = with_stack.partition("## A change of stack")
    assert "| `stack` | hypercorn on trio / uvicorn on uvloop | " in told
    assert "uvicorn on uvloop / uvicorn on asyncio" not in with_stack
    assert "| `stack` |" not in without
    assert with_stack.replace("## A change of stack" + told.partition("## What breaks")[0], "") == without


def test_a_record_without_a_change_of_stack_says_nothing_of_stacks() -> None:
    table = contrast_tables.table(record(SAME))
    assert table is None or "stack" not in " ".join(table.notes)


def test_latencies_of_a_change_of_stack_are_told_without_a_ratio_to_the_baseline() -> None:
    both = record(SAME, STACK)
    same, stack = (
        case.timing.passes["latency"].figures
        for benchmark in (SAME, STACK)
        for case in result(both, benchmark).cases
        if case.backend == TRIO and case.timing
    )
    assert "latency_p99.9_ratio" in same
    assert [*stack] == [name for name in same if name.endswith("_seconds")]


STACKS = [*list_benchmarks("scenarios.services.stacks", "services")]


@pytest.mark.workers
@pytest.mark.parametrize("benchmark", STACKS, ids=lambda benchmark: benchmark.id)
def test_both_stacks_give_a_client_the_same_status_headers_and_bytes(benchmark: Benchmark) -> None:
    seen: list[Observation] = []
    for loop in ("asyncio", "uvloop", "trio"):
        observed = observe_in_process(benchmark, find_backend(loop), 120.0)
        assert (observed.ended, observed.unmeasured) == (None, None)
        seen += [count.observation for count in observed.observations]
    first, *others = seen
    assert first.outcome.how == "returned"
    assert "b'Hello, world!'" in str(first.outcome) or "thing 19" in str(first.outcome)
    assert others == [first] * 2
