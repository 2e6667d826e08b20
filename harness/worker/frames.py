"""Lines of code as evidence: those of a traceback, of a running thread, and of what a task awaits."""

import gc
import linecache
import os
import re
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any

from harness.protocol.evidence import Frame
from harness.protocol.portable_text import LIBRARY_FOLDER
from harness.worker.describing import comparable_text

LAST = 3
"""The lines kept of the scenario's file, and as many of the libraries'."""

LAST_AWAITED = 6
"""The lines kept of libraries where a task waits: three of trio's own lie between it and what it called."""

LONGEST_TEXT = 500
"""The characters kept of a message or of a line of code."""

_OWN_FOLDER = os.path.dirname(os.path.dirname(__file__)) + os.sep
_LIBRARY = re.compile(rf".*/{LIBRARY_FOLDER}/")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_RANDOM_NAME = re.compile(r"\btmp[a-z0-9_]{8}")  # as tempfile draws them
_WRAPPERS = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")
"""The types that stand between an awaiting coroutine and the awaited one, and do not say which it is."""


def stable_text(text: str) -> str:
    """Return the beginning of a text, without addresses and the names of temporary files and folders."""
    if folder := os.environ.get("TMPDIR"):
        text = text.replace(folder, "…")
    short = _RANDOM_NAME.sub("tmp…", _ADDRESS.sub("0x…", comparable_text(text)))[:LONGEST_TEXT]
    return short.encode(errors="backslashreplace").decode()


def frames_of_traceback(trace: TracebackType | None, own_file: str) -> tuple[Frame, ...]:
    """Return the last lines of the scenario's file and of libraries on the way to an error."""
    lines = []
    while trace is not None:
        lines.append((trace.tb_frame, trace.tb_lineno or _line_of(trace.tb_frame)))
        trace = trace.tb_next
    return last_frames(lines, own_file)


def frames_of_thread(frame: FrameType | None, own_file: str) -> tuple[Frame, ...]:
    """Return the last lines that a thread is at."""
    lines = []
    while frame is not None:
        lines.append((frame, _line_of(frame)))
        frame = frame.f_back
    return last_frames(lines[::-1], own_file)


def frames_of_coroutine(coroutine: object, own_file: str) -> tuple[Frame, ...]:
    """Return the last lines at which a coroutine waits, and those that it awaits."""
    return last_frames(
        ((frame, _line_of(frame)) for frame in _await_chain(coroutine)), own_file, LAST_AWAITED
    )


def _line_of(frame: FrameType) -> int:
    """Return the line that a frame is at; that of its function where, as in Cython, it does not tell."""
    line: int | None = frame.f_lineno
    return frame.f_code.co_firstlineno if line is None else line


def last_frames(
    lines: Iterable[tuple[FrameType, int]], own_file: str, of_libraries: int = LAST
) -> tuple[Frame, ...]:
    """Return the last lines of the scenario's file and the last of libraries; none of loopcmp's own."""
    frames = [
        _frame(frame, line, own_file) for frame, line in lines if not _is_loopcmp(frame.f_code.co_filename)
    ]
    own = [place for place, frame in enumerate(frames) if frame.own]
    first = own[0] if own else 0
    libraries = [place for place, frame in enumerate(frames) if not frame.own and place >= first]
    return tuple(frames[place] for place in sorted([*own[-LAST:], *libraries[-of_libraries:]]))


def _is_loopcmp(file: str) -> bool:
    return file.startswith((_OWN_FOLDER, "<frozen runpy"))


def _frame(frame: FrameType, line: int, own_file: str) -> Frame:
    file = frame.f_code.co_filename
    code = linecache.getline(file, line).strip()
    short = _LIBRARY.sub("", file)
    return Frame(
        file=os.path.basename(file) if short == file else short,
        line=line,
        function=getattr(frame.f_code, "co_qualname", frame.f_code.co_name).replace("<locals>.", ""),
        code=stable_text(code),
        own=file == own_file,
    )


def _await_chain(awaiting: object) -> Iterator[FrameType]:
    """Yield the frame of a coroutine, then that of what it awaits, and so on."""
    seen: set[int] = set()
    while awaiting is not None and id(awaiting) not in seen:
        seen.add(id(awaiting))
        if type(awaiting).__name__ in _WRAPPERS:
            awaiting = next(filter(_has_frame, gc.get_referents(awaiting)), None)
            continue
        if (frame := _attribute(awaiting, "cr_frame", "gi_frame", "ag_frame")) is not None:
            yield frame
        awaiting = _attribute(awaiting, "cr_await", "gi_yieldfrom", "ag_await")


def _has_frame(awaiting: object) -> bool:
    return _attribute(awaiting, "cr_frame", "gi_frame", "ag_frame") is not None


def _attribute(awaiting: object, *names: str) -> Any:
    return next((value for name in names if (value := getattr(awaiting, name, None)) is not None), None)
