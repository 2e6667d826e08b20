"""A record → the tables, sentences, warnings and differences that every report shows."""

import re
from dataclasses import replace
from functools import cache

import pytest

from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.records.entries import BenchmarkFinished, Entry, RunFinished
from harness.records.estimate import Estimate
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record, SelfTestCheck
from harness.records.stop_reason import StopKind, StopReason
from harness.records.verdict import FINDINGS, Verdict
from harness.report import formatting, sentences
from harness.report.backend_names import shown_names
from harness.report.differences import differences, documented
from harness.report.notices import NoticeKind, NoticeScope, Severity
from harness.report.tables import results
from harness.report.tables.table import Table
from harness.report.verdict_signs import VERDICTS
from harness.report.warnings import notices, notices_of_benchmarks
from tests.records import (
    ASYNCIO,
    GROUP_SOURCE,
    NO_MISSING,
    THREE,
    TRIO,
    UVLOOP,
    everything,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
)

PROBE = fake_benchmark("probe", returned(1))
TIMES = {ASYNCIO: 100.0, UVLOOP: 63.0, TRIO: 180.0, SELF_TEST_ARM: 100.0}


@cache
def small(*extra: Entry, of: Benchmark = PROBE, on: tuple[str, ...] = THREE) -> Record:
    entries: list[Entry] = [*seen_alike(of, twice(observation(returned(1))), on), *rounds(of.id, TIMES, 6)]
    return record_of(plan(of, on=on, effort=FAST), *entries, *extra)


def cells(shown: Table | None) -> dict[str, tuple[str, ...]]:
    assert shown is not None
    assert all(len(cells) == len(shown.heads) for cells in shown.rows)
    return {name: tuple(rest) for name, *rest in shown.rows}


def test_times_are_shown_in_microseconds_on_the_baseline_and_as_ratios_elsewhere() -> None:
    shown = results.times(everything())
    assert shown is not None
    assert shown.heads[:3] == ("benchmark", "asyncio", "uvloop")
    baseline, uvloop, trio, _ = cells(shown)["order:n=100"]
    assert re.fullmatch(r"\d+ µs", baseline)
    assert re.fullmatch(r"0\.63\d× \[0\.\d+, 0\.\d+\]", uvloop)
    assert re.fullmatch(r"1\.\d+× \[1\.\d+, 1\.\d+\] \*", trio)


@pytest.mark.parametrize(
    ("probe", "backend", "words"),
    [
        ("turns", TRIO, "different result"),
        ("echo", UVLOOP, "crashed"),
        ("race", UVLOOP, "unstable"),
        ("pipes", TRIO, "unsupported"),
        ("slow_start", ASYNCIO, "timed out"),
        ("order:n=100", "missing+gather", "unavailable"),
    ],
)
def test_a_case_without_a_number_shows_its_verdict_where_the_number_would_be(
    probe: str, backend: str, words: str
) -> None:
    shown = cells(results.times(everything()))
    assert shown[probe][everything().backends.index(backend)] == words


def test_without_a_baseline_the_others_show_absolute_times_and_no_ratio() -> None:
    _, uvloop, trio, _ = cells(results.times(everything()))["slow_start"]
    assert "×" not in uvloop + trio
    assert re.match(r"\d+\.\d", uvloop)


def test_an_absolute_time_outside_the_baselines_column_says_its_unit() -> None:
    _, uvloop, trio, _ = cells(results.times(everything()))["slow_start"]
    assert ("µs" in uvloop, "µs" in trio) == (True, True)


def test_a_scenario_that_sleeps_is_shown_as_signed_microseconds_beyond_its_ideal() -> None:
    for shown in cells(results.times(everything()))["say_after"][:3]:
        assert re.fullmatch(r"[+-]\d+ µs \[[+-]\d+, [+-]\d+(\.\d)?\]", shown)


