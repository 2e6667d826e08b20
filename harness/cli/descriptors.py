"""The standard descriptors: 0, 1 and 2 are always open, and no output that cannot be written is a finding."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

STANDARD = 3
"""How many descriptors a program is given: its input, its output and its messages."""


def open_standard_descriptors() -> None:
    """Open /dev/null on each standard descriptor that is closed, as `<&-` and `>&-` leave them.

    Otherwise the next pipe to a worker would be given such a number, and be taken for a standard stream.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < STANDARD:
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - it takes no name
    os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, "r", encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def escape_what_cannot_be_encoded() -> None:
    """Write what a terminal's encoding does not have as an escape: one that knows no ✓ is no failure."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def settle_output() -> None:
    """Write what standard output still holds; where that fails, see to it that it does not fail once more."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _discard_output()


def _discard_output() -> None:
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
