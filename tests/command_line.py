"""The command line as tests run it: as an installed command, or inside this process."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.cli import main
from harness.cli.app import app

LOOPCMP = Path(sys.executable).with_name("loopcmp")


PATIENCE = 120.0
"""Seconds; only a test that hangs takes as long."""


@cache
def program() -> Any:
    """The program's commands, of typer's own classes or of click's, as its version has them; built once."""
    return typer.main.get_command(app)


def loopcmp(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the installed command does when it is typed in this folder."""
    return subprocess.run(
        [LOOPCMP, *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def here(monkeypatch: pytest.MonkeyPatch, *words: object) -> int | str | None:
    """The exit code of a command that starts no worker, run in this process."""
    monkeypatch.setattr(sys, "argv", ["loopcmp", *map(str, words)])
    commands = program()  # before the function that makes them is replaced
    monkeypatch.setattr(typer.main, "get_command", lambda _: commands)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def parse(words: list[str]) -> dict[str, Any]:
    """Read a command line as the program would, without running it; raises typer's usage errors."""
    top = program().make_context("loopcmp", [], resilient_parsing=True)
    name, *rest = words
    context = program().commands[name].make_context(name, rest, parent=top)
    parameters: dict[str, Any] = context.params
    return parameters


def options(command: Any) -> set[str]:
    """Every spelling of every option of a command."""
    context = command.make_context("", [], resilient_parsing=True)
    return {spelling for parameter in command.get_params(context) for spelling in parameter.opts}