def test_nothing_timed_is_no_table_of_times() -> None:
    assert results.times(record_of(plan(PROBE), *seen_alike(PROBE, twice(observation(returned(1)))))) is None


def test_a_scenario_without_a_gatherer_points_to_the_case_of_its_loop() -> None:
    of = fake_benchmark("lock", returned(1), uses_gather=False)
    record = small(of=of, on=(*THREE, "asyncio+taskgroup"))
    assert cells(results.verdicts(record))["lock"] == (
        "✓ same result",
        "✓ same result",
        "✓ same result",
        "as its loop",
    )
    assert "as" in cells(results.times(record))["lock"][3]


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (Estimate(0.6312, 0.6103, 0.6502, 20), "0.63× [0.61, 0.65]"),
        (Estimate(0.6312, 0.6309, 0.6319, 20), "0.631× [0.631, 0.632]"),
        (Estimate(1.0, 1.0, 1.0, 20), "1.00× [1.00, 1.00]"),
        (Estimate(12.4, 3.2, 25.9, 20), "12× [3.2, 26]"),
        (Estimate(1.21, 0.13, 5.4, 20), "1.2× [0.13, 5.4]"),
        (Estimate(0.9, 0.8, 0.9998, 20), "0.90× [0.80, 0.9998]"),
        (Estimate(1.25, None, None, 3), "1.25× [too few rounds]"),
    ],
)
def test_a_ratio_has_as_many_digits_as_its_interval_bears_and_no_end_that_is_not_1_is_shown_as_1(
    ratio: Estimate, shown: str
) -> None:
    assert formatting.format_ratio(ratio) == shown


@pytest.mark.parametrize(
    ("microseconds", "shown"),
    [
        (Estimate(-312.4, -390.0, 12.6, 20), "-312 µs [-390, +13]"),
        (Estimate(1520.2, 1100.0, 2300.0, 20), "+1.5 ms [+1.1, +2.3]"),
        (Estimate(152.0, None, None, 3), "+152 µs [too few rounds]"),
        (Estimate(3.1, 0.04, 6.2, 20), "+3.1 µs [+0.04, +6.2]"),
    ],
)
def test_an_excess_has_its_sign_and_no_end_that_is_not_0_is_shown_as_0(
    microseconds: Estimate, shown: str
) -> None:
    assert formatting.format_excess(microseconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (Estimate(3.2e-8, 3.1e-8, 3.4e-8, 20), "32 ns [31, 34]"),
        (Estimate(20.54e-6, 20.1e-6, 21.2e-6, 20), "20.5 µs [20.1, 21.2]"),
        (Estimate(2.5e-3, 2.1e-3, 3.2e-3, 20), "2.5 ms [2.1, 3.2]"),
        (Estimate(1.5, 0.2, 12.0, 20), "1.5 s [0.20, 12]"),
    ],
)
def test_a_time_is_shown_in_the_unit_that_fits_it(seconds: Estimate, shown: str) -> None:
    assert formatting.format_seconds(seconds) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (Estimate(2560 * 1024.0, 2560 * 1024.0, 2560 * 1024.0, 20), "2.50 MiB [2.50, 2.50]"),
        (Estimate(0.0, 0.0, 0.0, 20), "0 bytes [0, 0]"),
        (Estimate(12_500.0, 12_000.0, 13_000.0, 20), "12.2 KiB [11.7, 12.7]"),
    ],
)
def test_memory_is_shown_in_the_unit_that_fits_it(size: Estimate, shown: str) -> None:
    assert formatting.format_bytes(size) == shown


@pytest.mark.parametrize(
    ("microseconds", "shown"), [(0.0456, "0.0456"), (1.234, "1.23"), (45.67, "45.7"), (98_765.0, "98,765")]
)
def test_an_absolute_time_has_three_significant_digits(microseconds: float, shown: str) -> None:
    assert formatting.significant(microseconds) == shown


def words_of(record: Record) -> tuple[str, ...]:
    return tuple(notice.text for notice in notices(record))


