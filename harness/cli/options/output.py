"""Where results go, and what is shown of them."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options.panels import OUTPUT
from harness.report.answer.values import SortOrder

NoteText = Annotated[
    str,
    typer.Option(
        "--note",
        metavar="TEXT",
        rich_help_panel=OUTPUT,
        help="A line about the run, such as what was changed; it is kept in the record and shown.",
    ),
]
Results = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", rich_help_panel=OUTPUT, help="The folder that holds the records of all runs."
    ),
]
Publish = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=OUTPUT,
        help="Write the record to results/<date>-NAME, and into the index there, instead of results/local.",
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", rich_help_panel=OUTPUT, help="Write JSON to standard output; all else goes to stderr."
    ),
]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", rich_help_panel=OUTPUT, help="Do not show what is being done.")
]
Details = Annotated[
    bool,
    typer.Option("--details", rich_help_panel=OUTPUT, help="Show every table and all evidence, too."),
]
Sort = Annotated[
    SortOrder,
    typer.Option(
        metavar="|".join(SortOrder),
        rich_help_panel=OUTPUT,
        help="The order of the answer's lines: as measured, by name, or the surest gain or loss first.",
    ),
]
Open = Annotated[
    bool, typer.Option("--open", rich_help_panel=OUTPUT, help="Open the page in a browser when it is done.")
]
Capabilities = Annotated[
    bool,
    typer.Option("--capabilities", rich_help_panel=OUTPUT, help="Show a table of what each loop can do."),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        rich_help_panel=OUTPUT,
        help="Write what was found to a file as well, as JSON; loopcmp publish takes it from the folder of a "
        "published record.",
    ),
]
