"""A scenario with its arguments, as a worker calls it."""

from functools import partial

from harness.backends.registry import find_backend
from harness.backends.runtime import open_backend
from harness.scenario import scenario
from harness.worker.loading import bind


@scenario(params={"n": [1], "size": [2]})
async def swept(gather: object, size: int, n: int) -> tuple[object, int, int]:
    return gather, size, n


@scenario(params={"n": [1]})
async def by_keyword(*, n: int, gather: object) -> tuple[object, int]:
    return gather, n


def called(probe: object) -> tuple[tuple[object, ...], dict[str, object]]:
    assert isinstance(probe, partial)
    return probe.args, probe.keywords


RUNNING = open_backend(find_backend("asyncio+gather"))


def test_arguments_are_bound_by_position_for_that_is_the_cheapest_call() -> None:
    bound = bind(swept, {"n": 1, "size": 2}, RUNNING).operation
    assert called(bound) == ((RUNNING.gather, 2, 1), {})


def test_what_a_function_takes_by_keyword_only_is_bound_so() -> None:
    bound = bind(by_keyword, {"n": 1}, RUNNING).operation
    assert called(bound) == ((), {"n": 1, "gather": RUNNING.gather})
