"""The memory of this process, as the system tells it."""


def process_memory(field: str) -> int | None:
    """Return the bytes of a field of /proc/self/status, such as VmHWM; None where there is none (macOS)."""
    try:
        with open("/proc/self/status") as file:
            status = file.read()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return None
