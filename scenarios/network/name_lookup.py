"""Names to addresses."""

from socket import SOCK_STREAM

from anyio import getaddrinfo

from harness.scenario import scenario

TIMES = 5


@scenario(cpus=2)
async def localhost_addresses() -> list[list[tuple[str, str]]]:
    """The addresses of localhost are looked up, five times.

    One iteration is 5 lookups. The system's resolver blocks, so every loop hands it to a thread, each to
    its own kind: that hand-over is what this isolates. It shows nothing about a name server. What the
    addresses are is up to the machine; that every loop gives the same is what is checked.
    """
    found = [await getaddrinfo("localhost", 80, type=SOCK_STREAM) for _ in range(TIMES)]
    return [[(family.name, address[0]) for family, _, _, _, address in one] for one in found]
