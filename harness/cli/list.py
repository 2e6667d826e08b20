"""`loopcmp list`: scenarios and backends, and why a backend cannot run here."""

from enum import StrEnum
from typing import Annotated

import typer

from harness.cli.options import Json, Loops, Scenarios


class Kind(StrEnum):
    """What to list."""

    SCENARIOS = "scenarios"
    BACKENDS = "backends"


def list_(
    kind: Annotated[Kind | None, typer.Argument(help="scenarios or backends; both if not given.")] = None,
    scenarios: Scenarios = None,
    loop: Loops = None,
    as_json: Json = False,
) -> None:
    """List scenarios and backends, and why a backend cannot run here."""
    listings = {
        Kind.SCENARIOS: lambda: _scenarios(scenarios or []),
        Kind.BACKENDS: lambda: _backends(loop or []),
    }
    chosen = [kind] if kind else list(Kind)
    listed = {one.value: listings[one]() for one in chosen}
    if as_json:
        import msgspec

        data = listed[kind.value] if kind else listed
        typer.echo(msgspec.json.format(msgspec.json.encode(data), indent=1))
    else:
        _show(listed)


def _scenarios(words: list[str]) -> list[dict[str, object]]:
    from harness.catalog import choose_rows

    return [
        {
            "name": row.id,
            "scenario": row.scenario,
            "parameters": dict(row.parameters),
            "family": row.family,
            "tags": row.tags,
            "timed": row.timed,
            "summary": row.summary,
            "source": row.source,
        }
        for row in choose_rows(words, scale=True)
    ]


def _backends(words: list[str]) -> list[dict[str, object]]:
    from harness.backends import (
        DEFAULT_BACKENDS,
        known_backends,
        read_loop,
        version_of,
        why_unavailable,
    )

    return [
        {
            "name": backend.name,
            "loop": backend.loop.name,
            "gatherer": backend.gatherer,
            "default": backend.name in DEFAULT_BACKENDS,
            "version": version_of(backend.loop),
            "unavailable": why_unavailable(backend.loop),
        }
        for backend in known_backends(map(read_loop, words))
    ]


def _show(listed: dict[str, list[dict[str, object]]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from harness.report.terminal import console

    heads = {"scenarios": ("name", "family", "timed", "summary"),
             "backends": ("name", "version", "default", "unavailable")}  # fmt: skip
    out = console()
    for name, entries in listed.items():
        drawn = Table(*heads[name], box=box.SIMPLE_HEAD, pad_edge=False)
        for entry in entries:
            drawn.add_row(*(Text(_words(entry[head])) for head in heads[name]))
        out.print(drawn)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
