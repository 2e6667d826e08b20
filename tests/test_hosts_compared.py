"""Records of several hosts beside each other and together: in a comparison, a gate, and every report."""

import json
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from harness.analysis.gate import CaseLimits, judge
from harness.analysis.hosts_compared import ComparisonOverHosts, compare_hosts, compare_hosts_of
from harness.errors import BadInput
from harness.records import store
from harness.records.estimate import Judgement
from harness.records.record import Record
from harness.report import Format, render
from harness.report.answer.of_comparison import answer_of
from harness.report.answer.of_record import answer
from harness.report.answer.values import SortOrder
from harness.report.formats.terminal import render_details
from harness.report.notices import NoticeKind
from harness.report.tables.comparison import comparison_tables
from harness.report.tables.table import Table
from harness.report.warnings import notices
from tests.command_line import here
from tests.compared import elsewhere, record
from tests.host_records import MANY, off_on_two, record_on, unit
from tests.records import ENVIRONMENT, TRIO, UVLOOP, observation, returned


def compared(*uvloop: float) -> ComparisonOverHosts:
    return compare_hosts([record(share) for share in uvloop])


def cells(comparison: ComparisonOverHosts) -> dict[str, tuple[str, ...]]:
    """The cells of each line of the answer, by its name."""
    shown = answer_of(comparison, SortOrder.PLAN)
    return {row.name: tuple(cell.words for cell in row.cells) for row in shown.rows}


def table(comparison: ComparisonOverHosts, title: str) -> Table:
    [found] = (each for each in comparison_tables(comparison) if each.title == title)
    return found


def test_three_hosts_have_one_ratio_with_an_interval_over_hosts_and_say_on_how_many_it_is_so() -> None:
    comparison = compared(63.0, 63.1, 63.2)
    uvloop = comparison.cases[0].ratio
    assert uvloop.pooled is not None
    assert uvloop.pooled.value == pytest.approx(0.632, abs=0.001)
    assert uvloop.count(Judgement.LESS_TIME) == 3
    assert cells(comparison)["probe"][0] == "36.8% less ±0.3, 3 of 3"
    [row, *_] = table(comparison, "Time ratios over hosts").rows
    assert row[:2] == ("probe", "uvloop")
    assert "less time on 3 of 3" in row


def test_hosts_that_differ_have_their_range_and_no_ratio_over_hosts() -> None:
    comparison = compared(60.0, 63.0, 66.0)
    assert cells(comparison)["probe"][0].startswith("differs, 0.60")
    [row, *_] = table(comparison, "Time ratios over hosts").rows
    assert any(cell.startswith("differs between hosts, 0.60") for cell in row)
    remarks = [remark.text for remark in answer_of(comparison, SortOrder.PLAN).remarks]
    assert remarks[0].endswith("on every host in 1 of 1 benchmark and more in 0; 1 differs between hosts")


def test_two_hosts_stand_side_by_side() -> None:
    comparison = compared(63.0, 63.1)
    assert list(cells(comparison)) == ["probe, host 1", "probe, host 2"]
    heads = table(comparison, "Time ratios over hosts").heads
    assert heads[2:4] == ("host 1", "host 2")


def test_many_hosts_have_a_line_each_in_a_table_of_their_own_and_say_what_to_expect_of_another() -> None:
    comparison = compared(63.0, 63.1, 63.2, 63.3, 63.4)
    [row, *_] = table(comparison, "Time ratios over hosts").rows
    assert row[-1].startswith("[0.6")
    assert len(table(comparison, "Time ratios, host by host").rows) == 10


def test_kinds_of_machines_are_compared_by_themselves_where_that_is_asked_for() -> None:
    records = [record(63.0), record(63.1), elsewhere(record(50.0), cpu="Abacus")]
    with pytest.raises(BadInput, match="--across-machines compares each kind by itself"):
        compare_hosts(records)
    comparison = compare_hosts(records, across_machines=True)
    assert [len(case.ratio.hosts) for case in comparison.cases if case.backend == UVLOOP] == [2, 1]
    assert list(cells(comparison)) == [
        "probe, kind 1, host 1",
        "probe, kind 1, host 2",
        "probe, kind 2, host 3",
    ]
    assert table(comparison, "Time ratios over hosts").heads[2] == "machine"


