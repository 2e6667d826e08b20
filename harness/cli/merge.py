"""`loopcmp merge`: one record of the shards of a run."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.display import Display
from harness.cli.options.output import Details, Json, Publish, Results
from harness.cli.options.panels import CHOICE


def merge(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER", help="The folders of all shards of a run, in any order."),
    ],
    publish: Publish = None,
    results: Results = Path("results"),
    partial: Annotated[
        bool,
        typer.Option(
            "--partial", rich_help_panel=CHOICE, help="Merge although shards are missing; exit with 3."
        ),
    ] = False,
    mixed: Annotated[
        bool,
        typer.Option("--mixed", rich_help_panel=CHOICE, help="Merge shards of different kinds of machines."),
    ] = False,
    as_json: Json = False,
    details: Details = False,
) -> None:
    """Make one record of shards of a run.

    Every benchmark is of one host. Nothing is written where the shards are not of one run.
    """
    from harness.records.store import new_folder, safe_name
    from harness.runner.merge_checks import check_shards
    from harness.runner.merging import merged_run, read_shards, write_merged

    shards = read_shards(folders)
    missing = check_shards(shards, mixed=mixed, partial=partial)
    name = None if publish is None else safe_name(publish)
    run = merged_run(shards, name, publish=publish is not None)
    folder = new_folder(results, safe_name(run.name), publish=publish is not None)
    try:
        write_merged(folder, run, shards)
        code = _report(folder, Display(as_json=as_json, details=details))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    raise typer.Exit(_incomplete(missing) or code)


def _report(folder: Path, display: Display) -> int:
    """Write the record and its reports, and show them; return the exit code."""
    from harness.cli.execute import present
    from harness.errors import BadInput
    from harness.report.writing import write_report
    from harness.runner.session import conclude, put_away, resume

    session = resume(folder)
    with session.journal:
        if not (record := conclude(session)).results:
            raise BadInput("every host is off, and --without-off-hosts leaves nothing: run the shards again")
        record = write_report(folder, record)
        put_away(session)
    return present(record, folder, display)


def _incomplete(missing: tuple[str, ...]) -> int:
    """Return the exit code of a merge that lacks shards, and say which; 0 for none."""
    from harness.cli.execute import say_unmeasured
    from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE

    say_unmeasured(f"shard {shard}: it is missing" for shard in missing)
    return COULD_NOT_MEASURE if missing else ALL_WELL
