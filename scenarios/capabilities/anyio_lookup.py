"""Names and addresses, through AnyIO."""

import socket

from anyio import getaddrinfo, getnameinfo

from scenarios.capabilities.capability import capability


@capability(
    title="names and addresses",
    reported=["uvloop#495"],
    returns={
        "localhost": [("127.0.0.1", 80)],
        "no number": "gaierror",
        "back": ("127.0.0.1", "80"),
    },
)
async def anyio_lookup() -> dict[str, object]:
    """A name becomes its address, what is no number is refused as one, and an address becomes text."""
    found = await getaddrinfo("localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM)
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    return {
        "localhost": sorted({address[:2] for *_, address in found}),
        "no number": await refused("localhost"),
        "back": await getnameinfo(("127.0.0.1", 80), numeric),
    }


async def refused(name: str) -> str:
    try:
        await getaddrinfo(name, 80, flags=socket.AI_NUMERICHOST)
    except OSError as error:
        return type(error).__name__
    return "not refused"
