"""The same backends in old records and a new one: changes of ratios, and what cannot be compared."""

import math
import re
from dataclasses import replace
from statistics import median

import pytest

from harness.analysis.between import ComparisonBetween, between, changes
from harness.analysis.gate import CaseLimits, judge
from harness.errors import BadInput
from harness.records.estimate import Judgement
from harness.records.machine import BackendEnvironment
from harness.records.record import Record, SelfTestCheck
from harness.report.answer.of_comparison import answer_of
from harness.report.answer.values import SortOrder
from harness.report.tables.comparison import sentences, table_between
from tests.compared import PROBE, elsewhere, record
from tests.records import ASYNCIO, THREE, TRIO, UVLOOP, everything, plan, record_of


def notes(found: ComparisonBetween) -> str:
    return "\n".join(table_between(found).notes)


def test_the_change_is_new_divided_by_old() -> None:
    found = {change.backend: change for change in changes([record(60.0)], record(66.0))}
    assert set(found) == {UVLOOP, TRIO}
    change = found[UVLOOP].change
    assert change.value == pytest.approx(1.1, 0.02)
    assert change.low is not None
    assert change.high is not None
    assert 1 < change.low < change.value < change.high
    assert found[UVLOOP].old.value == pytest.approx(0.60, 0.02)
    assert found[UVLOOP].new.value == pytest.approx(0.66, 0.02)
    assert found[UVLOOP].judgement is Judgement.MORE_TIME


def test_a_record_has_not_changed_from_itself() -> None:
    for change in changes([record()], record()):
        assert change.change.value == pytest.approx(1)
        assert change.change.low is not None
        assert change.change.high is not None
        assert change.change.low < 1 < change.change.high


def test_the_interval_of_a_change_is_narrower_than_both_together() -> None:
    for change in changes([record(60.0)], record(66.0)):
        assert change.old.low is not None
        assert change.old.high is not None
        assert change.new.low is not None
        assert change.new.high is not None
        assert change.change.low is not None
        assert change.change.high is not None
        assert change.new.low / change.old.high < change.change.low
        assert change.change.high < change.new.high / change.old.low


def test_too_few_rounds_are_a_change_without_an_interval() -> None:
    found = list(changes([record(60.0, count=3)], record(66.0, count=3)))
    assert [(change.change.low, change.change.half_width) for change in found] == [(None, math.inf)] * 2
    assert "too few rounds" in str(table_between(between([record(count=3)], record(count=3))).rows)


def test_every_old_record_is_a_session_and_the_level_is_adjusted_for_all() -> None:
    one, two = between([record(60.0)], record(66.0)), between([record(60.0), record(66.0)], record(66.0))
    assert one.level == pytest.approx(1 - 0.05 / 2)
    assert two.level == pytest.approx(1 - 0.05 / 4)
    assert [change.session for change in two.changes] == [0, 0, 1, 1]
    said = " ".join(sentences(two))
    assert "probe on uvloop takes more time, against asyncio, than before: in 1 of 2 sessions." in said
    assert "one session" in " ".join(sentences(one))
    assert "session" in table_between(two).heads
    assert "session" not in table_between(one).heads


def test_raw_times_are_shown_for_every_case_and_lead_to_no_change() -> None:
    found = between([everything()], everything())
    raw = {(one.benchmark, one.backend): one.seconds for one in found.raw}
    assert raw["say_after", TRIO][0] == raw["say_after", TRIO][1]
    assert ("order:n=100", ASYNCIO) in raw
    assert not any(change.benchmark == "say_after" or change.backend == ASYNCIO for change in found.changes)
    shown = {(name, backend): cells for name, backend, *cells in table_between(found).rows}
    assert shown["order:n=100", "asyncio"][:3] == ["", "", ""]
    assert shown["order:n=100", "asyncio"][3:] != ["–", "–"]


def test_benchmarks_that_only_one_record_has_are_named_and_not_compared() -> None:
    both, one = record(rows=("probe", "other")), record(rows=("probe",))
    found = between([both], one)
    assert {change.benchmark for change in found.changes} == {"probe"}
    assert "Only in the old record: other." in notes(found)
    assert {(gone.benchmark, gone.reason) for gone in found.missing} == {
        ("other", "the new record has no such benchmark")
    }
    assert "Only in the new record: other." in notes(between([one], both))
    assert between([one], both).missing == ()


def test_a_case_that_lost_its_number_is_named_with_the_reason() -> None:
    crashed = replace(
        everything(),
        results=tuple(
            replace(line, cases=tuple(replace(cell, timing=None) for cell in line.cases))
            if line.benchmark.id == "order:n=100"
            else line
            for line in everything().results
        ),
    )
    lost = {(gone.benchmark, gone.backend) for gone in between([everything()], crashed).missing}
    assert lost == {("order:n=100", UVLOOP), ("order:n=100", TRIO)}
    told = "order:n=100 on uvloop, order:n=100 on trio had a ratio and cannot be compared now"
    assert told in notes(between([everything()], crashed))


def with_digest(of: Record, digest: str | None) -> Record:
    """Return the record as if its scenarios consisted of one file, with this digest."""
    files = None if digest is None else (("helper.py", digest),)
    benchmarks = tuple(replace(benchmark, digests=files) for benchmark in of.run.plan.benchmarks)
    results = tuple(replace(r, benchmark=b) for r, b in zip(of.results, benchmarks, strict=True))
    return replace(of, run=replace(of.run, plan=replace(of.run.plan, benchmarks=benchmarks)), results=results)