def with_run(of: Record, **fields: object) -> Record:
    return replace(of, run=replace(of.run, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (with_run(record(63.0), method="1"), "version of the method"),
        (with_run(record(63.0), plan=replace(record().run.plan, baseline=TRIO)), "baseline"),
        (
            elsewhere(
                record(63.0),
                versions=(
                    ("uvloop", "0.22.0"),
                    *dict(ENVIRONMENT.versions[:2], missing="not installed").items(),
                ),
            ),
            "uvloop of ",
        ),
        (elsewhere(record(63.0), python="3.13.9"), "Python of"),
    ],
)
def test_hosts_that_measured_something_else_are_refused(other: Record, words: str) -> None:
    with pytest.raises(BadInput, match=f"hosts 1 and 3 differ in their .*{words}"):
        compare_hosts([record(63.1), record(63.2), other])


def test_a_scenario_whose_text_changed_is_another_one_and_is_not_put_together() -> None:
    [benchmark] = record().run.plan.benchmarks
    plans = (
        replace(record().run.plan, benchmarks=(replace(benchmark, digests=(("probe.py", digest),)),))
        for digest in ("1", "1", "2")
    )
    records = zip((63.0, 63.1, 63.2), plans, strict=True)
    comparison = compare_hosts([with_run(record(share), plan=plan) for share, plan in records])
    assert comparison.cases == ()
    assert "not the same in all records" in comparison.missing[0].reason


def repeated(*uvloop: float, wrong_on: int = 0) -> Record:
    """One benchmark that as many hosts measured; on one of them uvloop may give a wrong result."""
    entries = [
        entry
        for host, share in enumerate(uvloop, start=1)
        for entry in unit(
            "of0",
            host,
            uvloop=share,
            seen=observation(returned(2 if host == wrong_on else 1)),
            count=12,
        )
    ]
    return record_on(len(uvloop), *entries)


def test_a_record_that_repeats_a_benchmark_on_hosts_shows_the_ratio_over_them_in_every_report() -> None:
    of = repeated(63.0, 63.1, 63.2)
    [row] = answer(of).rows
    assert row.cells[0].words == "36.9% less ±0.3, 3 of 3"
    assert "Time ratios over hosts" in render_details(of)
    for text in (render(of, Format.MARKDOWN), render(of, Format.HTML)):
        assert "Time ratios over hosts" in text
        assert "less time on 3 of 3" in text
        assert "0 of 1 (chance allows 1)" in text
        assert "is shown as the first of them" in text


def test_a_gate_counts_hosts_as_it_counts_sessions() -> None:
    comparison = compare_hosts_of(repeated(63.0, 70.0, 80.0))
    assert comparison is not None
    held = judge(CaseLimits(general=-0.32), comparison.sessions_of(), comparison.missing, comparison.level, 3)
    [case] = held.held
    assert (case.beyond, case.sessions, case.broken) == (2, 3, False)
    assert judge(CaseLimits(general=-0.5), comparison.sessions_of(), (), comparison.level, 3).broken


def test_a_case_with_a_wrong_result_on_one_host_has_no_ratio_there_and_passes_no_gate() -> None:
    comparison = compare_hosts_of(repeated(63.0, 63.0, 63.0, wrong_on=2))
    assert comparison is not None
    assert comparison.missing[0].reason.startswith("on host 2 it has no number")
    assert comparison.sessions_of() == {}
    held = judge(CaseLimits(general=0.05), comparison.sessions_of(), comparison.missing, comparison.level, 3)
    assert [case.case for case in held.unmeasured] == [("of0", UVLOOP)]


