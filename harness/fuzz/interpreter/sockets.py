"""What statements about pairs of sockets do, written in AnyIO."""

import anyio

from harness.fuzz.interpreter.execution import OBJECTS, Execution, Statement, Task
from harness.fuzz.interpreter.nodes import Node

SIZE = 4
"""The bytes that a number is sent as."""


def _end(node: Node) -> tuple[int, bool]:
    return node.fields[0] % OBJECTS, node.fields[1]


async def _send(run: Execution, task: Task, node: Node) -> None:
    end = _end(node)
    if end in run.ended:
        return
    is_free = end not in run.sending
    run.sending.add(end)
    try:
        await run.wait(task, node, run.sockets[end].send(node.number.to_bytes(SIZE, "big")))
    finally:
        if is_free:
            run.sending.discard(end)


async def _receive(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, _receive_number(run.sockets[_end(node)]))


async def _receive_number(stream: anyio.abc.SocketStream) -> int:
    return int.from_bytes(await stream.receive(SIZE), "big")


async def _send_end(run: Execution, task: Task, node: Node) -> None:
    """It is not said what comes of bytes that are being sent, nor whether it is a checkpoint."""
    end = _end(node)
    if end in run.closed or end in run.sending:
        return
    run.ended.add(end)
    with anyio.CancelScope(shield=True):
        await run.wait(task, node, run.sockets[end].send_eof())


async def _close(run: Execution, task: Task, node: Node) -> None:
    end = _end(node)
    run.closed.add(end)
    stream = run.sockets[end]
    await run.wait(task, node, anyio.aclose_forcefully(stream) if node.fields[2] else stream.aclose())


SOCKETS: dict[str, Statement] = {
    "socket-send": _send,
    "socket-receive": _receive,
    "socket-end": _send_end,
    "socket-close": _close,
}
"""What runs each of these statements, by its keyword on the wire."""