def test_a_scenario_whose_helper_changed_is_another_and_a_gate_could_not_measure_it() -> None:
    found = between([with_digest(record(60.0), "a")], with_digest(record(66.0), "b"))
    assert found.changes == ()
    assert "cannot be compared now: its text changed, in helper.py." in notes(found)
    assert not any("of 0 cases" in remark.text for remark in answer_of(found, SortOrder.PLAN).remarks)
    gate = judge(CaseLimits(general=0.05), found.sessions_of(), found.missing, found.level, found.sessions)
    assert gate.broken == ()
    assert {unmeasured.reason for unmeasured in gate.unmeasured} == {"its text changed, in helper.py"}


def test_of_many_cases_that_cannot_be_compared_two_are_named_and_the_others_counted() -> None:
    rows = ("probe", "other")
    old, new = with_digest(record(60.0, rows=rows), "a"), with_digest(record(66.0, rows=rows), "b")
    first, second = (remark.text for remark in answer_of(between([old], new), SortOrder.PLAN).remarks)
    assert first.endswith("cannot be compared now: its text changed, in helper.py")
    assert second.endswith("its text changed, in helper.py, and 2 more cases")


@pytest.mark.parametrize(("old", "new"), [("a", "a"), (None, "a"), ("a", None), (None, None)])
def test_a_scenario_is_the_same_where_its_files_are_or_were_not_recorded(
    old: str | None, new: str | None
) -> None:
    found = between([with_digest(record(60.0), old)], with_digest(record(66.0), new))
    assert len(found.changes) == 2
    assert found.missing == ()


def test_only_the_backends_that_are_named_are_compared() -> None:
    found = between([record(60.0)], record(66.0), ["uvloop"])
    assert {change.backend for change in found.changes} == {UVLOOP}
    assert {raw.backend for raw in found.raw} == {UVLOOP, ASYNCIO}
    with pytest.raises(BadInput, match="no nothing"):
        between([record()], record(), ["nothing"])


@pytest.mark.parametrize(
    ("other", "name"),
    [({"cpu": "Abacus"}, "Abacus"), ({"build": "CPython 3.14.0, Abacus 1"}, r"CPython 3\.14")],
)
def test_another_machine_or_build_is_refused_unless_asked_for_and_then_pointed_out(
    other: dict[str, object], name: str
) -> None:
    here, there = record(), elsewhere(record(), **other)
    assert "Not the same machine" not in notes(between([here], here, across_machines=True))
    with pytest.raises(BadInput, match=rf"{name}.*--across-machines"):
        between([here], there)
    assert re.search(name, notes(between([here], there, across_machines=True)))


def test_another_python_in_the_environment_of_a_backend_is_refused_like_another_machine() -> None:
    def there(build: str, uvloop: str) -> Record:
        return elsewhere(
            record(), environments=(BackendEnvironment(UVLOOP, "3.12.1", build, (("uvloop", uvloop),)),)
        )

    old, new = there("CPython 3.12.1", "0.21.0"), there("CPython 3.13.9", "0.22.1")
    with pytest.raises(BadInput, match=r"uvloop\+gather on CPython 3\.13.*--across-machines"):
        between([old], new)
    assert between([old], new, [TRIO]).changes
    moved = (
        "Since the old record: Python of uvloop+gather CPython 3.12.1 → CPython 3.13.9, "
        "uvloop of uvloop+gather 0.21.0 → 0.22.1."
    )
    assert moved in notes(between([old], new, across_machines=True))


def test_versions_that_changed_between_sessions_are_named() -> None:
    newer = elsewhere(record(), versions=(("loopcmp", "0.1.0"), ("uvloop", "0.24.0")))
    assert "Since the old record: uvloop 0.23.0 → 0.24.0." in notes(between([record()], newer))


def test_a_session_whose_own_check_failed_is_pointed_out() -> None:
    unsound = replace(record(), self_test=SelfTestCheck(benchmarks=10, differing=5, allowed=2))
    said = "In the old record the baseline differs from itself more often than chance allows."
    assert said in notes(between([unsound], record()))
    assert said not in notes(between([record()], record()))


def test_records_with_different_baselines_are_refused() -> None:
    of_trio = record_of(plan(PROBE, on=THREE, baseline=TRIO))
    with pytest.raises(BadInput, match=r"different baselines: asyncio\+gather and trio\+nursery"):
        between([record()], of_trio)


def test_records_of_two_versions_of_the_method_are_compared_with_a_word_about_it() -> None:
    old, new = record(60.0), record(66.0)
    first = replace(old, run=replace(old.run, method=None))
    notes = " ".join(table_between(between([first], new)).notes)
    assert "The old record was measured by version 1 of the method, and the new one by version 2" in notes
    assert "of the method" not in " ".join(table_between(between([old], new)).notes)


def test_a_record_of_the_first_method_keeps_its_figures_in_a_comparison() -> None:
    old, new = record(60.0), record(66.0)
    first = replace(old, run=replace(old.run, method=None))
    for before, after in zip(changes([first], new), changes([old], new), strict=True):
        samples = next(
            case.timing.samples
            for case in old.results[0].cases
            if case.backend == before.backend and case.timing is not None
        )
        assert before.old.value == pytest.approx(math.exp(median(samples)))
        assert before.change == after.change
