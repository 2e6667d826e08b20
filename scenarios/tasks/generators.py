"""Async generators, which the loop is told of, and async context managers, which it is not."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from harness.scenario import scenario

GENERATORS = 100
ITEMS = 10


async def count() -> AsyncIterator[int]:
    for number in range(ITEMS):
        yield number


@scenario(params={"early": [False, True]}, returns=lambda early: GENERATORS * (1 if early else ITEMS))
async def async_generators(*, early: bool) -> int:
    """Iterate over async generators, to their end or leaving each after its first item.

    One iteration is 100 generators of 10 items that never suspend. It isolates the hooks by
    which a loop keeps track of async generators in order to close them. It does not show
    generators that wait for something, nor those that nobody closes.
    """
    items = 0
    for _ in range(GENERATORS):
        async with aclosing(count()) as numbers:  # type: ignore[type-var]
            async for _ in numbers:
                items += 1
                if early:
                    break
    return items


@asynccontextmanager
async def visit(log: list[int]) -> AsyncIterator[int]:
    log.append(1)
    try:
        yield len(log)
    finally:
        log.append(-1)


@scenario(returns=[sum(range(1, 2 * GENERATORS, 2)), 0])
async def async_context_managers() -> list[int]:
    """Enter and leave async context managers made of generators that never suspend.

    One iteration is 100 of them. It isolates what `async with` and `@asynccontextmanager` cost on a
    loop, the hooks for async generators among it. It does not show set-ups that wait.
    """
    log: list[int] = []
    entered = 0
    for _ in range(GENERATORS):
        async with visit(log) as place:
            entered += place
    return [entered, sum(log)]
