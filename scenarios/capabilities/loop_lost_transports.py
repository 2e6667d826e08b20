"""What a transport lets itself be asked when its connection is closing or lost."""

from typing import Any

from harness.scenario import differs
from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.plain import listener, reset
from scenarios.capabilities.running_loop import Peer, lost, running_loop

QUIET = {"closing": "does nothing", "lost": "does nothing"}
MESSAGE = b"too late"

RAISED_BY_UVLOOP = differs(
    on="uvloop+*",
    returns={"closing": "does nothing", "lost": "raises RuntimeError"},
    because="uvloop raises RuntimeError where a connection is lost",
    source="uvloop#506, uvloop#685",
)


def outcome(transport: Any, *calls: tuple[Any, ...]) -> str:
    """What a transport does when these methods of it are called."""
    try:
        for method, *arguments in calls:
            getattr(transport, method)(*arguments)
    except Exception as error:  # noqa: BLE001 - which one it is is what is asked
        return f"raises {type(error).__name__}"
    return "does nothing"


async def asked(*calls: tuple[Any, ...]) -> dict[str, str]:
    """What comes of calling a transport's methods while it is closing, and when it is lost."""
    loop = running_loop()
    with listener() as there:
        address = there.getsockname()
        transport, client = await loop.create_connection(Peer, *address)
        accepted, _ = there.accept()
        reset(accepted)
        await lost(client)
        answers = {"lost": outcome(transport, *calls)}
        transport, client = await loop.create_connection(Peer, *address)
        transport.close()
        answers["closing"] = outcome(transport, *calls)
        await lost(client)
    return dict(sorted(answers.items()))


@loop_capability(
    title="writing to a connection that is closing or lost",
    reported=["uvloop#506", "uvloop#685", "zuvloop#17"],
    returns=QUIET,
    lacking=[RAISED_BY_UVLOOP],
)
async def loop_write_after_loss() -> dict[str, str]:
    """Transport.write to a connection that is closing or lost is dropped without an error."""
    return await asked(*[("write", MESSAGE)] * 3)


@loop_capability(
    title="writing lines to a connection that is closing or lost",
    reported=["cpython#136234"],
    returns=QUIET,
    lacking=[
        RAISED_BY_UVLOOP,
        *(
            differs(
                on="asyncio*",
                python=version,
                returns={"closing": "raises TypeError", "lost": "raises AttributeError"},
                because="writelines of asyncio calls what a lost connection has already cleared; "
                "mended in 3.13.10 and 3.14.1 by Python's changelog",
                source="cpython#136234",
            )
            for version in (">=3.12,<3.13.10", "==3.14.0")
        ),
    ],
)
async def loop_writelines_after_loss() -> dict[str, str]:
    """Transport.writelines to a connection that is closing or lost is dropped without an error."""
    return await asked(*[("writelines", [MESSAGE, MESSAGE])] * 3)


@loop_capability(
    title="pausing a connection that is closing or lost",
    reported=["uvloop#93"],
    returns=QUIET,
)
async def loop_pause_after_loss() -> dict[str, str]:
    """pause_reading and resume_reading of a connection that is closing or lost do nothing."""
    return await asked(("pause_reading",), ("resume_reading",))
