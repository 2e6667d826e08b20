"""Dask's distributed as the engine. Replies are bytes, and none is unpickled."""

import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event
from typing import Any, Self

from distributed import Client, Future, Security
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError

from harness.cluster.engine import Flight, Lost
from harness.cluster.on_host import RENEWAL, do_job
from harness.cluster.replies import LARGEST_REPLY

WITHOUT_PICKLE = ["msgpack", "error"]
"""How replies may be read: neither of these unpickles anything."""

PATIENCE = 30.0
"""The seconds within which the scheduler must answer, and a reply that is ready must arrive."""


class DaskEngine:
    """A client of a scheduler, for as long as the `with` block lasts. Raises OSError where there is none."""

    def __init__(
        self,
        address: str,
        security: Security | None,
        *,
        is_complete: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        self.is_complete = is_complete
        self.address = address
        self.security = security
        self._patience = patience
        self._lease = f"loopcmp-{uuid.uuid4().hex}"
        self._came_back = Event()
        self._client = self._connected()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close(timeout=5)

    def _connected(self) -> Client:
        client = Client(
            self.address,
            security=self.security,
            set_as_default=False,
            deserializers=WITHOUT_PICKLE,
            timeout=self._patience,
        )
        self._renewed = 0.0
        return client

    def hosts(self) -> frozenset[str]:
        """Return the addresses of the engine's workers that are at work; connect again if need be."""
        if self._client.status == "closed":
            self._client = self._connected()
        identity = self._asked(self._client.scheduler.identity, n_workers=-1)
        workers = identity["workers"]
        return frozenset(address for address, worker in workers.items() if worker["status"] == "running")

    def submit(self, host: str, job: bytes) -> "DaskFlight":
        """Send a job to this host and to no other."""
        key = f"loopcmp-{uuid.uuid4().hex}"
        future = self._client.submit(
            do_job, job, self._lease, key=key, workers=[host], allow_other_workers=False, pure=False
        )
        future.add_done_callback(lambda _: self._came_back.set())
        return DaskFlight(self._client, future)

    def forgotten(self, flights: Iterable[Flight]) -> set[Flight]:
        """Return those of these jobs that no host is at work on, though they have not come back."""
        processing = self._asked(self._client.scheduler.processing, workers=None)
        known = {key for keys in processing.values() for key in keys}
        return {
            flight
            for flight in flights
            if isinstance(flight, DaskFlight) and flight.key not in known and flight.is_pending
        }

    def wait(self, seconds: float) -> None:
        """Wait until a job may have come back, and tell the hosts that this submitter lives."""
        if (now := time.monotonic()) - self._renewed >= RENEWAL:
            self._asked(self._client.scheduler.set_metadata, keys=[self._lease], value=now)
            self._renewed = now
        self._came_back.wait(seconds)
        self._came_back.clear()

    def _asked(self, question: Callable[..., Any], **words: Any) -> Any:
        """Ask the scheduler something. Raises OSError where it does not answer."""
        return self._client.sync(question, **words, callback_timeout=PATIENCE)


class DaskFlight:
    """A job that the scheduler knows as a future."""

    def __init__(self, client: Client, future: Future[Any]) -> None:
        self._client = client
        self._future = future
        self.key = future.key

    @property
    def is_pending(self) -> bool:
        """Whether the job has not come back."""
        return bool(self._future.status == "pending")

    def outcome(self) -> object | Lost | None:
        """Return the reply, or that there is none; a reply that is too large is not fetched."""
        match self._future.status:
            case "pending":
                return None
            case "finished":
                return self._fetched()
            case status:
                return Lost(f"the engine gave it up ({status})")

    def _fetched(self) -> object | Lost:
        try:
            sizes = self._client.sync(
                self._client.scheduler.nbytes, keys=[self.key], summary=False, callback_timeout=PATIENCE
            )
            if sizes.get(self.key, 0) > 2 * LARGEST_REPLY:
                return Lost(f"its reply has {sizes[self.key]} bytes")
            reply: object = self._future.result(timeout=PATIENCE)
        except (OSError, FutureCancelledError, CommClosedError) as error:
            return Lost(f"its reply did not arrive ({type(error).__name__})")
        except Exception as error:  # noqa: BLE001 - whatever a stranger's reply makes of the engine
            return Lost(f"its reply cannot be read ({type(error).__name__})")
        return reply

    def release(self) -> None:
        """Have the scheduler forget the job; the host ends what runs of it."""
        with suppress(OSError, CommClosedError):
            self._future.release()
