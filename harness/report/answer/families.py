"""What a family's benchmarks do, in a few words."""

_TITLES = {
    "tutorial": "asyncio.gather, as taught",
    "tasks": "Starting and joining tasks",
    "cancellation": "Cancelling and time-outs",
    "synchronization": "Locks, events, streams",
    "timers": "Timers",
    "network": "Sockets: TCP, TLS, UDP",
    "http": "HTTP and WebSocket",
    "services": "Services on real servers",
    "system": "Threads, processes, signals",
    "startup": "Starting up",
    "native": "The loop's own API",
}


def family_title(family: str) -> str:
    """Return what the benchmarks of a family do; a family of somebody else's has its own name."""
    return _TITLES.get(family, family)
