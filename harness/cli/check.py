"""`loopcmp check`: observe every case, and show the verdicts and every difference."""

import typer

from harness.cli.options import Backends, Baseline, Json, Loops, NoProgress, Scale, Scenarios, Timeout


def check(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    baseline: Baseline = None,
    timeout: Timeout = 30.0,
    scale: Scale = False,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Observe every case: the verdicts and every difference, in seconds."""
    from harness.cli.outcome import exit_code
    from harness.cli.planning import Wanted, begin, unavailable
    from harness.cli.progress import Progress
    from harness.runner import check as observe
    from harness.tally import Tally

    wanted = Wanted(scenarios or [], backend or [], loop or [], baseline, timeout, scale=scale)
    tally = Tally(begin(wanted))
    with Progress(tally, shown=not no_progress, timed=False) as progress:
        for entry in observe(tally):
            tally.add(entry)
            progress.show(entry)
    record = tally.record()
    if as_json:
        from harness.report.cases import render

        typer.echo(render(record))
    else:
        from harness.report.terminal import show_check

        show_check(record)
    raise typer.Exit(exit_code(record, unavailable(tally.plan)))
