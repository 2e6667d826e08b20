"""The share of CPUs that a container may use by its control groups, and how often it was held to that."""

from contextlib import suppress
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
"""Where control groups of version 2 are mounted."""


def cpu_quota(groups: Path = GROUPS, own: Path = Path("/proc/self/cgroup")) -> float | None:
    """Return the CPUs whose time this process may use, the least of its groups' limits; None without one.

    `cpu.max` holds microseconds, or "max", and the period that they are of (Linux's documentation of
    cgroup v2).
    """
    limits = (_limit(folder / "cpu.max") for folder in _own_groups(groups, own))
    return min((limit for limit in limits if limit is not None), default=None)


def cpu_stops(groups: Path = GROUPS, own: Path = Path("/proc/self/cgroup")) -> int | None:
    """Return how often the system has stopped this process's groups for their limits; None without a word.

    It is `nr_throttled` in `cpu.stat` (Linux's documentation of cgroup v2), over the group and all around it.
    """
    counts = [_stops(folder / "cpu.stat") for folder in _own_groups(groups, own)]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _stops(file: Path) -> int | None:
    with suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            name, _, count = line.partition(" ")
            if name == "nr_throttled":
                return int(count)
    return None


def _own_groups(groups: Path, own: Path) -> list[Path]:
    """Return the folder of this process's group and of each group around it."""
    with suppress(OSError):
        for line in own.read_text().splitlines():
            if line.startswith("0::/"):
                group = groups / line.removeprefix("0::/")
                return [group, *(parent for parent in group.parents if parent.is_relative_to(groups))]
    return []


def _limit(file: Path) -> float | None:
    with suppress(OSError, ValueError):
        quota, period = file.read_text().split()
        return int(quota) / int(period) if quota != "max" else None
    return None
