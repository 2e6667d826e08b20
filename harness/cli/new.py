"""`loopcmp new`: a scenario file to start from."""

import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

TEXT = '''\
"""A workload of my own: say here what it stands for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import create_memory_object_stream
from anyio.lowlevel import checkpoint
from harness.scenario import Gather, scenario


async def handle(number: int) -> int:
    """What one task does. Use AnyIO here, never asyncio or trio: this runs on all of them."""
    await checkpoint()
    return number * number


# Swept over n: one benchmark each. `returns` promises what every loop gives; without a promise,
# the first loop's result is what the others must give too.
@scenario(params={"n": [10, 100]}, returns=lambda n: [number * number for number in range(n)])
async def handle_many(gather: Gather, n: int) -> list[int]:
    """Handle n requests side by side.

    One iteration is what is timed: keep it short, end every task that it starts, and return
    something that shows it was done. `gather` is asyncio.gather, or the like of it elsewhere.
    """
    return await gather(*map(handle, range(n)))


# What comes before `yield` is the set-up and what comes after it the tear-down: neither is timed.
@scenario(returns="pong")
@asynccontextmanager
async def ping() -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Send one message through a stream that is there already."""
    sender, receiver = create_memory_object_stream[str](1)

    async def exchange() -> str:
        await sender.send("pong")
        return await receiver.receive()

    async with sender, receiver:
        yield exchange
'''
"""The file as it is written; a test runs it."""


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as mine.py.")],
) -> None:
    """Write a scenario file to start from.

    It runs as it is. A file that is there already is left as it is.
    """
    from harness.errors import BadInput

    if file.suffix != ".py":
        raise BadInput(f"{file} is no Python file: its name must end in .py")
    try:
        _write(file)
    except FileExistsError:
        raise BadInput(f"{file} is there already: choose another name") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from None
    typed = shlex.quote(str(file))
    typer.echo(f"Wrote {file}. To check it: loopcmp check {typed}; to time it too: loopcmp run {typed}")


def _write(file: Path) -> None:
    """Write the file, or leave none: not an empty one where the disk is full. Raises OSError."""
    with file.open("x", encoding="utf-8") as opened:
        try:
            opened.write(TEXT)
            opened.flush()
        except OSError:
            with suppress(OSError):
                file.unlink()
            raise
