"""Puts into words which errors a scenario raised, and which lines of code led to them."""

from collections.abc import Iterator
from contextlib import suppress

from harness.protocol.evidence import RaisedError
from harness.worker.frames import frames_of_traceback, stable_text
from harness.worker.misplaced_files import where_to_find_it

MOST_ERRORS = 5
"""The errors of a group that are kept as evidence."""


def raised_errors(file: str, error: BaseException) -> tuple[RaisedError, ...]:
    """Return the error, or those inside a group, with their last lines; none if its own attributes raise.

    The group itself is only added where no line of the scenario's file led to an error inside it.
    """
    with suppress(Exception):  # an exception's own attributes may do anything
        leaves = [_in_words(leaf, file) for leaf in _leaves(error)]
        if isinstance(error, BaseExceptionGroup) and all(leaf.own_line is None for leaf in leaves):
            leaves = [*leaves[: MOST_ERRORS - 1], _in_words(error, file)]
        return tuple(leaves[:MOST_ERRORS])
    return ()


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for part in error.exceptions:
        yield from _leaves(part)


def _in_words(error: BaseException, file: str) -> RaisedError:
    """Return an error as Python would write it, as far as it can be."""
    name, text = type(error).__qualname__, ""
    with suppress(Exception):
        text = f"{error}{where_to_find_it(error)}"
    return RaisedError(
        stable_text(f"{name}: {text}" if text else name), frames_of_traceback(error.__traceback__, file)
    )
