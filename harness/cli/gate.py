"""`loopcmp gate`: whether a change makes anything slower than a base revision, or than older records."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.display import Display
from harness.cli.options import (
    CHOICE,
    EFFORT,
    LIMITS,
    OUTPUT,
    AcrossMachines,
    Backends,
    Excluded,
    Json,
    Loops,
    NoProgress,
    Passed,
    Results,
    Seed,
    Timeout,
)
from harness.report.revisions import AnswerFormat

ScenariosOrRecord = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SCENARIO|RECORD",
        help="What to time in both revisions, named as for run; files are those of the working copy. Or the "
        "record that is judged.",
    ),
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="REV|RECORD",
        rich_help_panel=CHOICE,
        help="What to compare with: a git revision of the project in this folder, such as main, or a record, "
        "which may be repeated. Left out, a record's backends are held against its own baseline.",
    ),
]
LimitOption = Annotated[
    str | None,
    typer.Option(
        "--limit",
        metavar="PERCENT",
        rich_help_panel=LIMITS,
        help="How much more time a case may take, such as 5%, where [tool.loopcmp.limits] says nothing of "
        "it. Against a revision: none at all if left out.",
    ),
]
BaselineOfRecord = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="BACKEND",
        rich_help_panel=CHOICE,
        help="The baseline within one record: its own.",
    ),
]
GatePrecision = Annotated[
    str,
    typer.Option(
        "--precision",
        metavar="PERCENT",
        rich_help_panel=EFFORT,
        help="Time until every change is known so narrowly, to either side.",
    ),
]
GateTime = Annotated[
    float,
    typer.Option(
        "--max-time",
        min=1,
        metavar="SECONDS",
        rich_help_panel=EFFORT,
        help="The time for each benchmark, once its rounds are enough for an interval.",
    ),
]
Format = Annotated[
    AnswerFormat,
    typer.Option(
        "--format",
        metavar="text|markdown",
        rich_help_panel=OUTPUT,
        help="Markdown is ten lines for a comment.",
    ),
]


def gate(
    scenarios: ScenariosOrRecord = None,
    against: Against = None,
    limit: LimitOption = None,
    backend: Backends = None,
    loop: Loops = None,
    passed: Passed = None,
    exclude: Excluded = None,
    baseline: BaselineOfRecord = None,
    across_machines: AcrossMachines = False,
    precision: GatePrecision = "1%",
    max_time: GateTime = 120.0,
    seed: Seed = None,
    timeout: Timeout = 30.0,
    results: Results = Path("results"),
    answer: Format = AnswerFormat.TEXT,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Say whether a change makes anything slower.

    The first line is PASS, FAIL or UNDECIDED, with the change in percent.

    Against a revision, the project in this folder is installed twice, from that revision and from the working
    copy, each in an environment of its own, and both run the working copy's scenarios in the same rounds, on
    the same backends. The repository is left as it is. Against records, the changes of ratios to the baseline
    are held against limits.

    Limits of single cases stand in the project's pyproject.toml: [tool.loopcmp.limits] with lines such as
    "order:n=100" = "5%", "order:* on trio+nursery" = "10%", "* on mine+gather" = "none"; the first that
    matches counts.

    Exit codes: 0 PASS; 1 FAIL: a case is certainly slower than its limit, or gives a wrong result that the
    base does not give; 3 UNDECIDED: a case could not be measured, or not precisely enough.
    """
    from harness.cli.gate_records import RecordsRequest, gate_records, is_record
    from harness.cli.gate_revisions import gate_revision
    from harness.cli.parsing import fraction
    from harness.errors import BadInput
    from harness.records.plan import GATE
    from harness.runner.planning import RunRequest

    words, others = scenarios or [], against or []
    share = None if limit is None else fraction("--limit", limit)
    records = [is_record(word) for word in (*words, *others)]
    if records and all(records) and len(words) == 1:
        asked = RecordsRequest(words[0], others, share, backend or [], baseline, across_machines)
        raise typer.Exit(gate_records(asked, answer, as_json=as_json))
    if len(others) != 1 or is_record(others[0]):
        raise BadInput(
            "gate needs what to compare with: --against REV, one revision such as main, before or after the "
            "scenarios; or one record to judge, and --against RECORD for each older one"
        )
    if baseline is not None or across_machines:
        raise BadInput("--baseline and --across-machines are for records: leave them out with a revision")
    request = RunRequest(
        scenarios=words,
        backends=backend or [],
        loops=loop or [],
        baseline=None,
        timeout=timeout,
        effort=replace(GATE, precision=fraction("--precision", precision), max_seconds=max_time),
        seed=seed,
        name="gate",
        passed=passed or [],
        exclude=exclude or [],
    )
    display = Display(progress=not no_progress, as_json=as_json)
    raise typer.Exit(gate_revision(others[0], request, share, results, display, answer))
