"""What a queue asks of an engine: which hosts there are, to carry a job to one, and its reply back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lost:
    """A job has no reply: its host has gone, or the engine does not know of the job any more."""

    reason: str


class Flight(Protocol):
    """A job on its way, from when it is submitted until it is released."""

    def outcome(self) -> object | Lost | None:
        """Return the reply, or that there is none; None while the job is on its way."""

    def release(self) -> None:
        """Have the engine forget the job; what runs of it ends."""


class Engine(Protocol):
    """Carries jobs to hosts. Its methods raise OSError where it cannot be reached."""

    @property
    def is_complete(self) -> bool:
        """Whether no host joins that is not there already."""

    def hosts(self) -> frozenset[str]:
        """Return the addresses of the hosts that are there."""

    def submit(self, host: str, job: bytes) -> Flight:
        """Send a job to a host."""

    def forgotten(self, flights: Iterable[Flight]) -> set[Flight]:
        """Return those of these jobs that have not come back and of which the engine knows nothing."""

    def wait(self, seconds: float) -> None:
        """Wait until a job may have come back, so long at the most."""
