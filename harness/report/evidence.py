"""The evidence of a case: promise beside observation, figures, versions, commands."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.analysis.matching import first_mismatch
from harness.analysis.metrics import metrics_of
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Promise
from harness.protocol.evidence import Frame, WaitingTask
from harness.protocol.observations import Observation, distinct_observations
from harness.records.contrast import native_arm
from harness.records.record import BenchmarkResult, CaseResult, Record, Timing
from harness.records.store.pyperf_files import file_name, timings_path
from harness.records.verdict import Mismatch
from harness.report.backend_names import shown_names
from harness.report.commands import command
from harness.report.expectations import expectation_name
from harness.report.formatting import format_in

SHORT, LONG = 300, 4000
"""The most characters shown of a text: in a case that keeps its promise, and in one that breaks it."""

AROUND = 10
"""The lines that are shown before and after the first that differs."""


@dataclass(frozen=True, slots=True)
class PromiseComparison:
    """An aspect of a promise, such as what is printed, beside what was observed of it."""

    aspect: str
    promised: str
    observed: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ObservedOutcome:
    """A distinct observation: how often, and in how many processes, it was made, beside the promise."""

    times: int
    processes: int
    comparisons: tuple[PromiseComparison, ...]


@dataclass(frozen=True, slots=True)
class DiffWindow:
    """The lines around the first that differs from what was `expected`; `first` numbers them, from 1."""

    aspect: str
    expected: str
    lines: tuple[tuple[str, str, bool], ...]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """Everything that a record holds about a case, in words."""

    backend: str
    verdict: str
    reason: str
    source: str
    outcomes: tuple[ObservedOutcome, ...]
    window: DiffWindow | None
    ended: tuple[tuple[str, str], ...]
    """How workers ended badly, each with the last of its output."""
    lines: tuple[str, ...]
    """What helps to find the place of a fault: `case_lines`."""
    figures: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    versions: str
    command: str
    timings: str
    """The command by which pyperf shows its own figures of this backend; empty where nothing was timed."""


def case_of(record: Record, result: BenchmarkResult, cell: CaseResult) -> CaseEvidence:
    """Return the evidence of a case."""
    backend = next(backend for backend in record.run.plan.backends if backend.name == cell.backend)
    mismatch = cell.verdict.mismatch
    return CaseEvidence(
        backend=shown_names(record.backends)[cell.backend],
        verdict=str(cell.verdict.kind),
        reason=truncate(cell.verdict.blemish or cell.verdict.reason, LONG),
        source=cell.verdict.source,
        outcomes=tuple(_outcomes(cell, LONG if cell.verdict.is_finding else SHORT)),
        window=None if mismatch is None else window_of(mismatch, expectation_name(record, result, mismatch)),
        ended=tuple(_ended(cell)),
        lines=case_lines(cell),
        figures=() if cell.timing is None else tuple(_figures(cell.timing)),
        flags=() if cell.timing is None else cell.timing.flags,
        versions=versions_in_words(record, backend),
        command=command(record, (result,), dict.fromkeys((record.run.plan.baseline, cell.backend))),
        timings=_pyperf(result, cell, backend),
    )


def case_lines(case: CaseResult) -> tuple[str, ...]:
    """Return what helps to find the place of a fault, line by line; nothing of it was compared.

    It is errors with their last lines of code, warnings and log records in their words, what was left by what
    it is, and where each task of a hang waits.
    """
    blocks: dict[tuple[str, ...], None] = {}
    for observation in distinct_observations(case.processes):
        blocks |= dict.fromkeys(_observed_blocks(observation))
    for process in case.processes:
        if any(_returns_another(case.expected, seen.observation) for seen in process.observations):
            blocks[_returns_block(process.returns)] = None
        if process.ended is not None:
            waiting = Counter(process.ended.waiting)
            blocks |= dict.fromkeys(_waiting_block(task, count) for task, count in waiting.items())
    return tuple(truncate(line, LONG) for block in blocks for line in block)


def _returns_another(promise: Promise, observation: Observation) -> bool:
    """Decide whether a scenario returned, and something else than it promises."""
    alone = Promise(outcome=promise.outcome)
    return observation.outcome.how == "returned" and first_mismatch(alone, observation) is not None


def _returns_block(frames: tuple[Frame, ...]) -> tuple[str, ...]:
    if len(frames) == 1:
        return (f"returned at {frames[0]}",)
    return ("returned at one of", *_indented(frames)) if frames else ()


def _observed_blocks(observation: Observation) -> Iterator[tuple[str, ...]]:
    for error in observation.errors:
        yield (error.text, *_indented(error.frames))
    for diagnostic in observation.diagnostics:
        if diagnostic.message:
            yield tuple(f"{diagnostic.kind}: {diagnostic.message}".splitlines())
    yield from ((f"left {detail}",) for detail in observation.leaks.details)


def _waiting_block(task: WaitingTask, count: int) -> tuple[str, ...]:
    name = task.name if count == 1 else f"{task.name} ({count} of them)"
    return (f"{name} is at", *_indented(task.frames))


def _indented(frames: Iterable[Frame]) -> Iterator[str]:
    return (f"  {frame}" for frame in frames)


def truncate(text: str, limit: int) -> str:
    """Return a text, or the beginning of one that is too long to show, and how long it is."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text):,} characters; record.json has them all)"


