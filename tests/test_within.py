"""The backends inside one record, against any one of them."""

from dataclasses import replace

import pytest

from harness.analysis.within import RatioToBaseline, within
from harness.errors import BadInput
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.records.entries import CaseObserved
from harness.records.estimate import Judgement
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record
from harness.report.tables.comparison import table_within
from tests.compared import PROBE, SEEN, record
from tests.records import (
    ASYNCIO,
    TRIO,
    UVLOOP,
    everything,
    fake_benchmark,
    observation,
    plan,
    raised,
    record_of,
    rounds,
    seen_alike,
    twice,
    unmeasured,
)


def found(of: Record, baseline: str | None = None, *backends: str) -> dict[str, RatioToBaseline]:
    return {one.backend: one for one in within(of, baseline, backends).ratios}


def test_within_a_record_the_backends_are_compared_with_its_baseline_by_default() -> None:
    ratios = found(record())
    assert list(ratios) == [UVLOOP, TRIO]
    assert ratios[UVLOOP].ratio.value == pytest.approx(0.63, 0.02)
    assert ratios[TRIO].ratio.value == pytest.approx(1.8, 0.02)
    assert ratios[UVLOOP].judgement is Judgement.LESS_TIME
    assert table_within(within(record())).heads == ("benchmark", "uvloop", "trio")


def test_within_a_record_any_backend_can_be_the_baseline() -> None:
    ratios = found(record(), "trio")
    assert list(ratios) == [ASYNCIO, UVLOOP]
    assert ratios[ASYNCIO].ratio.value == pytest.approx(1 / 1.8, 0.02)
    assert ratios[UVLOOP].ratio.value == pytest.approx(0.63 / 1.8, 0.02)


def test_benchmarks_that_were_measured_in_the_rounds_of_another_are_compared_too() -> None:
    told = replace(PROBE, uses_gather=False)
    twins = [
        replace(told, scenario=f"{family}_probe", native="probe", only=family)
        for family in ("asyncio", "trio")
    ]
    times = {ASYNCIO: 100.0, UVLOOP: 60.0, TRIO: 180.0, SELF_TEST_ARM: 100.0}
    natives = {"asyncio+native": 50.0, "uvloop+native": 40.0, "trio+native": 150.0}
    looks = [*seen_alike(told, SEEN), *seen_alike(twins[0], SEEN, [ASYNCIO, UVLOOP])]
    looks += seen_alike(twins[1], SEEN, [TRIO])
    of = record_of(plan(told, *twins), *looks, *rounds("probe", {**times, **natives}, 20, spread=0.003))
    compared = within(of)
    found = {(one.benchmark, one.backend): one.ratio.value for one in compared.ratios}
    assert found == pytest.approx(
        {("probe", UVLOOP): 0.6, ("probe", TRIO): 1.8, ("asyncio_probe", UVLOOP): 0.8}, 0.02
    )
    assert not compared.missing


def test_only_the_backends_that_are_named_are_compared() -> None:
    assert list(found(record(), None, "uvloop")) == [UVLOOP]


def test_a_backend_that_the_record_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(BadInput, match=r"no uvloop\+anyio: it has asyncio\+gather, uvloop\+gather"):
        within(record(), "uvloop+anyio")


def test_a_case_without_a_number_is_missing_with_its_reason() -> None:
    compared = within(everything())
    missing = {(one.benchmark, one.backend): one.reason for one in compared.missing}
    assert missing["turns", TRIO] == "no number, for it gives a different result: it printed something else"
    assert "killed by SIGSEGV" in missing["echo", UVLOOP]
    assert missing["slow_start", UVLOOP] == "the baseline has no number"
    [unseen] = within(unmeasured()).missing
    assert unseen.reason == "no number, for it could not be measured: ran on another loop"
    assert ("pipes", TRIO) not in missing  # unsupported alone is no finding
    assert not {"say_after", "first_error", "shutdown"} & {row for row, _ in missing}  # sleeps, untimed
    table = {name: cells for name, *cells in table_within(compared).rows}
    assert table["turns"][1:] == ["no number", "no number"]


def test_a_scenario_that_every_backend_raises_from_is_not_missed() -> None:
    fails = fake_benchmark("fails", raised(ValueError("Oops")))
    seen = seen_alike(fails, twice(observation(raised(ValueError("Oops")))))
    assert within(record_of(plan(fails), *seen)).missing == ()


def test_a_benchmark_without_a_baseline_gives_no_ratio_between_the_others_either() -> None:
    crash = (ProcessObservations(ended=WorkerExit("killed by SIGSEGV")),)
    entries = [CaseObserved(PROBE.id, ASYNCIO, crash), *seen_alike(PROBE, SEEN, [UVLOOP, TRIO])]
    played = rounds(PROBE.id, {UVLOOP: 63.0, TRIO: 180.0}, 12)
    compared = within(record_of(plan(PROBE, effort=FAST), *entries, *played), UVLOOP)
    assert compared.ratios == ()
    assert {one.backend for one in compared.missing} == {ASYNCIO, TRIO}


def test_a_quick_runs_intervals_are_adjusted_where_that_is_asked() -> None:
    as_they_are, adjusted = within(record()), within(record(), adjusted=True)
    assert as_they_are.level == 0.95
    assert adjusted.level == pytest.approx(0.975)
    assert not as_they_are.adjusted
    assert "not adjusted" in table_within(as_they_are).notes[0]
    for before, after in zip(as_they_are.ratios, adjusted.ratios, strict=True):
        assert before.ratio.half_width < after.ratio.half_width
