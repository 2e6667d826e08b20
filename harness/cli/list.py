"""`loopcmp list`: scenarios and backends, and why a backend cannot run here."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options import Environments, Json, Loops, Scenarios

if TYPE_CHECKING:
    from harness.backends.third_party import LoopNotes
    from harness.execution.environments.installed import BuiltEnvironment


class Kind(StrEnum):
    """What to list."""

    SCENARIOS = "scenarios"
    BACKENDS = "backends"
    ENVIRONMENTS = "environments"


def list_(
    kind: Annotated[
        Kind | None, typer.Argument(help="scenarios, backends or environments; the first two if not given.")
    ] = None,
    scenarios: Scenarios = None,
    loop: Loops = None,
    env: Environments = None,
    envs: Annotated[
        bool, typer.Option("--envs", help="List environments, and whether they are made.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List scenarios, backends or environments, and why a backend cannot run here."""
    listings = {
        Kind.SCENARIOS: lambda: _scenarios(scenarios or []),
        Kind.BACKENDS: lambda: _backends(loop or []),
        Kind.ENVIRONMENTS: lambda: _environments(env or []),
    }
    kind = Kind.ENVIRONMENTS if envs else kind
    chosen = [kind] if kind else [Kind.SCENARIOS, Kind.BACKENDS]
    listed = {one.value: listings[one]() for one in chosen}
    if as_json:
        import msgspec

        data = listed[kind.value] if kind else listed
        typer.echo(msgspec.json.format(msgspec.json.encode(data), indent=1))
    else:
        _show(listed)


def _scenarios(words: list[str]) -> list[dict[str, object]]:
    from harness.runner.catalog import choose_rows

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
    from harness.backends.availability import state_of, version_of, why_unavailable
    from harness.backends.registry import DEFAULT_BACKENDS, known_backends
    from harness.backends.third_party import KNOWN_LOOPS
    from harness.runner.choosing import known

    return [
        {
            "name": backend.name,
            "loop": backend.loop.name,
            "gatherer": backend.gatherer,
            "default": backend.name in DEFAULT_BACKENDS,
            "version": version_of(backend.loop),
            "state": state_of(backend.loop).value,
            "unavailable": (why := why_unavailable(backend.loop)),
            "lacks": lore.lacks if (lore := KNOWN_LOOPS.get(backend.loop.name)) else "",
            "about": lore.about if lore else "",
            "notes": _notes(why, lore),
        }
        for backend in known_backends(known(words, []).loops)
        if backend.loop.name not in KNOWN_LOOPS or backend.gatherer == "gather"
    ]


def _notes(why: str | None, lore: "LoopNotes | None") -> str:
    lacks = f"by its own words ({lore.about}) lacks {lore.lacks}" if lore and lore.lacks else ""
    return "; ".join(filter(None, (why, lacks)))


def _environments(words: list[str]) -> list[dict[str, object]]:
    """Each environment that is defined, and what was made of it; then the Pythons that uv finds."""
    from harness.execution.environments import built_from, installed_pythons
    from harness.runner.choosing import known

    defined: list[dict[str, object]] = [
        {
            "name": venv.name,
            "python": venv.python,
            "requirements": ", ".join(venv.requirements),
            "state": "; ".join(_made(one) for one in made) or "not made yet: the first run with it makes it",
            "made": [{"python": one.python, "versions": dict(one.versions)} for one in made],
        }
        for venv in known([], words).venvs
        for made in [tuple(built_from(venv))]
    ]
    here: list[dict[str, object]] = [
        {"name": "", "python": version, "requirements": "", "state": "found by uv: --env NAME=" + version}
        for version in installed_pythons()
    ]
    return [*defined, *here]


def _made(one: "BuiltEnvironment") -> str:
    return f"made: Python {one.python} with {', '.join(map(' '.join, one.versions))}"


def _show(listed: dict[str, list[dict[str, object]]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from harness.report.formats.terminal import console

    heads = {"scenarios": ("name", "family", "timed", "summary"),
             "backends": ("name", "version", "default", "state", "notes"),
             "environments": ("name", "python", "requirements", "state")}  # fmt: skip
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
