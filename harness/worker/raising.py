"""Finds where in a scenario's file an error was raised."""

from collections.abc import Iterator
from contextlib import suppress


def last_line_in(file: str, error: BaseException) -> int | None:
    """Return the last line of the file that led to the error; None where the traceback has none of its lines.

    The errors inside a group come before the group itself: they were raised where the fault is.
    """
    with suppress(Exception):  # an exception's own attributes may do anything
        for raised in _innermost_first(error):
            if lines := _lines_in(file, raised):
                return lines[-1]
    return None


def _innermost_first(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _innermost_first(part)
    yield error


def _lines_in(file: str, error: BaseException) -> list[int]:
    """Return the lines of the file in the error's traceback, the outermost first."""
    lines, trace = [], error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines
