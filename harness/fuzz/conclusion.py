"""What is added to a finding before it is reported: every backend's outcome, versions, a script."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.backends.backend import LOOPS, Loop
from harness.execution.owned_folders import WORKERS, owned_folder
from harness.fuzz.findings import BackendOutcome, Finding, Script
from harness.fuzz.known import versions_here
from harness.fuzz.language import Program, last_instant, walk
from harness.fuzz.outcomes import Problem, Ran, Run, Symptom, assess
from harness.fuzz.running import CannotRun, Interpreter
from harness.fuzz.script import INSTANT, write_script
from harness.fuzz.statements import Gather
from harness.fuzz.subject import Subject
from harness.fuzz.text import read_program
from harness.protocol.portable_text import without_folders
from harness.records.store.files import write_file
from harness.records.store.regular_files import LARGEST_SETTINGS, read_regular

_PATIENCE = 15.0
"""Seconds that a script may take beyond its instants."""

_TIMES = 3
"""How many times a script runs a program that breaks a law: the first time, much is imported and opened."""

_TRIES = 3
"""Runs of a script in which it has to show the fault once."""

_KEPT = 20_000
"""Characters kept of what a script prints."""


def conclude(finding: Finding, subject: Subject, others: Sequence[Subject]) -> Finding:
    """The finding with everything that a report says of it."""
    program = read_program(finding.program)
    return msgspec.structs.replace(
        finding,
        versions=tuple(versions_here(subject).items()),
        outcomes=tuple(_outcome(other, program) for other in others),
        script=_script(finding, subject, program),
    )


def save(finding: Finding, folder: Path) -> Path:
    """Write a finding, and its script beside it; gives the path of the finding."""
    if finding.script is not None and finding.script.text:
        write_file(folder / f"{finding.id}.py", finding.script.text.encode())
    return write_file(
        folder / f"{finding.id}.json", msgspec.json.format(msgspec.json.encode(finding), indent=1)
    )


def read_saved(folder: Path) -> list[Finding]:
    """The findings of earlier campaigns that are in a folder; files that are no findings are left out."""
    findings = []
    for path in sorted(folder.glob("*.json")):
        with suppress(OSError, msgspec.MsgspecError, RecursionError):
            findings.append(msgspec.json.decode(read_regular(path, LARGEST_SETTINGS), type=Finding))
    return findings


def _outcome(subject: Subject, program: Program) -> BackendOutcome:
    """What one backend does with a program: the words of its symptoms, or that it does as it should."""
    try:
        with Interpreter(subject) as interpreter:
            run = interpreter.run_one(program, subject.scales[-1])
    except CannotRun as error:
        return BackendOutcome(subject.name, str(error))
    if run is None:
        return BackendOutcome(subject.name, "was not run")
    assessment = assess(subject, program, run)
    words = [f"{symptom.problem}: {symptom.signature}" for symptom in assessment.symptoms]
    if assessment.quirks:
        words.append(f"known: {', '.join(sorted(assessment.quirks))}")
    return BackendOutcome(subject.name, "; ".join(words) or "as it should be", tuple(run.ran.trace))


def _script(finding: Finding, subject: Subject, program: Program) -> Script:
    """The script, and what it prints on the loop and on the one beside it."""
    loop = subject.backend.loop
    if loop.family == "trio" and any(isinstance(statement, Gather) for statement in walk(program.body)):
        return Script("", shows=False, printed="trio has no gather of its own: there is no script")
    beside = LOOPS[0] if loop.name != LOOPS[0].name else LOOPS[2]
    title = f"{loop.name}: {finding.problem}, {finding.signature}".replace("\\", "/").replace('"""', "'''")
    times = _TIMES if finding.problem is Problem.LAW else 1
    text = write_script(program, loop, beside, title=title, name=f"{finding.id}.py", times=times)
    seconds = _PATIENCE + times * INSTANT * (last_instant(program) + 1)
    printed, shows = "", False
    for _ in range(_TRIES):
        execution = _execute(subject.python, text, loop, seconds)
        printed, shows = execution.words, _shows(execution, finding, subject, program)
        if shows:
            break
    other = _execute(subject.python, text, beside, seconds)
    return Script(text, shows, printed[:_KEPT], beside.name, other.words[:_KEPT])


@dataclass(frozen=True, slots=True)
class _Execution:
    """What a script printed, and how it ended; `status` is None if it was ended."""

    stdout: str
    stderr: str
    status: int | None

    @property
    def words(self) -> str:
        """Everything that it printed, and how it ended if not well."""
        how = "did not end" if self.status is None else f"ended with {self.status}"
        return self.stdout + self.stderr + ("" if self.status == 0 else f"({how})\n")


def _execute(python: str, text: str, loop: Loop, seconds: float) -> _Execution:
    with owned_folder(WORKERS) as folder:
        path = Path(folder) / "script.py"
        path.write_text(text)
        command = [python, "-P", "-X", "dev", str(path), loop.name]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            process_group=0,  # a session of its own is what orphans of workers have
        ) as process:
            try:
                stdout, stderr = process.communicate(timeout=seconds)
                status: int | None = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                stdout, stderr = process.communicate()
                status = None
    return _Execution(
        stdout.decode(errors="replace"),
        without_folders(stderr.decode(errors="replace").replace(folder, "…")),
        status,
    )


def _shows(execution: _Execution, finding: Finding, subject: Subject, program: Program) -> bool:
    """Whether what a script printed shows what was found."""
    if finding.problem is Problem.DIED:
        return execution.status is not None and execution.status < 0
    if finding.problem is Problem.HUNG:
        return execution.status is None
    if finding.problem.is_of_trace:
        run = Run(Ran(0, [*_printed_trace(execution.stdout)], hung=execution.status is None))
        return any(_is_of_the_trace(symptom) for symptom in assess(subject, program, run).symptoms)
    if finding.signature.startswith("descriptors left"):
        counts = _DESCRIPTORS.findall(execution.stdout)
        return bool(counts) and int(counts[-1][1]) > int(counts[-1][0])
    words = finding.signature.partition(":")[2].strip() or finding.signature.rstrip(": ")
    first = re.split(r"\bN\b|…|=", words.strip())[0].strip()  # what is the same in every process
    return bool(first) and first in execution.stderr


def _is_of_the_trace(symptom: Symptom) -> bool:
    return symptom.problem.is_of_trace or symptom.problem is Problem.HUNG


_DESCRIPTORS = re.compile(r"^descriptors: (\d+) before, (\d+) after$", re.MULTILINE)

_LINE = re.compile(r"^(-?[\d.]+) task (\d+): (\S+) (-?\d+) (.*)$", re.MULTILINE)


def _printed_trace(printed: str) -> list[tuple[int, str, int, object, float]]:
    """The trace that a script has printed."""
    return [
        (int(task), kind, int(number), _value(kind, value), float(elapsed))
        for elapsed, task, kind, number, value in _LINE.findall(printed)
    ]


def _value(kind: str, words: str) -> object:
    if kind == "cancel":
        return words == "True"
    is_number = re.fullmatch(r"-?\d+", words) is not None
    return int(words) if is_number and kind != "gathered" else words
