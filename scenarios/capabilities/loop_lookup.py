"""Names and addresses by the loop's own methods."""

import socket

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop


@loop_capability(
    title="names and addresses by the loop's own methods",
    reported=["uvloop#495"],
    returns={"localhost": [("127.0.0.1", 80)], "back": ("127.0.0.1", "80")},
)
async def loop_getaddrinfo() -> dict[str, object]:
    """A name becomes its address, and an address becomes text: getaddrinfo and getnameinfo."""
    loop = running_loop()
    found = await loop.getaddrinfo("localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM)
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    back = await loop.getnameinfo(("127.0.0.1", 80), numeric)
    return {"localhost": sorted({address[:2] for *_, address in found}), "back": back}
