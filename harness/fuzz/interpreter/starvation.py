"""How long this process has waited for a CPU: what is late on a busy machine is not the loop's fault."""

from contextlib import suppress
from pathlib import Path

_WAITED = Path("/proc/self/schedstat")
"""The first thread's nanoseconds on a CPU, nanoseconds of waiting for one, and number of turns (Linux)."""


def seconds_waited() -> float:
    """Seconds for which the first thread has stood in line for a CPU so far; 0 where nobody tells."""
    with suppress(OSError, ValueError, IndexError):
        return int(_WAITED.read_text().split()[1]) / 1e9
    return 0.0
