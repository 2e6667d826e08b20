"""A run on several hosts: a unit that several measured, hosts that are off, and what is left out."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.records import store
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.runner.state import RunState
from tests.host_records import MANY, PLAN, off_on_two, record_on, unit
from tests.records import (
    begun,
    observation,
    returned,
)


def numbers(record: Record, name: str) -> list[str | None]:
    [result] = (result for result in record.results if result.benchmark.id == name)
    return [each.measured_on for each in result.on_hosts]


def test_a_unit_that_several_hosts_measured_has_a_result_of_each_and_the_first_stands_for_it() -> None:
    record = record_on(3, *unit("of0", 2, uvloop=70.0), *unit("of0", 1), *unit("of0", 3, uvloop=80.0))
    result = record.results[0]
    assert result.measured_on == "1"
    assert [each.measured_on for each in result.also_on] == ["2", "3"]
    values = [
        case.timing.ratio.value
        for each in result.on_hosts
        for case in each.cases[1:]
        if case.timing and case.timing.ratio
    ]
    assert values == pytest.approx([0.63, 0.7, 0.8], rel=0.01)
    assert record.self_test is not None
    assert record.self_test.benchmarks == 3


def test_a_unit_that_was_begun_again_on_its_host_is_there_once() -> None:
    record = record_on(
        2, *unit("of0", 1), *unit("of0", 2, uvloop=99.0), *unit("of0", 1, uvloop=70.0), *unit("of0", 2)
    )
    assert numbers(record, "of0") == ["1", "2"]
    assert record_on(2, *unit("of0", 1, uvloop=70.0), *unit("of0", 2)).results == record.results


def test_a_part_of_a_unit_is_forgotten_where_another_host_measures_it_whole() -> None:
    record = record_on(2, *unit("of0", 1)[:-1], *unit("of0", 2))
    assert numbers(record, "of0") == ["2"]


def test_the_host_with_a_finding_stands_for_a_benchmark() -> None:
    record = record_on(3, *unit("of0", 1), *unit("of0", 2, seen=observation(returned(2))), *unit("of0", 3))
    result = record.results[0]
    assert result.measured_on == "2"
    assert [each.cases[1].verdict.kind for each in result.on_hosts] == [
        Verdict.SAME_RESULT,
        Verdict.DIFFERENT_RESULT,
        Verdict.SAME_RESULT,
    ]


def test_a_host_whose_self_tests_differ_more_often_than_chance_allows_is_off() -> None:
    first, second = off_on_two().hosts
    assert (first.benchmarks, first.is_off, first.left_out) == (6, False, False)
    assert (second.benchmarks, second.is_off, second.left_out) == (6, True, False)
    assert second.self_test is not None
    assert (second.self_test.differing, second.self_test.allowed) == (6, 2)
    assert len(off_on_two().results) == 12


def test_what_a_host_that_is_off_measured_is_left_out_where_that_was_asked_for() -> None:
    record = off_on_two(without_off_hosts=True)
    assert [host.left_out for host in record.hosts] == [False, True]
    assert [result.measured_on for result in record.results] == ["1"] * 6
    assert record.self_test is not None
    assert record.self_test.differing == 0


def test_the_other_hosts_speak_for_a_benchmark_that_one_which_is_off_measured_too() -> None:
    both = [
        entry
        for each in MANY
        for host, again in ((1, 104.0), (2, 100.0))
        for entry in unit(each.id, host, again=again)
    ]
    record = record_on(2, *both, without_off_hosts=True)
    assert [numbers(record, each.id) for each in MANY] == [["2"]] * 12


def test_a_run_on_one_host_has_no_checks_of_hosts() -> None:
    run = replace(begun(PLAN), without_off_hosts=True)
    record = RunState(run, unit("of0", 1, again=104.0)).record()
    assert record.hosts == ()
    assert record.results[0].self_test_differs


def test_a_record_of_several_hosts_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = record_on(3, *unit("of0", 1), *unit("of0", 2), *unit("of1", 3))
    store.write_record(tmp_path, record)
    assert store.read_record(tmp_path) == record
    assert (tmp_path / store.RECORD).read_text().count('"async def of0') <= 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4", "host of of0, '4' is not in its plan"),
        ("one", "'one' is not"),
        ("1", "on host '1' is there twice"),
        (None, "no number"),
    ],
)
def test_results_of_hosts_that_the_run_does_not_have_are_refused(
    tmp_path: Path, number: str | None, words: str
) -> None:
    record = record_on(3, *unit("of0", 1), *unit("of0", 2))
    [result] = record.results[:1]
    further = replace(result.also_on[0], measured_on=number)
    store.write_record(tmp_path, replace(record, results=(replace(result, also_on=(further,)),)))
    with pytest.raises(BadInput, match=words):
        store.read_record(tmp_path)
