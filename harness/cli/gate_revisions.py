"""A gate on a change: the working copy and a base revision in the same rounds, from checkout to exit code."""

import shutil
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.cli.display import Display
from harness.cli.limits import read_limits
from harness.report.answer_format import AnswerFormat
from harness.report.revisions import answer_lines

if TYPE_CHECKING:
    from harness.analysis.revisions import RevisionGate
    from harness.cli.gate import GateOptions
    from harness.execution.revisions import Revisions
    from harness.records.record import Record
    from harness.runner.revisions import GateRequest


def gate_revision(options: "GateOptions") -> int:
    """Time both revisions, keep the record, and show the answer; return the exit code. Raises BadInput."""
    from harness.analysis.revisions import judge_revisions
    from harness.report.formats.terminal import show_link
    from harness.runner.revisions import GateRequest

    request = GateRequest(options.revision(), Path.cwd(), options.request())
    limits = read_limits(options.limit_share() or 0.0)
    display = Display(progress=not options.no_progress, as_json=options.as_json)
    kept, record = _measure(request, options.results.absolute(), display)
    judged = limits.on(record.backends) if request.run.backends else limits
    gate = judge_revisions(record, judged, whole=not request.run.scenarios, metric=options.metric)
    _show(gate, options.answer, as_json=options.as_json)
    show_link("Report", kept / "report.html", on_stderr=True)
    return _exit_code(gate)


def _measure(request: "GateRequest", results: Path, display: Display) -> "tuple[Path, Record]":
    """Measure both revisions, and return where the record was kept, and the record."""
    from harness.execution.environments import temporary_environments
    from harness.execution.revisions import checked_out
    from harness.records.store import new_folder

    with checked_out(request.against, request.start) as revisions:
        with temporary_environments(revisions.folder / "environments"), chdir(revisions.folder):
            measured, record = _run(request, revisions, display)
        kept = new_folder(results, request.run.name, publish=False)
        shutil.copytree(measured.absolute(), kept, dirs_exist_ok=True)
    return kept, record


def _run(request: "GateRequest", revisions: "Revisions", display: Display) -> "tuple[Path, Record]":
    """Measure in the folder of both revisions, and return the folder of the record, and the record."""
    from harness.cli.execute import announce
    from harness.cli.progress import Progress
    from harness.report.writing import write_report
    from harness.runner import session
    from harness.runner.revisions import plan_gate

    started = session.start(
        plan_gate(request, revisions, announce), revisions.folder / "results", publish=False
    )
    with Progress(started.state, shown=display.progress, timed=True) as progress:
        session.measure(started, progress.show)
    record = write_report(started.folder, session.conclude(started))
    session.put_away(started)
    return started.folder, record


def _show(gate: "RevisionGate", answer: AnswerFormat, *, as_json: bool) -> None:
    if as_json:
        import msgspec

        document = msgspec.json.encode({"decision": gate.decision, "gate": gate})
        typer.echo(msgspec.json.format(document, indent=1).decode())
    for line in answer_lines(gate, answer):
        typer.echo(line, err=as_json)


def _exit_code(gate: "RevisionGate") -> int:
    from harness.analysis.revisions import Decision
    from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE, FINDING

    match gate.decision:
        case Decision.PASS:
            return ALL_WELL
        case Decision.FAIL:
            return FINDING
        case Decision.UNDECIDED:
            return COULD_NOT_MEASURE
