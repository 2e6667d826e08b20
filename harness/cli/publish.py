"""`loopcmp publish`: the published records as one static site."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options.output import Results
from harness.cli.options.panels import OUTPUT


def publish(
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FOLDER", rich_help_panel=OUTPUT, help="The folder of the site."
        ),
    ] = Path("site"),
    results: Results = Path("results"),
) -> None:
    """Build a static site of all published records.

    What has not changed since the last time is not rendered again. A record that cannot be read is left out,
    and named.
    """
    from harness.cli.signals import Interrupted
    from harness.errors import escape_controls
    from harness.report.site.build import publish as build

    try:
        built = build(results, output)
    except Interrupted as interrupted:
        again = shlex.join(["loopcmp", "publish", "-o", str(output), "--results", str(results)])
        interrupted.advice = f"{again} finishes it"
        raise
    for sentence in built.left_out:
        typer.echo(f"loopcmp: left out: {escape_controls(sentence)}", err=True)
    typer.echo(f"{output}: {built.records} records, {built.rendered} rendered, {built.written} files written")
