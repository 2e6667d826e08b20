"""Records against each other: the backends inside one, and the same backends in two."""

import math
from dataclasses import replace
from functools import cache

import pytest

from harness.comparison import between, changes, within
from harness.errors import BadInput
from harness.observation import Ended, Sighting
from harness.pace import AGAIN
from harness.plan import FAST
from harness.record import Entry, Observed, Record
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    THREE,
    TRIO,
    UVLOOP,
    everything,
    look,
    plan,
    record_of,
    returned,
    rounds,
    row,
    seen_alike,
    twice,
)

STORY, OTHER = row("story", returned(1)), row("other", returned(1))
SEEN = twice(look(returned(1)))


@cache
def record(uvloop: float = 63.0, *, rows: tuple[str, ...] = ("story",), count: int = 12) -> Record:
    """Rows of three backends; uvloop takes this share, in %, of asyncio's time."""
    chosen = [of for of in (STORY, OTHER) if of.id in rows]
    entries: list[Entry] = []
    for of in chosen:
        times = {ASYNCIO: 100.0, UVLOOP: uvloop, TRIO: 180.0, AGAIN: 100.0}
        entries += [*seen_alike(of, SEEN), *rounds(of.id, times, count, spread=0.003)]
    return record_of(plan(*chosen, effort=FAST), *entries)


def ratio(shown: str) -> float:
    return float(shown.partition("×")[0])


def test_within_a_record_the_backends_are_compared_with_its_baseline_by_default() -> None:
    table = within(record(), None)
    assert table.heads == ("scenario", UVLOOP, TRIO)
    [(name, uvloop, trio)] = table.rows
    assert name == "story"
    assert ratio(uvloop) == pytest.approx(0.63, 0.02)
    assert ratio(trio) == pytest.approx(1.8, 0.02)


def test_within_a_record_any_backend_can_be_the_baseline() -> None:
    table = within(record(), TRIO)
    assert table.heads == ("scenario", ASYNCIO, UVLOOP)
    [(_, asyncio, uvloop)] = table.rows
    assert ratio(asyncio) == pytest.approx(1 / 1.8, 0.02)
    assert ratio(uvloop) == pytest.approx(0.63 / 1.8, 0.02)


def test_a_backend_that_the_record_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(BadInput, match=r"no uvloop\+anyio: it has asyncio\+gather, uvloop\+gather"):
        within(record(), "uvloop+anyio")


def test_a_case_without_a_number_is_said_to_have_none() -> None:
    table = {name: cells for name, *cells in within(everything(), None).rows}
    assert table["turns"][1:] == ["no number", "no number"]
    assert not {"say_after", "slow_start", "first_error"} & set(table)  # sleeps; no baseline; untimed


def test_a_row_without_a_baseline_gives_no_ratio_between_the_others_either() -> None:
    crash = (Sighting(ended=Ended("killed by SIGSEGV")),)
    entries = [Observed(STORY.id, ASYNCIO, crash), *seen_alike(STORY, SEEN, [UVLOOP, TRIO])]
    played = rounds(STORY.id, {UVLOOP: 63.0, TRIO: 180.0}, 12)
    table = within(record_of(plan(STORY, effort=FAST), *entries, *played), UVLOOP)
    assert not any("1.000×" in shown for _, *cells in table.rows for shown in cells)


def test_between_two_records_the_change_is_new_divided_by_old() -> None:
    found = {change.backend: change for change in changes(record(60.0), record(66.0))}
    assert set(found) == {UVLOOP, TRIO}
    change = found[UVLOOP].change
    assert change.value == pytest.approx(1.1, 0.02)
    assert change.low is not None
    assert change.high is not None
    assert 1 < change.low < change.value < change.high
    assert found[UVLOOP].old.value == pytest.approx(0.60, 0.02)
    assert found[UVLOOP].new.value == pytest.approx(0.66, 0.02)


def test_a_record_has_not_changed_from_itself() -> None:
    for change in changes(record(), record()):
        assert change.change.value == pytest.approx(1)
        assert change.change.low is not None
        assert change.change.high is not None
        assert change.change.low < 1 < change.change.high


def test_the_interval_of_a_change_is_as_wide_as_both_together() -> None:
    for change in changes(record(60.0), record(66.0)):
        assert change.old.low is not None
        assert change.old.high is not None
        assert change.new.low is not None
        assert change.new.high is not None
        assert change.change.low == pytest.approx(change.new.low / change.old.high)
        assert change.change.high == pytest.approx(change.new.high / change.old.low)


def test_too_few_rounds_are_a_change_without_an_interval() -> None:
    found = list(changes(record(60.0, count=6), record(66.0, count=12)))
    assert [(change.change.low, change.change.half_width) for change in found] == [(None, math.inf)] * 2
    assert "too few rounds" in str(between(record(count=6), record(count=6)).rows)


def test_rows_that_only_one_record_has_are_named_and_not_compared() -> None:
    table = between(record(rows=("story", "other")), record(rows=("story",)))
    assert {name for name, *_ in table.rows} == {"story"}
    assert "Only in the old record: other." in table.notes
    assert "Only in the new record: other." in between(record(), record(rows=("story", "other"))).notes


def test_another_machine_is_pointed_out() -> None:
    here = record()
    there = replace(here, begun=replace(here.begun, environment=replace(ENVIRONMENT, cpu="Abacus")))
    assert not any("Not the same machine" in note for note in between(here, here).notes)
    assert any("Abacus" in note for note in between(here, there).notes)


def test_records_with_different_baselines_are_refused() -> None:
    of_trio = record_of(plan(STORY, on=THREE, baseline=TRIO))
    with pytest.raises(BadInput, match=r"different baselines: asyncio\+gather and trio\+nursery"):
        between(record(), of_trio)
