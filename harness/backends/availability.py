"""Decides whether a loop can run here, from what is known without importing it."""

import importlib.metadata
import importlib.util
import sys
from enum import StrEnum

from harness.backends.backend import Loop
from harness.backends.third_party import KNOWN_LOOPS, SYSTEMS


class State(StrEnum):
    """Whether a loop can be run with this Python, from what is known without importing it."""

    AVAILABLE = "available"
    MISSING = "not installed"
    UNFIT = "not for this Python or platform"


def state_of(loop: Loop) -> State:
    """Decide whether a loop can be run here."""
    if why_unfit(loop):
        return State.UNFIT
    return State.MISSING if why_unavailable(loop) else State.AVAILABLE


def why_unavailable(loop: Loop) -> str | None:
    """Say why this loop cannot run here, with what to type; None if its package is there."""
    if reason := why_unfit(loop):
        return reason
    top = loop.module.partition(".")[0]
    own_package = loop.distribution if loop.is_ours and loop.distribution else top
    if importlib.util.find_spec(own_package) is not None:
        return None
    if loop.distribution:
        return f"{loop.distribution} is not installed: pip install {loop.distribution}"
    return f"no module named {top!r}: install the package that brings it"


def version_of(loop: Loop) -> str:
    """Return the installed version of the loop's distribution; empty where it has none of its own."""
    try:
        return importlib.metadata.version(loop.distribution) if loop.distribution else ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def why_unfit(loop: Loop) -> str | None:
    """Say why a loop of the table is not for this Python or platform; None if it is, or is not known."""
    notes = KNOWN_LOOPS.get(loop.name)
    if notes is None or notes.loop.factory != loop.factory:
        return None
    if sys.version_info < notes.python:
        return f"{loop.name} needs Python {notes.python[0]}.{notes.python[1]} or newer"
    if notes.platforms and sys.platform not in notes.platforms:
        return f"{loop.name} is for {' and '.join(SYSTEMS[platform] for platform in notes.platforms)} only"
    return None