def test_a_host_that_is_off_is_named_before_any_figure() -> None:
    words = (
        "host 2 is off, self-tests differ in 6 of 6 (chance allows 2): do not quote of1, of3, of5 and 3 more"
    )
    of = off_on_two()
    assert [caution.text for caution in answer(of).cautions] == [words]
    assert notices(of)[0].kind is NoticeKind.HOST
    for form in (Format.MARKDOWN, Format.HTML, Format.TERMINAL):
        text = " ".join(render(of, form).split())
        assert text.index("host 2 is off") < text.index("% less")
    details = " ".join(render_details(of).split())
    assert "off" in details


def test_a_host_that_is_left_out_is_named_and_its_benchmarks_are_missing() -> None:
    of = off_on_two(without_off_hosts=True)
    assert answer(of).cautions[0].text.endswith("what it measured is left out")
    assert "off, left out" in render(of, Format.MARKDOWN)
    assert {result.benchmark.id for result in of.results} == {each.id for each in MANY[::2]}


def test_a_gate_on_a_record_of_several_hosts_says_on_how_many_a_limit_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write_record(tmp_path, repeated(120.0, 121.0, 122.0))
    assert here(monkeypatch, "gate", tmp_path, "--limit", "5%") == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("FAIL: of0 on uvloop is more than 5% slower: 1.")
    assert first.endswith("in 3 of 3 hosts.")


def test_a_comparison_over_hosts_as_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, share in (("a", 63.0), ("b", 63.1), ("c", 63.2)):
        (tmp_path / name).mkdir()
        store.write_record(tmp_path / name, record(share))
    assert here(monkeypatch, "compare", "a", "b", "c", "--over-hosts", "--details") == 0
    shown = capsys.readouterr().out
    assert shown.index("Hosts") < shown.index("Time ratios over hosts") < shown.index("3 of 3")
    assert here(monkeypatch, "compare", "a", "b", "c", "--over-hosts", "--json") == 0
    comparison = json.loads(capsys.readouterr().out)["comparison"]
    assert (comparison["kind"], len(comparison["hosts"])) == ("hosts", 3)


def test_a_record_that_is_named_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="is there twice: leave one out"):
        compare_hosts([record(63.0), record(63.1), record(63.0)])


def test_what_one_host_alone_measured_comes_last_and_is_not_counted_as_what_every_host_shows() -> None:
    alone = record(63.0, rows=("other", "probe"))
    shown = answer_of(compare_hosts([alone, record(63.1)]), SortOrder.PLAN)
    assert [row.name for row in shown.rows] == ["probe, host 1", "probe, host 2", "other, host 1"]
    texts = [remark.text for remark in shown.remarks]
    assert "uvloop, against asyncio, takes less time on every host in 1 of 1 benchmark and more in 0" in texts
    assert "one host alone measured 1 benchmark" in texts


def test_an_older_record_counts_as_a_session_for_each_of_its_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, of in (("old", repeated(60.0, 61.0, 62.0)), ("new", repeated(70.0))):
        (tmp_path / name).mkdir()
        store.write_record(tmp_path / name, of)
    assert here(monkeypatch, "gate", tmp_path / "new", "--against", tmp_path / "old", "--limit", "5%") == 1
    assert "in 3 of 3 sessions" in capsys.readouterr().out


def test_what_a_further_host_measured_again_has_pyperf_files_of_its_own(tmp_path: Path) -> None:
    entries = [*unit("of0", 1), *unit("of0", 2), *unit("of1", 2)]
    store.write_timings(tmp_path, record_on(2, *entries).run, entries)
    suites = {
        path.name.removesuffix(".json.gz"): pyperf.BenchmarkSuite.load(str(path))
        for path in (tmp_path / "timings").iterdir()
    }
    assert {"uvloop+gather", "uvloop+gather-host-2"} <= suites.keys()
    assert set(suites["uvloop+gather"].get_benchmark_names()) == {"of0", "of1"}
    assert suites["uvloop+gather-host-2"].get_benchmark_names() == ["of0"]
    assert suites["uvloop+gather"].get_benchmark("of0").get_nrun() == 6
