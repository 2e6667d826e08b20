"""How a capability is stated: a promise that is never timed, and data that is compared."""

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from harness.scenario import DifferenceSpec, Scenario, differs, scenario


def capability(**promise: Any) -> Callable[[Callable[..., Any]], Scenario]:
    """A scenario of this family. Its documented differences say what a loop is documented to lack."""
    return scenario(timed=False, tags=("capability",), **promise)


NO_LOOP: Final = "there is no asyncio loop here"

NOT_ON_TRIO: Final = differs(
    on="trio+*",
    raises=NotImplementedError(NO_LOOP),
    leaves=(),
    because="trio is no asyncio loop: it has functions of its own instead of a loop's methods",
    source="github.com/python-trio/trio-asyncio, which brings asyncio's loop again on top of trio",
)


def loop_capability(
    *, lacking: Sequence[DifferenceSpec] = (), **promise: Any
) -> Callable[[Callable[..., Any]], Scenario]:
    """A capability that is a method of asyncio's loops; `lacking` says which others are known to lack it."""
    return capability(differs=[NOT_ON_TRIO, *lacking], **promise)


PAYLOAD: Final = random.Random(0).randbytes(1 << 20)
"""1 MiB without a period that could hide a loss; no kernel buffer takes it in one piece."""

IDLE: Final = 0.05
"""Seconds in which a loop with nothing to do goes to sleep; one that has not is no reason to fail."""

PATIENCE: Final = 1.0
"""Seconds in which something that does not happen at once is waited for."""


def fingerprint(data: bytes | bytearray) -> str:
    """The size and digest of data, so that a promise can be read."""
    return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}"
