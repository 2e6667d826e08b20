"""`loopcmp list`: scenarios and backends, and why a backend cannot run here."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options import Environments, Json, Loops, Scenarios

if TYPE_CHECKING:
    from harness.runner.listings import Listing


class ListedKind(StrEnum):
    """The kinds of entries that can be listed."""

    SCENARIOS = "scenarios"
    BACKENDS = "backends"
    ENVIRONMENTS = "environments"


_COLUMNS = {
    ListedKind.SCENARIOS: ("name", "family", "timed", "summary"),
    ListedKind.BACKENDS: ("name", "version", "default", "state", "notes"),
    ListedKind.ENVIRONMENTS: ("name", "python", "requirements", "state"),
}
"""The fields of an entry that its table shows; `--json` has them all."""


def list_(
    kind: Annotated[
        ListedKind | None,
        typer.Argument(
            metavar="[scenarios|backends|environments]", help="What to list. The first two if left out."
        ),
    ] = None,
    scenarios: Scenarios = None,
    loop: Loops = None,
    env: Environments = None,
    as_json: Json = False,
) -> None:
    """List scenarios, backends or environments.

    A backend that cannot run here is listed with the reason, and an environment with what it holds.
    """
    from harness.runner.listings import list_backends, list_environments, list_scenarios

    listers: dict[ListedKind, Callable[[], Sequence[Listing]]] = {
        ListedKind.SCENARIOS: lambda: list_scenarios(scenarios or []),
        ListedKind.BACKENDS: lambda: list_backends(loop or []),
        ListedKind.ENVIRONMENTS: lambda: list_environments(env or []),
    }
    kinds = [kind] if kind else [ListedKind.SCENARIOS, ListedKind.BACKENDS]
    listings: dict[ListedKind, Sequence[Listing]] = {listed: listers[listed]() for listed in kinds}
    if as_json:
        from harness.report.json_text import json_text

        typer.echo(json_text(listings[kind] if kind else listings))
    else:
        _show(listings)


def _show(listings: "Mapping[ListedKind, Sequence[Listing]]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from harness.errors import escape_controls
    from harness.report.formats.terminal import console

    out = console()
    for kind, entries in listings.items():
        table = Table(*_COLUMNS[kind], box=box.SIMPLE_HEAD, pad_edge=False)
        for entry in entries:
            table.add_row(
                *(Text(escape_controls(_words(getattr(entry, column)))) for column in _COLUMNS[kind])
            )
        out.print(table)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
