"""TCP echo over asyncio's streams, written by hand, under real pyperf; run by `tcp_echo.py`.

Knows nothing of loopcmp. Options: pyperf's, then --loop. An iteration is 20 round trips of 1 KiB.
"""

import asyncio
from time import perf_counter

import pyperf

MESSAGE = bytes(range(256)) * 4
TIMES = 20


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo until the client has ended."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def round_trips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One iteration."""
    for _ in range(TIMES):
        writer.write(MESSAGE)
        await writer.drain()
        if await reader.readexactly(len(MESSAGE)) != MESSAGE:
            raise ValueError("the echo is not what was sent")


async def echo(loops: int) -> float:
    """Seconds that so many iterations take on one connection."""
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await round_trips(reader, writer)
    start = perf_counter()
    for _ in range(loops):
        await round_trips(reader, writer)
    seconds = perf_counter() - start
    writer.close()
    await writer.wait_closed()
    server.close()
    return seconds


def main() -> None:
    """One benchmark, on asyncio or uvloop."""
    runner = pyperf.Runner(add_cmdline_args=lambda words, typed: words.append(f"--loop={typed.loop}"))
    runner.argparser.add_argument("--loop", choices=("asyncio", "uvloop"), required=True)
    factory = None
    if runner.parse_args().loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop

    def time(loops: int) -> float:
        with asyncio.Runner(loop_factory=factory) as running:
            return running.run(echo(loops))

    runner.bench_time_func("echo_by_hand", time)


if __name__ == "__main__":
    main()
