"""`loopcmp new`: a scenario file to start from."""

import shlex
from contextlib import suppress
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer


class Like(StrEnum):
    """What the new file resembles: the name of a template, each of which runs as it is."""

    PLAIN = "plain"
    HTTP = "http"
    TCP = "tcp"
    WORKER = "worker"
    ASYNCIO = "asyncio"


def template(like: Like) -> str:
    """Return the text of a new file."""
    return (files("harness.cli") / "templates" / f"{like}.py.txt").read_text("utf-8")


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as mine.py.")],
    like: Annotated[
        Like,
        typer.Option(
            metavar="plain|http|tcp|worker|asyncio",
            help="What to start from. plain: tasks and a stream; http: an application, its server and a "
            "client; tcp: a protocol of your own; worker: a queue of jobs; asyncio: a program without AnyIO.",
        ),
    ] = Like.PLAIN,
) -> None:
    """Write a scenario file to start from.

    It runs as it is. A file that is there already is left as it is.
    """
    from harness.errors import BadInput

    if file.suffix != ".py":
        raise BadInput(f"{file} is no Python file: its name must end in .py")
    try:
        _write(file, template(like))
    except FileExistsError:
        raise BadInput(f"{file} is there already: choose another name") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from None
    typed = shlex.quote(str(file))
    typer.echo(f"Wrote {file}. To check it: loopcmp check {typed}; to time it too: loopcmp run {typed}")


def _write(file: Path, text: str) -> None:
    """Write the file, or leave none: not an empty one where the disk is full. Raises OSError."""
    with file.open("x", encoding="utf-8") as opened:
        try:
            opened.write(text)
            opened.flush()
        except OSError:
            with suppress(OSError):
                file.unlink()
            raise