def test_every_verdict_has_a_sign_of_its_own() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert len({rendering.sign for rendering in VERDICTS.values()}) == len(Verdict)


def test_the_ledger_has_a_row_per_claim_and_an_answer_per_backend() -> None:
    shown = cells(results.ledger(everything()))
    assert shown["The error is raised as it is (pitfalls)"] == (
        "holds",
        "holds",
        "does not hold",
        "not tried",
    )
    assert len(shown) == 3
    assert results.ledger(small()) is None


def test_documented_differences_come_with_their_source() -> None:
    shown = documented(everything())
    assert shown is not None
    [found] = shown.rows
    assert {"a task group raises the error inside an exception group", GROUP_SOURCE, "trio"} <= set(found)
    assert "first_error" in found
    assert documented(small()) is None


def test_a_difference_says_which_case_why_and_where_it_parts() -> None:
    by_case = {one.case: one for one in differences(everything(), *FINDINGS)}
    turns = by_case["turns on trio"]
    assert turns.mismatch is not None
    assert (
        turns.mismatch.promised[turns.mismatch.first_line],
        turns.mismatch.observed[turns.mismatch.first_line],
    ) == (
        "two",
        "three",
    )
    assert by_case["echo on uvloop"].output[-1] == '  File "echo.py", line 3 in read'
    names = shown_names(everything().backends)
    assert set(FINDINGS) == {
        case.verdict.kind
        for result in everything().results
        for case in result.cases
        if f"{result.benchmark.id} on {names[case.backend]}" in by_case
    }


def test_backends_that_differ_alike_are_shown_together() -> None:
    seen = seen_alike(PROBE, twice(observation(returned(2))), [UVLOOP, TRIO])
    record = record_of(plan(PROBE), *seen_alike(PROBE, twice(observation(returned(1))), [ASYNCIO]), *seen)
    assert [one.case for one in differences(record, *FINDINGS)] == ["probe on uvloop, trio"]


def test_what_a_scenario_does_not_promise_is_said_to_be_what_the_baseline_did() -> None:
    def expected(of: Benchmark) -> list[str]:
        seen = seen_alike(of, twice(observation(returned(2))), [UVLOOP])
        record = record_of(plan(of), *seen_alike(of, twice(observation(returned(1))), [ASYNCIO, TRIO]), *seen)
        return [difference.expected for difference in differences(record, *FINDINGS)]

    assert expected(fake_benchmark("probe", returned(1))) == ["promised"]
    assert expected(fake_benchmark("probe")) == ["first seen on asyncio"]


def test_only_the_last_lines_of_what_a_worker_said_are_shown_and_none_of_our_frames() -> None:
    noise = "\n".join(f"line {number}" for number in range(50))
    said = f"{noise}\n  File /x/harness/worker/observing.py, line 9 in look"
    crash = (ProcessObservations(ended=WorkerExit("killed by SIGSEGV", said)),)
    [difference] = differences(record_of(plan(PROBE), *seen_alike(PROBE, crash)), *FINDINGS)
    assert difference.output[-1] == "line 49"
    assert len(difference.output) < 50


def test_the_sentences_say_who_agrees_who_is_faster_and_what_task_groups_do_differently() -> None:
    agreement, *speeds, groups = sentences.backend_sentences(everything())
    assert "uvloop gives the same result in 8 of 10" in agreement
    assert "missing could not be observed" in agreement
    assert any(
        re.search(r"uvloop: less time in \d of \d .*most: .*\d% less time ±\d", said) for said in speeds
    )
    assert any(re.search(r"trio: more time in \d of \d .*most: .*\d% more time ±\d", said) for said in speeds)
    assert "a task group raises the error inside an exception group" in groups


