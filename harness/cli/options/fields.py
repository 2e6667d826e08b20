"""A command whose arguments and options are the fields of one class."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, get_type_hints

Typed = TypeVar("Typed")


def takes(options: type[Typed]) -> Callable[[Callable[[Typed], None]], Callable[..., None]]:
    """Make a command of a function that takes what was typed as one value of a dataclass.

    Typer reads a command's options off its parameters, so the command has one for each field, with that
    field's annotation and default.
    """
    signature = inspect.signature(options)
    hints = get_type_hints(options, include_extras=True)

    def as_command(function: Callable[[Typed], None]) -> Callable[..., None]:
        @wraps(function)
        def command(**typed: object) -> None:
            function(options(**typed))

        command.__signature__ = signature  # type: ignore[attr-defined]
        command.__annotations__ = hints
        return command

    return as_command
