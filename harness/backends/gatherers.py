"""The gatherers that loopcmp brings: they mean the same over every library's task group."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from operator import attrgetter
from typing import Any, TypeVar, cast

from anyio import create_task_group

from harness.scenario import Gather

Group = TypeVar("Group")
Start = Callable[..., object]


def gather_in(
    open_group: Callable[[], AbstractAsyncContextManager[Group]],
    start_in: Callable[[Group], Start],
) -> Gather:
    """Make a gatherer over a task group; `start_in` gives the group's way to start a function with arguments.

    Called and not awaited, nothing starts. Awaited, the arguments are checked before anything
    starts; the same awaitable twice starts once and fills both places; errors leave in the
    group's own exception group, unless `return_exceptions` keeps each Exception in its place.
    """

    async def gather(*awaitables: Awaitable[Any], return_exceptions: bool = False) -> list[Any]:
        distinct = _places(awaitables)
        results: list[Any] = [None] * len(awaitables)
        if not distinct:
            return results
        collect = _fill_or_keep if return_exceptions else _fill
        async with open_group() as group:
            start = start_in(group)
            for awaitable, places in distinct:
                start(collect, results, places, awaitable)
        return results

    return cast("Gather", gather)


async def _fill(results: list[Any], places: Sequence[int], awaitable: Awaitable[Any]) -> None:
    result = await awaitable
    for place in places:
        results[place] = result


async def _fill_or_keep(results: list[Any], places: Sequence[int], awaitable: Awaitable[Any]) -> None:
    try:
        result = await awaitable
    except Exception as error:  # noqa: BLE001 - this is what return_exceptions=True means
        result = error
    for place in places:
        results[place] = result


def _places(awaitables: Sequence[Awaitable[Any]]) -> list[tuple[Awaitable[Any], list[int]]]:
    """Return each distinct awaitable with the places it fills. Raises TypeError for what is none."""
    distinct: dict[int, tuple[Awaitable[Any], list[int]]] = {}
    for place, awaitable in enumerate(awaitables):
        if not isinstance(awaitable, Awaitable):
            raise TypeError(f"gather takes awaitables, not {type(awaitable).__name__}")
        distinct.setdefault(id(awaitable), (awaitable, []))[1].append(place)
    return list(distinct.values())


anyio_gather = gather_in(create_task_group, attrgetter("start_soon"))
"""The gatherer over an AnyIO task group, on whichever library is running."""
