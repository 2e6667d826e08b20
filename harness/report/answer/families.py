"""What a family's benchmarks do, in a few words, and which families people ask about first."""

from collections.abc import Iterable

_TITLES = {
    "services:http": "HTTP services",
    "services:websocket": "WebSocket services",
    "services:tcp": "TCP services",
    "services": "Services on real servers",
    "http": "HTTP in one process",
    "network": "Sockets in one process",
    "tutorial": "asyncio.gather as taught",
    "tasks": "Starting and joining tasks",
    "synchronization": "Locks, events and streams",
    "cancellation": "Cancelling and time-outs",
    "timers": "Timers",
    "system": "Threads, processes, signals",
    "startup": "Starting up",
    "native": "The loop's own API",
}
"""The titles of the families that come with loopcmp, those first that most people's programs are made of."""


def family_title(family: str) -> str:
    """Return what the benchmarks of a family do; a family of somebody else's has its own name."""
    return _TITLES.get(family, family)


def asked_first(families: Iterable[str]) -> list[str]:
    """Return the families in the order in which an answer tells them; somebody else's own stand first."""
    order = list(_TITLES)
    return sorted(families, key=lambda family: order.index(family) if family in _TITLES else -1)
