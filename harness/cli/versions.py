"""The versions of all that takes part in a measurement, in one line."""

import platform

import typer

_LIBRARIES = ("anyio", "uvloop", "trio", "pyperf")


def show_versions(asked: bool) -> None:
    """Print the line and end the command, where --version was typed."""
    if asked:
        typer.echo(versions())
        raise typer.Exit


def versions() -> str:
    """Return the versions of loopcmp, of Python and of the libraries, each with its name."""
    python = f"Python {platform.python_version()}"
    return ", ".join([_named("loopcmp"), python, *map(_named, _LIBRARIES)])


def _named(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"{distribution} not installed"
