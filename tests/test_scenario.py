"""What a scenario module writes: the decorator, the words of a promise, and the type of `gather`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from typing import assert_type, cast

import pytest

from harness.backends.registry import known_backends
from harness.protocol.descriptions import DiagnosticKind
from harness.scenario import (
    ASYNCIO_GATHER,
    TASK_GROUPS,
    UNPROMISED,
    Gather,
    Left,
    any_order,
    cancelled,
    claim,
    destroyed_pending,
    differs,
    never_awaited,
    never_retrieved,
    scenario,
)


async def probe() -> int:
    return 1


def test_a_scenario_is_called_like_its_function_and_keeps_it() -> None:
    decorated = scenario()(probe)
    assert decorated.name == "probe"
    assert decorated.function is probe


def test_a_scenario_with_a_set_up_is_called_like_its_function_too() -> None:
    @scenario()
    @asynccontextmanager
    async def echo() -> AsyncIterator[Callable[[], Awaitable[int]]]:
        yield probe

    assert echo.name == "echo"


def test_a_promised_none_is_not_the_same_as_no_promise() -> None:
    assert scenario(returns=None)(probe).promise.returns is None
    nothing = scenario()(probe).promise
    assert {nothing.returns, nothing.raises, nothing.prints, nothing.leaves} == {UNPROMISED}


def test_a_scenario_that_promises_nothing_needs_no_parentheses() -> None:
    assert scenario(probe) == scenario()(probe)


@pytest.mark.parametrize("part", ["returns", "raises", "prints", "leaves"])
def test_every_part_of_a_promise_may_be_a_function_of_the_parameters(part: str) -> None:
    def promise(n: int) -> list[int]:
        return list(range(n))

    decorated = scenario(params={"n": [1, 2]}, **{part: promise})(probe)  # type: ignore[call-overload]
    assert getattr(decorated.promise, part) is promise


def test_what_a_scenario_is_swept_over_cannot_be_changed_behind_its_back() -> None:
    params = {"n": [1, 2]}
    tags = ["slow"]
    decorated = scenario(params=params, tags=tags)(probe)
    params.clear()
    tags.clear()
    assert decorated.params == {"n": [1, 2]}
    assert decorated.tags == ("slow",)


def test_a_scenario_is_timed_on_one_cpu_unless_it_says_otherwise() -> None:
    plain, needy = scenario()(probe), scenario(timed=False, cpus=2, ideal=0.5)(probe)
    assert (plain.timed, plain.cpus, plain.ideal) == (True, 1, None)
    assert (needy.timed, needy.cpus, needy.ideal) == (False, 2, 0.5)


def test_a_scenario_without_anyio_says_whose_twin_it_is_and_where_it_runs() -> None:
    twin = scenario(native="fan_out", only="trio")(probe)
    assert (twin.native, twin.only) == ("fan_out", "trio")
    assert (scenario()(probe).native, scenario()(probe).only) == ("", None)


def test_any_order_takes_a_list_as_well_as_a_tuple() -> None:
    assert any_order([1, 2]) == any_order((1, 2))
    assert any_order([1, 2]) != any_order([2, 1, 1])


@pytest.mark.parametrize(("on", "patterns"), [("trio+*", ("trio+*",)), (["a+*", "b+*"], ("a+*", "b+*"))])
def test_a_difference_is_on_one_pattern_or_on_several(on: str | list[str], patterns: tuple[str, ...]) -> None:
    difference = differs(on=on, returns=2, because="it is so", source="its documentation", python=">=3.12")
    assert difference.on == patterns
    assert (difference.because, difference.source) == ("it is so", "its documentation")
    assert difference.python == ">=3.12"
    assert (difference.promise.returns, difference.promise.raises) == (2, UNPROMISED)


def test_a_claim_has_our_words_its_place_and_a_promise() -> None:
    made = claim("tasks run side by side", where="introduction", prints=["a", "b"])
    assert (made.words, made.where, made.promise.prints) == (
        "tasks run side by side",
        "introduction",
        ["a", "b"],
    )
    assert made.promise.returns is UNPROMISED


@pytest.mark.parametrize(
    ("left", "kind", "exception"),
    [
        (never_retrieved(cancelled), "never-retrieved", cancelled),
        (never_awaited(), "never-awaited", None),
        (destroyed_pending(), "destroyed-pending", None),
    ],
)
def test_what_a_scenario_leaves_has_a_kind_and_perhaps_an_exception(
    left: Left, kind: DiagnosticKind, exception: object
) -> None:
    assert left == Left(kind, exception)


@pytest.mark.parametrize("backend", [backend.name for backend in known_backends()])
def test_every_backend_gathers_with_asyncio_or_in_a_task_group_and_never_both(backend: str) -> None:
    matches = [pattern for pattern in (*ASYNCIO_GATHER, *TASK_GROUPS) if fnmatchcase(backend, pattern)]
    assert len(matches) == 1


async def types_of(gather: Gather) -> tuple[list[int], list[int | BaseException]]:
    """Never wrong at run time; mypy is what checks it."""
    plain = assert_type(await gather(probe(), probe()), list[int])
    kept = assert_type(await gather(probe(), return_exceptions=True), list[int | BaseException])
    return plain, kept


def test_asyncio_gather_itself_is_called_and_answers_like_any_gather() -> None:
    gather = cast("Gather", asyncio.gather)  # mypy follows from the words of typeshed on 3.11 only
    assert asyncio.run(types_of(gather)) == ([1, 1], [1])
