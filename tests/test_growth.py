"""A benchmark that keeps something in every iteration is warned of, with the slope; others are not."""

import os
from dataclasses import replace

import pytest

from harness.analysis.growth import LEAST_BYTES, growing
from harness.protocol.messages import Growth
from harness.records.pace import ArmRound
from harness.worker.growth import GrowthMeter
from tests.records import ASYNCIO, rounds

MIB = 1024 * 1024


def parts(*growths: Growth | None) -> list[ArmRound]:
    [first, *_] = rounds("story", {ASYNCIO: 100.0}, 1)
    [part] = first.arms
    return [replace(part, summary=replace(part.summary, growth=growth)) for growth in growths]


def test_what_grows_in_every_round_is_told_with_its_slope() -> None:
    flags = growing(parts(*(Growth(100, MIB + number, 0) for number in range(6))))
    assert flags == ("grows by 10,486 bytes an iteration",)


def test_descriptors_that_are_kept_are_told_too() -> None:
    assert growing(parts(*[Growth(100, 0, 50)] * 6)) == ("opens 0.5 descriptors an iteration and keeps them",)


@pytest.mark.parametrize(
    "growths",
    [
        [Growth(100, 0, 0)] * 6,
        [Growth(100, LEAST_BYTES - 1, 0)] * 6,
        [Growth(100, MIB, 0)] * 5 + [Growth(100, 0, 0)],
        [Growth(100, MIB, 0)] * 5,
        [Growth(100, MIB, 0)] * 5 + [None],
    ],
    ids=["nothing", "little", "not in every round", "too few rounds", "not known everywhere"],
)
def test_noise_is_no_growth(growths: list[Growth | None]) -> None:
    assert growing(parts(*growths)) == ()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the system does not tell")  # noqa: PTH110
def test_a_meter_sees_descriptors_that_come_in_the_second_half() -> None:
    meter = GrowthMeter()
    opened: list[int] = []
    for _ in range(4):
        meter.count(10)
        opened.append(os.open(os.devnull, os.O_RDONLY))
    grown = meter.growth()
    for descriptor in opened:
        os.close(descriptor)
    assert grown is not None
    assert (grown.iterations, grown.descriptors) == (20, 2)


def test_a_meter_that_saw_one_turn_says_nothing() -> None:
    meter = GrowthMeter()
    meter.count(10)
    assert meter.growth() is None