def test_a_backend_that_no_benchmark_is_for_has_no_case_and_was_not_tried_in_vain() -> None:
    one_loop = replace(PROBE, only="asyncio")
    seen = seen_alike(one_loop, twice(observation(returned(1))), [ASYNCIO, UVLOOP])
    [agreement] = sentences.backend_sentences(record_of(plan(one_loop), *seen))
    assert agreement.endswith("uvloop gives the same result in 1 of 1 benchmark; trio has no case here.")


def test_a_baseline_alone_is_compared_with_nobody() -> None:
    record = small(on=(ASYNCIO,))
    assert sentences.backend_sentences(record) == ()
    [absolute] = cells(results.times(record))["probe"]
    assert re.fullmatch(r"\d+(\.\d)? µs", absolute)


def with_repeats(repeats: SelfTestCheck) -> str:
    return "\n".join(words_of(replace(small(), self_test=repeats)))


def test_the_a_a_count_is_always_said_and_too_many_are_a_warning() -> None:
    assert "in 2 of 8 benchmarks (chance allows 2)" in with_repeats(SelfTestCheck(8, 2, 2))
    assert "do not quote" not in with_repeats(SelfTestCheck(8, 2, 2))
    assert "do not quote" in with_repeats(SelfTestCheck(8, 3, 2))


def test_a_reader_is_warned_of_everything_that_weakens_a_figure() -> None:
    fast = "\n".join(words_of(small()))
    assert "not adjusted" in fast
    assert "This run was not finished." in fast
    finished = words_of(small(RunFinished("2026-05-04T03:07:08+00:00", None)))
    assert not any("not finished" in said for said in finished)
    said = "\n".join(words_of(everything()))
    assert "order:n=100 on trio: uses 3.4% CPU between its turns." in said
    assert "turns on uvloop: the second half of a worker's turns is 20.3% slower" in said
    assert "than the first; by whole values the ratio is " in said
    assert "order:n=1000: 60 s were over before every 95% interval was within ±2.0%." in said
    assert "not adjusted" not in said


def test_a_benchmark_that_ended_by_precision_is_no_warning() -> None:
    record = small(BenchmarkFinished(PROBE.id, StopReason(StopKind.PRECISION, 0.02)))
    assert not any(said.startswith("probe:") for said in words_of(record))


def test_the_environment_is_told_in_full() -> None:
    told = dict(results.environment(everything()))
    assert told["CPU"] == "Imaginary 9000, 2 cores, governor performance"
    assert (told["seed"], told["load"]) == ("7", "0.25 before, 0.75 after")
    assert "uvloop 0.23.0" in told["versions"]
    assert told["command"] == "loopcmp run tutorial"


def test_a_backend_that_is_not_installed_is_said_to_be_so_once() -> None:
    missing = differences(everything(), Verdict.UNAVAILABLE)
    assert [difference.reason for difference in missing] == [NO_MISSING]


def test_backends_that_agree_alike_are_named_together() -> None:
    seen = seen_alike(PROBE, twice(observation(returned(1))), [ASYNCIO, UVLOOP, TRIO])
    [said] = sentences.backend_sentences(record_of(plan(PROBE), *seen))
    assert said == "Against asyncio, each of uvloop, trio gives the same result in 1 of 1 benchmark."


def test_a_self_test_within_what_chance_allows_is_good_news_and_one_beyond_it_is_a_warning() -> None:
    def severities(differing: int) -> set[Severity]:
        record = replace(small(), self_test=SelfTestCheck(8, differing, 2))
        return {notice.severity for notice in notices(record) if notice.kind is NoticeKind.SELF_TEST}

    assert severities(2) == {Severity.GOOD}
    assert severities(3) == {Severity.WARNING}


def test_what_a_notice_is_about_is_a_value_and_not_how_its_text_begins() -> None:
    scopes = {notice.kind: notice.scope for notice in notices_of_benchmarks(everything())}
    assert scopes[NoticeKind.FLAGGED] is NoticeScope.CASE
    assert all(scope is not NoticeScope.RUN for scope in scopes.values())
