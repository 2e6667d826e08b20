"""`loopcmp resume`: go on with a run or an audit that was ended before it was finished."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.display import Display
from harness.cli.options.output import Details, Json, NoProgress, Results


def resume(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="The folder of the run. Without it: the newest unfinished one."
        ),
    ] = None,
    results: Results = Path("results"),
    as_json: Json = False,
    details: Details = False,
    no_progress: NoProgress = False,
) -> None:
    """Finish a run or an audit that was interrupted.

    What was measured is kept, and every case is there exactly once. A run goes on as it began: with its
    options, and only with the same scenarios, machine, Python and versions.
    """
    from harness.cli.execute import announce, execute
    from harness.records import store
    from harness.runner import session
    from harness.runner.planning import verify_unchanged
    from harness.runner.resume_checks import check_typed

    run = session.resume(folder or store.unfinished(results))
    check_typed(run.folder, run.state.run)
    verify_unchanged(run.state.run, announce)
    raise typer.Exit(execute(run, Display(not no_progress, as_json, details)))
