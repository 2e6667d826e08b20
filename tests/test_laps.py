"""Laps: how a value divides into them, their times in few bytes, and a value's time by its quiet ones."""

import gc
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from time import perf_counter_ns

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.quiet_laps import quiet_seconds
from harness.protocol.laps import lap_sizes, pack, unpack
from harness.protocol.messages import LapCollections, Value
from harness.worker.clock import Clock
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


def in_laps(*laps: float, collections: LapCollections = (), per_lap: int = 10) -> Value:
    """A value whose laps of ten iterations take these µs an iteration."""
    times = [round(microseconds * 1000 * per_lap) for microseconds in laps]
    whole = value(0, loops=per_lap * len(laps))
    return replace(whole, wall=sum(times), laps=pack(times), lap_collections=collections)


def test_a_neighbors_spell_in_some_laps_does_not_touch_the_time_of_the_quiet_ones() -> None:
    assert quiet_seconds(in_laps(*[10.0] * 12, *[25.0] * 8)) == pytest.approx(10e-6)


def test_laps_with_a_collection_keep_their_share_of_the_time() -> None:
    """Every fourth lap has a collection that makes it half as long again: all laps are as quiet as can be."""
    laps = [15.0 if lap % 4 == 0 else 10.0 for lap in range(20)]
    collections = tuple((lap, 0) for lap in range(0, 20, 4))
    exact = sum(laps) / len(laps) * 1e-6
    assert quiet_seconds(in_laps(*laps, collections=collections)) == pytest.approx(exact)
    assert quiet_seconds(in_laps(*laps)) < exact * 0.95


def test_journals_that_tell_of_a_lap_only_that_it_had_a_collection_are_read() -> None:
    laps = [15.0 if lap in {0, 3} else 10.0 for lap in range(20)]
    older = replace(in_laps(*laps), collected_laps=0b1001)
    assert quiet_seconds(older) == quiet_seconds(in_laps(*laps, collections=((0, 0), (3, 0))))


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that is as quick as can be but for what its neighbors do, whose time is known."""

    iteration: float
    collection: float = 0.0
    every: float = 0.0
    middle: int = 0

    def collections_of(self, iteration: int) -> list[int]:
        """The generations that are collected in an iteration: each `middle`-th is of the middle."""
        if not self.every:
            return []
        first, last = (int((iteration + step) / self.every) for step in (0, 1))
        return [
            1 if self.middle and number % self.middle == 0 else 0 for number in range(first + 1, last + 1)
        ]

    def seconds(self, iterations: int) -> float:
        """The true time of an iteration."""
        generations = [g for iteration in range(iterations) for g in self.collections_of(iteration)]
        return self.iteration + self.collection * sum(1 + 2 * g for g in generations) / iterations

    def value(self, iterations: int, noise: Sequence[float]) -> Value:
        """A value in as many laps as there are factors of noise."""
        times, collections, iteration = [], [], 0
        for lap, (size, factor) in enumerate(zip(lap_sizes(iterations, len(noise)), noise, strict=True)):
            generations = [g for index in range(size) for g in self.collections_of(iteration + index)]
            iteration += size
            collections += [(lap, generation) for generation in generations]
            time = self.iteration * size + self.collection * sum(1 + 2 * g for g in generations)
            times.append(round(time * factor * 1e9))
        whole = value(0, loops=iterations)
        return replace(whole, wall=sum(times), laps=pack(times), lap_collections=tuple(collections))


COLLECTING = {
    "one lap in seven": (Loop(205e-6, 250e-6, every=9.2), 24, 30),
    "two laps in five, of one and two iterations": (Loop(222e-6, 82e-6, every=3.2), 24, 30),
    "several in a lap": (Loop(205e-6, 80e-6, every=1.4), 24, 30),
    "every lap": (Loop(28e-6, 100e-6, every=7), 180, 220),
    "short iterations": (Loop(28e-6, 600e-6, every=30), 180, 220),
    "one of the middle among ten": (Loop(28e-6, 60e-6, every=12, middle=10), 180, 220),
    "none": (Loop(300e-6), 18, 25),
}
"""Loops that collect garbage in some laps, and the iterations of their values."""


@pytest.mark.parametrize("case", COLLECTING)
def test_on_a_quiet_machine_quiet_laps_tell_the_time_of_the_whole_value(case: str) -> None:
    loop, fewest, most = COLLECTING[case]
    for iterations in range(fewest, most + 1):
        exact = pytest.approx(loop.seconds(iterations), rel=0.002)
        assert quiet_seconds(loop.value(iterations, [1.0] * min(20, iterations))) == exact


@pytest.mark.parametrize("case", COLLECTING)
def test_on_a_busy_machine_a_ratio_is_that_of_a_quiet_one_however_few_laps_collect(case: str) -> None:
    """Laps are slowed by a tenth on average, some by far more: a busy hour of a shared machine."""
    (loop, fewest, most), other, draw = COLLECTING[case], Loop(300e-6), random.Random(1)
    logs = []
    for _ in range(1500):
        iterations = draw.randint(fewest, most)
        mine, theirs = ([1 + draw.expovariate(10) for _ in range(min(20, iterations))] for _ in range(2))
        ratio = quiet_seconds(loop.value(iterations, mine)) / quiet_seconds(other.value(iterations, theirs))
        logs.append(math.log(ratio / (loop.seconds(iterations) / other.seconds(iterations))))
    assert median(logs) == pytest.approx(0, abs=0.004)


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


def test_a_collection_is_told_of_the_lap_in_which_it_began() -> None:
    clock, marks = Clock(), []
    gc.disable()
    try:
        clock.start()
        for generations in ([], [0], [], [1, 0], [2]):
            for generation in generations:
                gc.collect(generation)
            marks.append(perf_counter_ns())
        gc.collect(0)  # after the last lap
        span = clock.stop(marks)
    finally:
        gc.enable()
        gc.callbacks.pop()
    assert span.lap_collections == ((1, 0), (3, 1), (3, 0), (4, 2))
    assert sum(span.laps) == span.wall
