"""TLS through AnyIO, which encrypts by itself over the loop's plain streams."""

from anyio import Event, connect_tcp, create_task_group, create_tcp_listener
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSListener

from scenarios.capabilities.capability import PAYLOAD, capability, fingerprint
from scenarios.capabilities.certificate import client_side, server_side
from scenarios.capabilities.serving import receive_exactly, serving


@capability(
    title="encrypted streams",
    reported=["uvloop#176"],
    returns={"echo": fingerprint(PAYLOAD), "end": "EndOfStream"},
)
async def anyio_tls() -> dict[str, str]:
    """TLS: 1 MiB goes to a server and back, and closing is seen as an end that nobody cut off."""
    ends, ended = [], Event()

    async def handle(stream: ByteStream) -> None:
        async with stream:
            try:
                while True:
                    await stream.send(await stream.receive())
            except Exception as error:  # noqa: BLE001 - how the stream ends is what is asked
                ends.append(type(error).__name__)
        ended.set()

    listener = await create_tcp_listener(local_host="127.0.0.1")
    async with serving(TLSListener(listener, server_side()), handle):
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here
        client = await connect_tcp("127.0.0.1", port, ssl_context=client_side())
        async with client, create_task_group() as tasks:
            tasks.start_soon(client.send, PAYLOAD)
            received = await receive_exactly(client, len(PAYLOAD))
        await ended.wait()
    return {"echo": fingerprint(received), "end": ", ".join(ends)}
