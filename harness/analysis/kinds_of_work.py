"""The kinds of work that benchmarks are told by: a mean over unlike things would speak for none of them."""

from harness.protocol.benchmarks import Benchmark
from harness.protocol.traffic import Serves

_HTTP_SERVERS = frozenset({"uvicorn", "hypercorn", "aiohttp", "granian", "stack"})
"""The tags of the services over HTTP in records that do not say what a service serves."""


SERVICES = tuple(f"services:{serves}" for serves in Serves)
"""The kinds of work of the services that come with loopcmp, those first that are asked about most."""


def kind_of_work(benchmark: Benchmark) -> str:
    """Return the kind of work of a benchmark: its family, and of a service also what it serves.

    That reads `services:http`. An HTTP server, an echo over TCP and a WebSocket spend their time at unlike
    things, and a loop that takes less of it in one may take more in another.
    """
    return f"{benchmark.family}:{_serves(benchmark)}" if benchmark.is_service else benchmark.family


def _serves(benchmark: Benchmark) -> Serves:
    """Return what a service serves; by its tags where the record is too old to say so."""
    if benchmark.serves is not None:
        return benchmark.serves
    if "websocket" in benchmark.tags:
        return Serves.WEBSOCKET
    is_http = benchmark.app or not _HTTP_SERVERS.isdisjoint(benchmark.tags)
    return Serves.HTTP if is_http else Serves.TCP
