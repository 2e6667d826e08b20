"""Help in groups: a command's arguments and options under headings, for which typer would need rich."""

from typing import Any

from typer.core import TyperCommand

DEFAULT_HEADING = "Other options"


def help_records(command: Any, context: Any) -> dict[str, list[tuple[str, str]]]:
    """Return what help says of each argument and option, under the heading of its group.

    An option's group is its `rich_help_panel`. The command and the context are typer's, or click's in an
    older typer.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            name, meaning = record
            if parameter.param_type_name == "argument":
                groups.setdefault("Arguments", []).append(
                    (parameter.metavar or parameter.name.upper(), meaning)
                )
            else:
                heading = parameter.rich_help_panel or DEFAULT_HEADING
                groups.setdefault(heading, []).append((name, meaning))
    return groups


class GroupedCommand(TyperCommand):
    """A command whose help shows its options in groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write one section a group."""
        for heading, records in help_records(self, ctx).items():
            with formatter.section(heading):
                formatter.write_dl(records)


def examples(*lines: str) -> str:
    """Return the end of a command's help: what can be typed, each on a line of its own."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