def _outcomes(cell: CaseResult, limit: int) -> Iterator[ObservedOutcome]:
    for observation in dict.fromkeys(distinct_observations(cell.processes)):
        times = [
            seen.times
            for process in cell.processes
            for seen in process.observations
            if seen.observation == observation
        ]
        yield ObservedOutcome(sum(times), len(times), tuple(_comparisons(cell.expected, observation, limit)))


def _comparisons(promise: Promise, observation: Observation, limit: int) -> Iterator[PromiseComparison]:
    prints = promise.prints.lines if promise.prints else ()
    diagnostics = (_each(promise.diagnostics), _each(observation.diagnostics))
    rows = (
        ("outcome", Promise(outcome=promise.outcome), str(promise.outcome), str(observation.outcome)),
        ("printed", Promise(prints=promise.prints), "\n".join(prints), "\n".join(observation.prints)),
        ("diagnostics", Promise(diagnostics=promise.diagnostics), *diagnostics),
        ("leaks", Promise(leaks=promise.leaks), str(promise.leaks), str(observation.leaks)),
    )  # fmt: skip
    for name, alone, promised, observed in rows:
        differs = first_mismatch(alone, observation) is not None
        if differs or name == "outcome" or {promised, observed} - {"", "nothing"}:
            expected, actual = (truncate(text or "nothing", limit) for text in (promised, observed))
            yield PromiseComparison(name, expected, actual, differs)


def _each(values: Iterable[object] | None) -> str:
    return "\n".join(map(str, values or ())) or "nothing"


def window_of(mismatch: Mismatch, expected: str) -> DiffWindow:
    """Return the lines of a mismatch around the first that differs from what was `expected`."""
    total = max(len(mismatch.promised), len(mismatch.observed))
    first, last = max(0, mismatch.first_line - AROUND), min(total, mismatch.first_line + AROUND + 1)
    lines = tuple(
        (_line(mismatch.promised, number), _line(mismatch.observed, number), number == mismatch.first_line)
        for number in range(first, last)
    )
    return DiffWindow(mismatch.aspect, expected, lines, first + 1, total)


def _line(lines: tuple[str, ...], index: int) -> str:
    return truncate(lines[index], LONG) if index < len(lines) else ""


def _ended(cell: CaseResult) -> Iterator[tuple[str, str]]:
    endings = dict.fromkeys(
        (process.ended.how, process.ended.output) for process in cell.processes if process.ended
    )
    if cell.verdict.output:
        endings["ended when the case was timed", cell.verdict.output] = None
    for how, output in endings:
        whole = len(output) <= LONG
        yield how, output if whole else f"… the last of {len(output):,} characters:\n{output[-LONG:]}"


def _figures(timing: Timing) -> Iterator[tuple[str, str]]:
    for metric, estimate in metrics_of(timing):
        yield metric.label, format_in(estimate, metric.unit)
    if timing.judgement is not None:
        yield "judgement", str(timing.judgement)
    if timing.mean_ratio is not None:
        yield "ratio of total times", f"{timing.mean_ratio:.3f}×"
    yield "rounds", str(timing.seconds.rounds)
    if timing.waits:
        yield "CPU time of its wall time", f"{timing.cpu_share:.1%}"
    yield "threads", str(timing.threads)


def versions_of(record: Record, backend: Backend) -> dict[str, str]:
    """Return the versions of what a backend runs on, the build of its Python last.

    A loop of the standard library has the Python's version.
    """
    environment = record.run.machine.of(backend.name)
    known = dict(environment.versions)
    names = dict.fromkeys((backend.loop.distribution, backend.loop.family, "anyio"))
    return {**{name: known[name] for name in names if name in known}, "python": environment.build}


def versions_in_words(record: Record, backend: Backend) -> str:
    """Return the versions of what a backend runs on in one line."""
    versions = versions_of(record, backend)
    build = versions.pop("python")
    return ", ".join([*(f"{name} {version}" for name, version in versions.items()), build])


def _pyperf(result: BenchmarkResult, cell: CaseResult, backend: Backend) -> str:
    if cell.timing is None:
        return ""
    arm = native_arm(backend) if result.measured_in else cell.backend
    return shlex.join(["python", "-m", "pyperf", "stats", timings_path(file_name(arm))])
