"""`loopcmp list`: scenarios and backends, and why a backend cannot run here."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options.choice import Environments, Loops, Passed
from harness.cli.options.output import Json

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
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[scenarios|backends|environments] [WORD…]",
            help="What to list: scenarios and backends if left out. A WORD is what `run` takes, or what "
            "stands in a name, a description or the needs of a scenario. One scenario is shown whole.",
        ),
    ] = None,
    loop: Loops = None,
    env: Environments = None,
    passed: Passed = None,
    as_json: Json = False,
) -> None:
    """List scenarios, backends or environments.

    A backend that cannot run here is listed with the reason, and an environment with what it holds.
    """
    from harness.cli.execute import announce
    from harness.runner.listings import list_backends, list_environments, list_scenarios

    kind, words = _kind_and_words(what or [])
    listers: dict[ListedKind, Callable[[], Sequence[Listing]]] = {
        ListedKind.SCENARIOS: lambda: list_scenarios(words, env or [], passed or [], announce),
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


def _kind_and_words(what: Sequence[str]) -> tuple[ListedKind | None, Sequence[str]]:
    """Return the kind of entries that was typed and the words after it; words alone are of scenarios."""
    if not what:
        return None, ()
    if what[0] in set(ListedKind):
        return ListedKind(what[0]), what[1:]
    return ListedKind.SCENARIOS, what


def _show(listings: "Mapping[ListedKind, Sequence[Listing]]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from harness.errors import escape_controls
    from harness.report.formats.terminal import console

    out = console()
    for kind, entries in listings.items():
        if description := _description(entries):
            out.print(Text(description), soft_wrap=True)
        table = Table(*_COLUMNS[kind], box=box.SIMPLE_HEAD, pad_edge=False)
        for entry in entries:
            table.add_row(
                *(Text(escape_controls(_words(getattr(entry, column)))) for column in _COLUMNS[kind])
            )
        out.print(table)


def _description(entries: "Sequence[Listing]") -> str:
    """Return the description of the one scenario that all entries are of; "" for anything else."""
    from harness.runner.listings import ListedScenario

    scenarios = {entry.scenario: entry for entry in entries if isinstance(entry, ListedScenario)}
    if len(scenarios) != 1 or len(entries) == 0:
        return ""
    [scenario] = scenarios.values()
    about = [f"family {scenario.family}", f"in {scenario.source}"]
    about += [f"tags {', '.join(scenario.tags)}"] if scenario.tags else []
    about += [f"needs {', '.join(scenario.needs)}"] if scenario.needs else []
    return f"{scenario.scenario} ({'; '.join(about)})\n\n{scenario.description or 'It has no docstring.'}\n"


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
