"""A scenario that raises on every loop could not be measured, and its error has a file and a line."""

from anyio.lowlevel import checkpoint  # noqa: F401 - it is what is misspelt below

from harness.scenario import scenario


@scenario()
async def misspelt() -> int:
    await checkpont()  # type: ignore[name-defined]  # noqa: F821 - the fault
    return 1
