"""Scopes inside scopes."""

from contextlib import ExitStack

from anyio import CancelScope
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

TIMES = 10


@scenario(params={"depth": [1, 10, 100]}, returns=lambda depth: [TIMES] + [0] * (depth - 1))
async def nested_scopes(depth: int) -> list[int]:
    """Cancel the outermost of nested scopes, and see that it alone catches.

    One iteration enters `depth` scopes, cancels the first and passes a checkpoint inside the last,
    10 times over. It isolates entering, leaving and looking through scopes. It does not show task
    groups, each of which brings a scope of its own.
    """
    caught = [0] * depth
    for _ in range(TIMES):
        scopes = [CancelScope() for _ in range(depth)]
        with ExitStack() as stack:
            for scope in scopes:
                stack.enter_context(scope)
            scopes[0].cancel()
            await checkpoint()
        for level, scope in enumerate(scopes):
            caught[level] += scope.cancelled_caught
    return caught
