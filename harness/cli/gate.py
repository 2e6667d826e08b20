"""`loopcmp gate`: whether a change makes anything slower than a base revision, or than older records."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.analysis.gate_metric import GateMetric
from harness.cli.options.choice import AcrossMachines, Backends, Excluded, Loops, Passed
from harness.cli.options.effort import Seed, Timeout
from harness.cli.options.fields import takes
from harness.cli.options.output import Json, NoProgress, Results
from harness.cli.options.panels import CHOICE, EFFORT, LIMITS, OUTPUT
from harness.cli.parsing import fraction
from harness.errors import BadInput
from harness.report.answer_format import AnswerFormat

if TYPE_CHECKING:
    from harness.cli.gate_records import RecordsRequest
    from harness.runner.planning import RunRequest

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
Metric = Annotated[
    GateMetric,
    typer.Option(
        "--metric",
        metavar="time|instructions",
        rich_help_panel=EFFORT,
        help="Hold times against the limits, or the instructions that valgrind counts: a busy machine does "
        "not change them, and they are no stand-in for time.",
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


@dataclass(frozen=True, slots=True)
class GateOptions:
    """What is typed after `loopcmp gate`."""

    scenarios: ScenariosOrRecord = None
    against: Against = None
    limit: LimitOption = None
    backend: Backends = None
    loop: Loops = None
    passed: Passed = None
    exclude: Excluded = None
    baseline: BaselineOfRecord = None
    across_machines: AcrossMachines = False
    precision: GatePrecision = "1%"
    max_time: GateTime = 120.0
    metric: Metric = GateMetric.TIME
    seed: Seed = None
    timeout: Timeout = 30.0
    results: Results = Path("results")
    answer: Format = AnswerFormat.TEXT
    as_json: Json = False
    no_progress: NoProgress = False

    def limit_share(self) -> float | None:
        """Return the limit as a share; None if none was typed. Raises BadInput."""
        return None if self.limit is None else fraction("--limit", self.limit)

    def record(self) -> "RecordsRequest | None":
        """Return the record to judge and the older ones; None if a revision is asked for. Raises BadInput."""
        from harness.cli.gate_records import RecordsRequest, is_record

        judged, older = self.scenarios or [], self.against or []
        limit = self.limit_share()
        if len(judged) != 1 or not all(is_record(word) for word in (*judged, *older)):
            return None
        return RecordsRequest(
            judged[0], older, limit, self.backend or [], self.baseline, self.across_machines
        )

    def revision(self) -> str:
        """Return the git revision that is the base. Raises BadInput."""
        from harness.cli.gate_records import is_record

        against = self.against or []
        if len(against) != 1 or is_record(against[0]):
            raise BadInput(
                "gate needs what to compare with: --against REV, one revision such as main, before or after "
                "the scenarios; or one record to judge, and --against RECORD for each older one"
            )
        if self.baseline is not None or self.across_machines:
            raise BadInput("--baseline and --across-machines are for records: leave them out with a revision")
        return against[0]

    def request(self) -> "RunRequest":
        """Return what is timed in both revisions. Raises BadInput."""
        from harness.records.plan import GATE
        from harness.runner.planning import RunRequest

        precision = fraction("--precision", self.precision)
        counts = self.metric is GateMetric.INSTRUCTIONS
        effort = replace(GATE, precision=precision, max_seconds=self.max_time)
        return RunRequest(
            scenarios=self.scenarios or [],
            backends=self.backend or [],
            loops=self.loop or [],
            baseline=None,
            timeout=self.timeout,
            effort=replace(effort, fixed_rounds=1) if counts else effort,
            seed=self.seed,
            name="gate",
            also=("instructions",) if counts else (),
            passed=self.passed or [],
            exclude=self.exclude or [],
        )


@takes(GateOptions)
def gate(options: GateOptions) -> None:
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
    from harness.cli.gate_records import gate_records
    from harness.cli.gate_revisions import gate_revision

    if record := options.record():
        raise typer.Exit(gate_records(record, options.answer, as_json=options.as_json))
    raise typer.Exit(gate_revision(options))
