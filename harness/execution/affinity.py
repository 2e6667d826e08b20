"""Which CPUs workers are pinned to, and how this process is kept off them."""

import os
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress


def choose_cpus(wanted: int) -> frozenset[int] | None:
    """Choose `wanted` allowed CPUs for workers, CPU 0 last of all; None where workers cannot be pinned."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0), reverse=True)
    return frozenset(allowed[:wanted])


def choose_others(cpus: frozenset[int] | None) -> frozenset[int] | None:
    """Choose a CPU for a driver beside workers on these; theirs where there is no other, None for any."""
    if cpus is None:
        return None
    others = sorted(os.sched_getaffinity(0) - cpus, reverse=True)
    return frozenset(others[:1]) or cpus


def allowed_cpus() -> tuple[int, ...]:
    """Return the CPUs that this process may use: in a container, or under taskset, not all there are."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def keep_off(cpus: Collection[int]) -> None:
    """Leave these CPUs to others from now on, where there is another one for this process."""
    if hasattr(os, "sched_setaffinity") and (others := os.sched_getaffinity(0) - {*cpus}):
        os.sched_setaffinity(0, others)


@contextmanager
def avoiding(cpus: frozenset[int] | None) -> Iterator[None]:
    """Keep all threads of this process off the workers' CPUs, where there are others."""
    if cpus is None or not (os.sched_getaffinity(0) - cpus):
        yield
        return
    threads = [thread.native_id for thread in threading.enumerate() if thread.native_id is not None]
    before = os.sched_getaffinity(0)
    _move(threads, before - cpus)
    try:
        yield
    finally:
        _move(threads, before)


def _move(threads: Sequence[int], cpus: Collection[int]) -> None:
    for thread in threads:
        with suppress(ProcessLookupError):  # it has ended
            os.sched_setaffinity(thread, cpus)


@contextmanager
def pinned_to(cpus: frozenset[int] | None) -> Iterator[None]:
    """Start children on these CPUs: a child inherits them from the thread that starts it.

    Pinned before exec, so that threads which a library makes when imported are pinned too.
    """
    if cpus is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
