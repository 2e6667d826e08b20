"""What is said when a command does not end well, and with which exit code: one sentence, no traceback.

A traceback is for whoever mends the program: it goes to a file, or is shown where LOOPCMP_TRACEBACK=1
asks for it.
"""

import errno
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass

from harness.cli.exit_codes import COULD_NOT_MEASURE
from harness.cli.signals import Interrupted
from harness.errors import LoopcmpError, ScenarioBroken, escape_controls

_SHOW_TRACEBACK = "LOOPCMP_TRACEBACK"
"""The environment variable that asks for the traceback itself."""

ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "the system has no open files left: end other programs",
    errno.EAGAIN: "the system starts no more processes: raise the limit (ulimit -u), or end others",
    errno.ENOMEM: "the system has no memory left: end other programs",
    errno.EROFS: "make it writable",
    errno.EACCES: "make it accessible",
    errno.EPERM: "make it accessible",
    errno.EIO: "look after the disk or the terminal",
    errno.EBADF: "leave it open",
}
"""What to do about an error of the system that is nobody's mistake in typing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a command ends that did not end well: its exit code, and what is said on stderr."""

    exit_code: int
    message: str
    frames: str = ""
    """A traceback of the user's own module, or one that was asked for."""

    def say(self) -> None:
        """Write it to stderr, where that can still be written to."""
        with suppress(OSError, ValueError):
            if self.message:
                sys.stderr.write(f"{escape_controls(self.frames)}loopcmp: {escape_controls(self.message)}\n")
            sys.stderr.flush()


def failure_of(error: BaseException) -> Failure:
    """Explain an exception that ended a command."""
    match error:
        case Interrupted():
            return Failure(error.exit_code, str(error))
        case ScenarioBroken():
            return Failure(error.exit_code, str(error), error.frames)
        case LoopcmpError():
            return Failure(error.exit_code, str(error))
        case OSError() if sentence := _of_the_system(error):
            return Failure(COULD_NOT_MEASURE, sentence, _frames_if_asked(error))
        case _:
            return _unexpected(error)


def _of_the_system(error: OSError) -> str:
    """Say what the system refused and what to do; "" where that may well be a fault of the program."""
    if not _current_folder_exists():
        return "the current folder was removed: change to one that exists, then type the command again"
    if error.errno == errno.ENOENT and not _temporary_folder():
        return (
            "there is no folder for temporary files that can be written to: make room in /tmp, or set TMPDIR"
        )
    if error.errno not in ADVICE:
        return ""
    return f"{_what_failed(error)}: {os.strerror(error.errno)}; {ADVICE[error.errno]}"


def _what_failed(error: OSError) -> str:
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)} cannot be used"
    if _output_fails():
        return "standard output cannot be written"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "standard output or a temporary file cannot be written"
    return "the command cannot go on"


def _output_fails() -> bool:
    """Whether what standard output still holds cannot be written either."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return True
    return False


def _current_folder_exists() -> bool:
    with suppress(OSError):
        return bool(os.getcwd())  # noqa: PTH109 - Path.cwd() is the same call
    return False


def _temporary_folder() -> str:
    with suppress(OSError):
        return tempfile.gettempdir()
    return ""


def _unexpected(error: BaseException) -> Failure:
    """Explain a fault of the program: what happened, where the traceback is, and whom to tell."""
    first_line = next(iter(str(error).splitlines()), "")
    happened = f"unexpected {type(error).__name__}{first_line and ': '}{first_line}"
    frames = _frames_if_asked(error)
    where = "the traceback above" if frames else _kept_traceback(error)
    return Failure(
        COULD_NOT_MEASURE,
        f"{happened}; a fault of loopcmp, please report it to its authors with {where}",
        frames,
    )


def _frames_if_asked(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) if os.environ.get(_SHOW_TRACEBACK) == "1" else ""


def _kept_traceback(error: BaseException) -> str:
    """Write the traceback to a file, and say which; or how to see it, where no file can be written."""
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="loopcmp-",
            suffix="-traceback.txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"what {_SHOW_TRACEBACK}=1 shows"
    return f"the traceback in {file.name}"
