"""Laps: how a value divides into them, their times in few bytes, and a value's time by its quiet ones."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.quiet_laps import quiet_seconds
from harness.protocol.laps import lap_sizes, pack, unpack
from harness.protocol.messages import Value
from tests.records import value


@given(st.integers(1, 5000), st.integers(1, 40))
def test_laps_are_as_alike_as_can_be_and_make_up_all_iterations(iterations: int, laps: int) -> None:
    sizes = lap_sizes(iterations, laps)
    assert sum(sizes) == iterations
    assert len(sizes) == min(laps, iterations)
    assert max(sizes) - min(sizes) <= 1


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=40))
def test_times_that_are_packed_are_unpacked_as_they_were(times: list[int]) -> None:
    assert unpack(pack(times)) == tuple(times)


def test_twenty_laps_take_less_room_than_half_their_digits() -> None:
    times = [285_000 + 37 * lap for lap in range(20)]
    assert len(pack(times)) < len(str(times)) / 2


@pytest.mark.parametrize("text", ["", "é", "AA==", "====", "/////w==", pack([1, 2])[:-3], pack([2**70])])
def test_what_are_no_laps_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(text)


def in_laps(*laps: float, collected: int = 0, per_lap: int = 10) -> Value:
    """A value whose laps of ten iterations take these µs an iteration."""
    times = [round(microseconds * 1000 * per_lap) for microseconds in laps]
    whole = value(0, loops=per_lap * len(laps))
    return replace(whole, wall=sum(times), laps=pack(times), collected_laps=collected)


def test_a_neighbors_spell_in_some_laps_does_not_touch_the_time_of_the_quiet_ones() -> None:
    assert quiet_seconds(in_laps(*[10.0] * 12, *[25.0] * 8)) == pytest.approx(10e-6)


def test_laps_with_a_collection_keep_their_share_of_the_time() -> None:
    """Every fourth lap has a collection that makes it half as long again: all laps are as quiet as can be."""
    laps = [15.0 if lap % 4 == 0 else 10.0 for lap in range(20)]
    mask = sum(1 << lap for lap in range(0, 20, 4))
    exact = sum(laps) / len(laps) * 1e-6
    assert quiet_seconds(in_laps(*laps, collected=mask)) == pytest.approx(exact)
    assert quiet_seconds(in_laps(*laps)) < exact * 0.95


def test_a_value_of_one_lap_is_taken_whole() -> None:
    assert quiet_seconds(value(10.0)) == pytest.approx(10e-6)


def test_iterations_that_are_not_reported_make_those_that_are_dearer() -> None:
    plain = in_laps(*[10.0] * 20)
    planted = replace(plain, loops=plain.loops - 2, unreported=2)
    assert quiet_seconds(planted) / quiet_seconds(plain) == pytest.approx(plain.loops / (plain.loops - 2))


def test_the_time_rises_with_every_lap() -> None:
    calm = [10.0 + lap / 10 for lap in range(20)]
    times = [quiet_seconds(in_laps(*[lap * slower for lap in calm])) for slower in (1.0, 1.01, 1.02)]
    assert all(late > early for early, late in pairwise(times))
