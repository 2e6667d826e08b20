"""The memory of this process, as the system tells it."""

from pathlib import Path


def process_memory(field: str) -> int | None:
    """Return the bytes of a field of /proc/self/status, such as VmHWM; None where there is none (macOS)."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return None
