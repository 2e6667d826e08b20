"""A child process that must not outlive the process that started it."""

import os
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG, see prctl(2)."""


def end_with(parent: int) -> None:
    """End when the parent ends, whatever this process does then; on Linux only. End now if it has gone."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has gone")
