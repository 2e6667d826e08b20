"""The loops that are known and not run by default: variants of asyncio, and what PyPI has.

What a third-party loop lacks is what its own page on PyPI says of itself, of the version that is named;
what it lacks in fact is for `loopcmp check` to find.
"""

import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from harness.backends.backend import Loop, is_loop_name

ENTRY_POINT_GROUP = "loopcmp.loops"
"""The entry-point group in which a distribution names its loops: NAME = module:factory."""

LINUX, MACOS = "linux", "darwin"
SYSTEMS = {LINUX: "Linux", MACOS: "macOS"}


@dataclass(frozen=True, slots=True)
class LoopNotes:
    """What is known of a loop before it is tried: the oldest Python it is for, and its platforms.

    `platforms` are values of sys.platform, all if empty. `lacks` is what its page says, `about` which.
    """

    loop: Loop
    python: tuple[int, int] = (3, 11)
    platforms: tuple[str, ...] = ()
    lacks: str = ""
    about: str = ""


def _variant(name: str, python: tuple[int, int] = (3, 11), platforms: tuple[str, ...] = ()) -> LoopNotes:
    return LoopNotes(
        Loop(f"asyncio-{name}", factory=f"harness.backends.asyncio_variants:{name}"), python, platforms
    )


VARIANTS = (
    _variant("eager", python=(3, 12)),
    _variant("debug"),
    _variant("select"),
    _variant("poll", platforms=(LINUX, MACOS)),
    _variant("epoll", platforms=(LINUX,)),
    _variant("kqueue", platforms=(MACOS,)),
    LoopNotes(
        Loop("uvloop-debug", factory="harness.backends.asyncio_variants:uvloop_debug", distribution="uvloop")
    ),
)
"""asyncio with eager tasks, in debug mode, and on each selector; and uvloop in debug mode."""


def _pypi(
    name: str, factory: str, python: tuple[int, int], platforms: tuple[str, ...], lacks: str, about: str
) -> LoopNotes:
    return LoopNotes(
        Loop(name, factory=f"{name}:{factory}", distribution=name), python, platforms, lacks, about
    )


PYPI = (
    _pypi(
        "rloop", "new_event_loop", (3, 10), (LINUX, MACOS),
        "UNIX sockets, TLS, debug mode, sendfile, connect_accepted_socket, UDP by sock_recvfrom and "
        "sock_sendto; call_later orders negative delays otherwise", "0.5.0",
    ),
    _pypi(
        "veloxloop", "new_event_loop", (3, 11), (),
        "UNIX sockets, pipes, subprocesses, signal handlers, connect_accepted_socket, context variables in "
        "all callbacks, slow-callback warnings", "0.2.0",
    ),
    _pypi("loopmini", "new_event_loop", (3, 11), (LINUX, MACOS), "", "0.2.3"),
    _pypi("bracio", "BracioLoop", (3, 11), (), "", "0.0.1, which has no page"),
    _pypi("talyn", "Loop", (3, 13), (LINUX,), "kernels before 7.0, or without io_uring", "0.10.4"),
    _pypi("zloop", "new_event_loop", (3, 12), (LINUX, MACOS), "a stable API: experimental", "0.0.1"),
    _pypi("blazio", "new_event_loop", (3, 12), (), "", "0.1.0"),
    _pypi(
        "uringcore", "UringEventLoop", (3, 10), (LINUX,), "kernels before 5.11, or without io_uring", "0.9.1"
    ),
    _pypi("rsloop", "new_event_loop", (3, 10), (), "Linux before 6.1, macOS before 13", "0.1.66"),
    _pypi("zuvloop", "new_event_loop", (3, 14), (), "", "0.0.17"),
)  # fmt: skip
"""Loops of other projects, as their distributions on PyPI describe themselves."""

KNOWN_LOOPS = {notes.loop.name: notes for notes in (*VARIANTS, *PYPI)}


def third_party_loops() -> tuple[Loop, ...]:
    """The loops of the table, and of installed distributions; these say best what their own factory is."""
    known = {name: notes.loop for name, notes in KNOWN_LOOPS.items()}
    variants = {notes.loop.name for notes in VARIANTS}
    from_entry_points = {
        loop.name: loop for loop in _entry_point_loops(tuple(sys.path)) if loop.name not in variants
    }
    return tuple({**known, **from_entry_points}.values())


@cache
def _entry_point_loops(_path: tuple[str, ...]) -> tuple[Loop, ...]:
    """The loops of the entry points of distributions on this path, of which none is imported.

    One whose name could not be typed, or that names no attribute, is left out.
    """
    return tuple(
        Loop(point.name, factory=f"{point.module}:{point.attr}", distribution=_distribution(point))
        for point in entry_points(group=ENTRY_POINT_GROUP)
        if is_loop_name(point.name) and point.attr
    )


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""
