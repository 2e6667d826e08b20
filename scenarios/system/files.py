"""Files, through AnyIO's file objects."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import open_file

from harness.scenario import scenario

SIZE = 64 * 1024
PIECE = 16 * 1024


async def write_and_read(path: Path, data: bytes) -> bytes:
    async with await open_file(path, "wb") as file:
        for at in range(0, len(data), PIECE):
            await file.write(data[at : at + PIECE])
    async with await open_file(path, "rb") as file:
        return b"".join([await file.read(PIECE) for _ in range(0, len(data), PIECE)])


@scenario(returns=True, cpus=2)
@asynccontextmanager
async def file_write_and_read() -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """A file is written in four pieces and read back in four, compared byte for byte.

    One iteration is 64 KiB each way and 12 calls in threads, for there AnyIO does all that touches a
    file. It isolates the cost of the calls: the data stays in the system's memory, so it shows nothing
    about a disk.
    """
    data = random.Random(SIZE).randbytes(SIZE)
    with TemporaryDirectory() as folder:
        path = Path(folder, "data")

        async def there_and_back() -> bool:
            return await write_and_read(path, data) == data

        yield there_and_back
