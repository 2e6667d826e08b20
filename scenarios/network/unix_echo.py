"""Echo over a UNIX stream socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from anyio import connect_unix, create_unix_listener

from harness.scenario import scenario
from scenarios.network.serving import Operation, echo, exchange, message, serving

TIMES = 20


@contextmanager
def socket_path() -> Iterator[Path]:
    """A name in the worker's own folder, short enough for every system, gone in the end."""
    path = Path("echo.socket")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@scenario(params={"size": [1024]}, returns=TIMES, tags=["echo"])
@asynccontextmanager
async def unix_echo(size: int) -> AsyncIterator[Operation]:
    """One client sends a message and waits for its echo, twenty times, over a UNIX stream socket.

    One iteration is 20 round trips on one open connection. Beside `tcp_echo:size=1024` it isolates
    what TCP adds in the system; what the loop does is the same. It shows nothing about passing descriptors.
    """
    sent = message(size)
    with socket_path() as path:
        async with serving(await create_unix_listener(path), echo), await connect_unix(path) as client:

            async def round_trips() -> int:
                return await exchange(client, sent, TIMES)

            await round_trips()  # off the clock: the server has accepted its clients
            yield round_trips
