"""What `loopcmp fuzz` chooses, and what it shows."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from harness.cli.signals import Interrupted
from harness.errors import BadInput, escape_controls
from harness.execution.environments import interpreter_for
from harness.fuzz.findings import Finding
from harness.fuzz.journal import Chunk, Found, Line
from harness.fuzz.language import Program
from harness.fuzz.limits import Limits
from harness.fuzz.outcomes import Assessment, Run, assess
from harness.fuzz.running import CannotRun, Interpreter
from harness.fuzz.session import Session
from harness.fuzz.subject import Subject, make_subject
from harness.fuzz.summary import FINDING, BackendSummary, Summary
from harness.fuzz.text import read_program, write_program
from harness.records.store.regular_files import LARGEST_SETTINGS, read_regular
from harness.report.json_text import json_text
from harness.runner.choosing import choose_backends, known
from harness.runner.preparing import completed

_FAMILIES = ("asyncio", "trio")


def choose_subjects(
    backends: Sequence[str],
    loops: Sequence[str],
    environments: Sequence[str],
    *,
    against: str,
    real_time: bool,
    without_law: Sequence[str],
) -> list[Subject]:
    """The backends that were named, or the default ones, as subjects. Raises BadInput."""
    if against and against not in _FAMILIES:
        raise BadInput(f"--against {against!r} is no family: name {' or '.join(_FAMILIES)}")
    laws = [*map(_law, without_law)]
    subjects = []
    chosen = choose_backends(known(loops, environments), backends, environments)
    for backend in completed(chosen, needs=()):
        place = interpreter_for(backend)
        if place.unavailable:
            raise CannotRun(f"{backend.name} cannot be run: {place.unavailable}")
        subject = make_subject(backend, place.python, against=against, real_time=real_time)
        unlawful = frozenset(law for loop, law in laws if loop == backend.loop.name)
        subjects.append(replace(subject, unlawful=unlawful))
    return subjects


def _law(words: str) -> tuple[str, str]:
    loop, equals, law = words.partition("=")
    if not equals:
        raise BadInput(
            f"--without-law {words!r} has not the shape LOOP=LAW, such as 'rloop=descriptors left'"
        )
    return loop, law


def run(session: Session, limits: Limits, *, progress: bool) -> Summary:
    """Run a campaign with a line of progress on stderr; an interrupted one says how to go on."""
    line = _ProgressLine(session, shown=progress)
    try:
        return session.run(limits, line.show)
    except Interrupted as interrupted:
        again = shlex.join(["loopcmp", *sys.argv[1:]])
        interrupted.advice = f"nothing that was found is lost, to go on: {again}"
        raise
    finally:
        line.end()


class _ProgressLine:
    """How many programs were judged on each backend, and what was found, on one line of stderr."""

    def __init__(self, session: Session, *, shown: bool) -> None:
        self._session = session
        self._console = Console(file=sys.stderr, highlight=False)
        self._shown = shown
        self._last = 0.0
        self._counts: dict[str, int] = {}
        self._found: set[str] = set()

    def show(self, line: Line) -> None:
        """Take a line of the journal into account."""
        match line:
            case Chunk(backend=backend, count=count):
                self._counts[backend] = self._counts.get(backend, 0) + count
            case Found(finding=finding) if finding.confirmed and finding.id not in self._found:
                self._found.add(finding.id)
                self._say(f"{finding.backend}: {finding.problem}, {finding.signature}")
        if self._shown and self._console.is_terminal and monotonic() - self._last > 0.2:  # noqa: PLR2004
            self._last = monotonic()
            counts = "  ".join(f"{name} {count:,}" for name, count in self._counts.items())
            self._console.print(
                Text(f"{counts}  found {len(self._found)}"), end="\r", overflow="ellipsis", no_wrap=True
            )

    def _say(self, words: str) -> None:
        if self._shown:
            self._console.print(Text(words), style="dim", soft_wrap=True)

    def end(self) -> None:
        """The line stays where it is."""
        if self._shown and self._console.is_terminal:
            self._console.print()


def to_json(summary: Summary) -> bytes:
    """The summary as JSON, which `loopcmp publish` takes as well."""
    return json_text(summary).encode()


def show(summary: Summary, *, as_json: bool) -> None:
    """The summary on stdout."""
    if as_json:
        typer.echo(to_json(summary))
        return
    out = Console(highlight=False)
    for line in _summary_lines(summary):
        out.print(Text(line), soft_wrap=True)


def _summary_lines(summary: Summary) -> Iterator[str]:
    count = len(summary.findings)
    yield f"{count} new finding{'' if count == 1 else 's'}" if count else "No new finding"
    for finding in summary.findings:
        yield ""
        yield from _finding_lines(finding)
    yield ""
    for backend in summary.backends:
        yield from _backend_lines(backend, summary)
    if summary.unconfirmed:
        yield f"{len(summary.unconfirmed)} seen once and not again: {summary.folder}/campaign.jsonl has them"


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.id}: {finding.problem}"
    yield f"  {finding.signature}"
    yield (
        f"  seen in {finding.confirmed} of {finding.tries} runs of this program, "
        f"and in {finding.times} programs"
    )
    if finding.before:
        yield "  after this program in the same process:"
        yield from (f"    {line}" for line in finding.before.splitlines())
    yield from (f"    {line}" for line in finding.program.splitlines())
    for other in finding.outcomes:
        if other.backend != finding.backend:
            yield f"  {other.backend}: {other.verdict}"
    if finding.script is not None and finding.script.text:
        shows = (
            "shows it" if finding.script.shows else "does not show it: it needs what comes before it, or luck"
        )
        yield f"  the script {finding.id}.py {shows}"


def _backend_lines(backend: BackendSummary, summary: Summary) -> Iterator[str]:
    totals = backend.totals
    yield (
        f"{backend.backend}: {totals.judged:,} programs judged, {totals.undecided:,} undecided, "
        f"{totals.late:,} late; "
        f"{_percent(totals.several_tasks, totals.programs)} with two or more tasks"
    )
    sources = dict(summary.reasons)
    for name, times in totals.known.items():
        yield f"  known, {times:,} times: {name} ({sources.get(name, '')})"
    for finding in summary.known:
        if finding.backend == backend.backend:
            yield f"  known, {finding.times:,} times: {finding.known}"
            yield from (f"    {source}" for name, source in sources.items() if name in finding.known)
            yield from (f"    {line}" for line in finding.program.splitlines())
    for name in backend.gone:
        yield f"  not seen any more: {name}"
    if backend.unlawful:
        yield f"  switched off: {', '.join(backend.unlawful)}"
    if backend.error:
        yield f"  not run to the end: {backend.error}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def replay_file(path: Path, subjects: Sequence[Subject]) -> int:
    """Run one program on each backend and show its traces; gives the exit code."""
    program = _read(path)
    typer.echo(write_program(program))
    wrong = False
    for subject in subjects:
        replayed = _replay(subject, program)
        assessment = assess(subject, program, replayed)
        wrong = wrong or not assessment.is_well
        for line in _replayed(subject, replayed, assessment):
            typer.echo(escape_controls(line))
    return FINDING if wrong else 0


def _replay(subject: Subject, program: Program) -> Run:
    """One run; in real time, the first that is well, or else the one with the longest instants."""
    with Interpreter(subject) as interpreter:
        runs = (interpreter.run_one(program, scale) for scale in subject.scales)
        for replayed in filter(None, runs):
            if assess(subject, program, replayed).is_well:
                break
    return replayed


def _read(path: Path) -> Program:
    try:
        text = read_regular(path, LARGEST_SETTINGS).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None
    with suppress(msgspec.MsgspecError):
        text = msgspec.json.decode(text, type=Finding).program
    return read_program(text)


def _replayed(subject: Subject, run_: Run, assessment: Assessment) -> Iterator[str]:
    yield f"{subject.name}: {'as it should be' if assessment.is_well else 'not as it should be'}"
    positions = {symptom.position for symptom in assessment.symptoms}
    for index, (task, kind, number, value, elapsed) in enumerate(run_.ran.trace):
        mark = ">" if index in positions else " "
        yield f" {mark} {elapsed:6.2f}  task {task}: {kind} {number} {value}"
    for symptom in assessment.symptoms:
        yield f"   {symptom.problem}: {symptom.signature}"
        yield from (f"     allowed here: {words}" for words in symptom.allowed)
    if run_.died:
        yield f"   {run_.stderr}"
    yield ""
