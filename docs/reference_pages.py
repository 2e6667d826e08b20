"""The pages that the program writes about itself: its commands, and the shape of its files.

A page asks for one with a comment of its own line, such as `<!-- generated: commands -->`. The text is
Markdown, made anew in every build, so that it cannot say what the program does not do.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import typer

from harness.cli.app import app as program
from harness.cli.help import help_records
from harness.records.entries import Entry
from harness.records.record import Record

if TYPE_CHECKING:
    from sphinx.application import Sphinx

REQUEST = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
SCHEMA_FILE = "record.schema.json"


def commands_page() -> str:
    """Describe every command: its usage, what it does, its arguments and its options."""
    group: Any = typer.main.get_command(program)  # typer's classes, or click's in an older typer
    context = group.make_context("loopcmp", [], resilient_parsing=True)
    return "\n\n".join(
        _command(name, command, context) for name, command in group.commands.items() if not command.hidden
    )


def _command(name: str, command: Any, parent: Any) -> str:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [
        f"## loopcmp {name}",
        f"```text\n{usage}\n```",
        *map(_escaped, _paragraphs(command.help)),
        *_definitions(record for records in help_records(command, context).values() for record in records),
    ]
    return "\n\n".join(parts)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip())]


def _definitions(records: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in records:
        yield f"`{name}`\n: {_escaped(' '.join(meaning.split()))}"


def formats_page() -> str:
    """Describe the journal's entries and every part of a record, from the types that read them."""
    entries = get_args(Entry)
    titles = {entry.__name__ for entry in entries}
    journal = [f"- [{entry.__name__}](#{_anchor(entry.__name__)}): {_summary(entry)}" for entry in entries]
    parts = ["## Entries of the journal", "\n".join(journal), "## Parts of a record"]
    parts += [_part(name, shape) for name, shape in _shapes().items() if name not in titles]
    parts += ["## Parts of a journal"]
    parts += [_part(name, shape) for name, shape in _shapes().items() if name in titles]
    return "\n\n".join(parts)


def schema() -> str:
    """The JSON Schema of record.json and of every entry of a journal."""
    roots = [{"$ref": f"#/$defs/{root.__name__}"} for root in (Record, *get_args(Entry))]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of loopcmp, and the entries of its journal",
        "anyOf": roots,
        "$defs": _shapes(),
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"


def _shapes() -> dict[str, Any]:
    """The shapes by name; in a file, a result names its benchmark by the id of the plan's."""
    roots = (Record, *get_args(Entry))
    shapes = msgspec.json.schema_components(roots, ref_template="#/$defs/{name}")[1]
    fields = shapes["BenchmarkResult"]["properties"]
    fields["benchmark"] = {"anyOf": [{"type": "string"}, fields["benchmark"]]}
    return shapes


def _summary(kind: type) -> str:
    return _escaped(_paragraphs(kind.__doc__ or "")[0])


def _part(name: str, shape: Mapping[str, Any]) -> str:
    described = [_escaped(text) for text in _paragraphs(shape.get("description", ""))]
    return "\n\n".join([f"### {name}", *described, *_fields(shape)])


def _fields(shape: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in shape:
        yield f"One of {_type(shape)}."
    elif properties := shape.get("properties"):
        rows = [f"| `{name}` | {_type(field)} |" for name, field in properties.items()]
        yield "\n".join(["| field | value |", "|---|---|", *rows])


def _type(shape: Mapping[str, Any]) -> str:
    """Say a JSON Schema in words, with a link to each part that it names."""
    match shape:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{_anchor(name)})"
        case {"enum": list(values)}:
            return ", ".join(f"`{value}`" for value in values)
        case {"anyOf": list(kinds)}:
            return " or ".join(map(_type, kinds))
        case {"type": "array" | "object"}:
            return _container(shape)
    return str(shape.get("type", "any value"))


def _container(shape: Mapping[str, Any]) -> str:
    match shape:
        case {"prefixItems": list(items)}:
            return f"a list of {', '.join(map(_type, items))}"
        case {"items": dict(items)}:
            return f"a list, each {_type(items)}"
        case {"additionalProperties": dict(values)}:
            return f"an object, each value {_type(values)}"
    return f"an {shape['type']}"


def _anchor(name: str) -> str:
    return name.lower()


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, with its names in backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if index % 2 else re.sub(r"([\\*_<>\[\]#|$])", r"\\\1", part) for index, part in enumerate(parts)
    )


PAGES: Mapping[str, Callable[[], str]] = {"commands": commands_page, "formats": formats_page}


def _fill_in(_app: "Sphinx", _page: str, source: list[str]) -> None:
    source[0] = REQUEST.sub(lambda request: PAGES[request[1]](), source[0])


def _write_schema(app: "Sphinx", error: Exception | None) -> None:
    if error is None:
        (Path(app.outdir) / SCHEMA_FILE).write_text(schema(), encoding="utf-8")


def setup(app: "Sphinx") -> dict[str, object]:
    """Sphinx calls this: pages are filled in as they are read, and the schema stands beside them."""
    app.connect("source-read", _fill_in)
    app.connect("build-finished", _write_schema)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
