"""A server that is closed while it serves: uvloop waits for ever, and the line that it waits at is told."""

import asyncio

from harness.scenario import scenario


@scenario(timed=False, only="asyncio")
async def closed_server_ends() -> str:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    asyncio.get_running_loop().call_later(0.05, server.close)
    try:
        await server.serve_forever()
    except asyncio.CancelledError:
        return "shut down"
    return "returned"
