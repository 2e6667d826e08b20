"""Contrasts: arms that differ in one part, compared inside each turn."""

from dataclasses import replace

import pytest

from harness.analysis.contrasts import Parts, contrasts, count_contrasts
from harness.backends.backend import EnvironmentSpec
from harness.records.contrast import Contrast
from tests.records import ASYNCIO, backends, fake_benchmark, plan, value

ROUNDS = 20

Found = tuple[str, str, str, float]


def found(
    times: dict[str, float], *names: str, gathers: bool = True, stacks: dict[str, str] | None = None
) -> list[Found]:
    """The contrasts of rounds in which every arm takes these µs, whatever the turn's own speed."""
    speeds = (1.0, 3.0, 0.5)
    rounds = [{arm: [value(time * speed) for speed in speeds] for arm, time in times.items()}] * ROUNDS
    return [
        (one.factor, one.arm, one.against, round(one.ratio.value, 3))
        for one in contrasts(backends(*names), ASYNCIO, rounds, 0.95, Parts(gathers, stacks or {}))
    ]


def test_loops_are_compared_under_the_gatherer_that_all_have() -> None:
    times = {"asyncio+anyio": 100.0, "trio+anyio": 150.0}
    assert found(times, *times) == [("loop", "trio+anyio", "asyncio+anyio", 1.5)]


def test_a_gatherer_is_compared_with_its_loops_own() -> None:
    times = {"asyncio+gather": 100.0, "asyncio+taskgroup": 130.0, "trio+nursery": 200.0, "trio+anyio": 260.0}
    assert found(times, *times) == [
        ("gatherer", "asyncio+taskgroup", "asyncio+gather", 1.3),
        ("gatherer", "trio+anyio", "trio+nursery", 1.3),
    ]


def test_asyncios_own_gather_is_not_the_anyio_layer() -> None:
    times = {"asyncio+gather": 100.0, "asyncio+native": 90.0}
    assert found(times, "asyncio+gather") == []


@pytest.mark.parametrize("told", ["asyncio+anyio", "asyncio+gather"])
def test_the_layer_is_a_backend_against_the_twin_on_its_loop(told: str) -> None:
    times = {told: 120.0, "asyncio+native": 100.0}
    assert found(times, told, gathers=told.endswith("anyio")) == [("layer", told, "asyncio+native", 1.2)]


def test_twins_are_compared_across_loops_each_on_its_own_api() -> None:
    times = {"asyncio+gather": 100.0, "trio+nursery": 120.0, "asyncio+native": 50.0, "trio+native": 75.0}

    compared = found(times, "asyncio+gather", "trio+nursery", gathers=True)

    assert compared == [("own API", "trio+native", "asyncio+native", 1.5)]


STACKS = {"asyncio": "uvicorn", "trio": "hypercorn"}


def test_a_change_of_stack_is_compared_with_every_loop_of_the_first_stack_and_is_not_called_the_loop() -> (
    None
):
    times = {"asyncio+gather": 100.0, "trio+nursery": 250.0, "uvloop+gather": 50.0}
    assert found(times, *times, gathers=False, stacks=STACKS) == [
        ("loop", "uvloop+gather", "asyncio+gather", 0.5),
        ("stack", "trio+nursery", "asyncio+gather", 2.5),
        ("stack", "trio+nursery", "uvloop+gather", 5.0),
    ]


def test_what_all_loops_have_in_common_does_not_make_a_change_of_stack_one_of_loops() -> None:
    times = {"asyncio+anyio": 100.0, "trio+anyio": 250.0}
    compared = found(times, *times, gathers=False, stacks=STACKS)
    assert compared == [("stack", "trio+anyio", "asyncio+anyio", 2.5)]


def test_an_interaction_is_a_gatherers_cost_on_one_loop_over_that_on_the_other() -> None:
    times = {
        "asyncio+gather": 100.0, "asyncio+taskgroup": 120.0, "uvloop+gather": 60.0, "uvloop+taskgroup": 90.0,
    }  # fmt: skip
    *_, last = found(times, *times)
    assert last == ("interaction", "uvloop+taskgroup", "asyncio+taskgroup", 1.25)


def test_rounds_without_one_of_the_two_arms_count_in_no_contrast() -> None:
    both = {"asyncio+anyio": [value(100.0)], "trio+anyio": [value(150.0)]}
    alone = {"asyncio+anyio": [value(100.0)]}
    (one,) = contrasts(backends(*both), ASYNCIO, [both, alone, both], 0.95, Parts(gathers=True))
    assert isinstance(one, Contrast)
    assert one.ratio.rounds == 2


def test_one_backend_has_nothing_to_be_contrasted_with() -> None:
    assert found({"asyncio+gather": 100.0}, "asyncio+gather") == []


def test_backends_of_two_environments_differ_in_more_than_one_part() -> None:
    ours, group = backends("asyncio+anyio", "asyncio+gather")
    theirs = replace(group, environment=EnvironmentSpec("old", "3.12"))
    times = {ours.name: 120.0, theirs.name: 100.0, group.name: 100.0, "asyncio+native": 90.0}
    rounds = [{name: [value(time)] for name, time in times.items()}] * ROUNDS
    pairs = [
        (one.arm, one.against)
        for one in contrasts((ours, theirs), ASYNCIO, rounds, 0.95, Parts(gathers=True))
    ]
    assert pairs == [(ours.name, "asyncio+native")]


def test_contrasts_are_counted_before_their_level_is_chosen() -> None:
    names = [
        "asyncio+gather",
        "asyncio+taskgroup",
        "uvloop+gather",
        "uvloop+taskgroup",
        "trio+nursery",
        "trio+anyio",
    ]
    rounds = [{name: [value(100.0)] for name in names}] * ROUNDS
    planned = backends(*names)
    made = contrasts(planned, ASYNCIO, rounds, 0.95, Parts(gathers=True))
    assert count_contrasts(planned, rounds, Parts(gathers=True)) == len(made) == 4
    story = plan(fake_benchmark("story"), fake_benchmark("other"), on=names)
    assert story.contrast_level(0) == pytest.approx(story.inner_level)
    assert 1 - story.contrast_level(4) == pytest.approx(0.04 / (story.comparisons + 8))
