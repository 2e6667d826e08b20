"""A record → the commands that repeat it, one of its rows, or one of its cases."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from harness.backends.backend import LOOPS
from harness.backends.registry import DEFAULT_BASELINE
from harness.protocol.benchmarks import SCALE
from harness.records.plan import DEFAULT, FAST, RIGOROUS, Effort, Plan
from harness.records.record import BenchmarkResult, Record

YOUR_OWN = "loopcmp run path/to/mine.py"
"""How to run one's own file."""

USUAL_MARGIN, USUAL_TIMEOUT = 0.01, 30.0
"""The margin, and the seconds of silence, of a run that names none."""


def whole(record: Record) -> str:
    """The command that repeats the whole record."""
    return command(record, record.results, record.backends)


def one_row(record: Record) -> str:
    """The command that repeats the first row that was timed, or else the first."""
    line = next((line for line in record.results if line.rounds), record.results[0])
    return command(record, [line], record.backends)


def command(record: Record, lines: Sequence[BenchmarkResult], backends: Iterable[str]) -> str:
    """The command that measures these rows again: same backends, effort, margin and orders of turns."""
    plan, audit = record.run.plan, record.run.audit
    seed = ["--seed", str(plan.seed)]
    if audit is not None:
        limits = ["--trials", str(audit.trials), "--seconds", f"{audit.seconds:g}"]
        return shlex.join(["loopcmp", "audit", plan.benchmarks[0].id, *limits, *seed])
    words = ["loopcmp", "run", *_rows(lines), *_backends(plan, set(backends))]
    if plan.baseline != DEFAULT_BASELINE:
        words += ["--baseline", plan.baseline]
    if plan.margin != USUAL_MARGIN:
        words += ["--margin", f"{plan.margin:g}"]
    if plan.timeout != USUAL_TIMEOUT:
        words += ["--timeout", f"{plan.timeout:g}"]
    words += chain.from_iterable(("--also", name) for name in plan.passes)
    return shlex.join([*words, *_effort(plan.effort), *seed])


def _rows(lines: Iterable[BenchmarkResult]) -> Iterator[str]:
    """Rows by their ids; those of a file of one's own by the file, which they have no other name for."""
    rows = [line.benchmark for line in lines]
    yield from dict.fromkeys(row.module if row.module.endswith(".py") else row.id for row in rows)
    if any(row.module.endswith(".py") and SCALE in row.tags for row in rows):
        yield "--scale"


def _backends(plan: Plan, names: set[str]) -> Iterator[str]:
    wanted = [one for one in plan.backends if one.name in names]
    for loop in dict.fromkeys(one.loop for one in wanted if one.loop not in LOOPS and not one.loop.is_ours):
        yield from ("--loop", f"{loop.name}={loop.factory}")
    for defined in dict.fromkeys(one.environment.definition for one in wanted if one.environment):
        yield from ("--env", defined)
    for one in wanted:
        yield from ("-b", one.name)


def _effort(effort: Effort) -> Iterator[str]:
    known = {one.name: one for one in (FAST, DEFAULT, RIGOROUS)}
    usual = known.get(effort.name, DEFAULT)
    if usual is not DEFAULT:
        yield f"--{usual.name}"
    if effort.precision != usual.precision:
        yield from ("--precision", f"{effort.precision:g}")
    if effort.max_seconds != usual.max_seconds:
        yield from ("--max-time", f"{effort.max_seconds:g}")


_NOT_REPEATED = {"--fast": 0, "--no-progress": 0, "--seed": 1, "--publish": 1, "--results": 1}
"""Options that say nothing of what is measured, each with the number of words that follow it."""


def without_fast(record: Record) -> str:
    """Return the command that measures the same at default effort, as short as a person would type it."""
    words = iter(shlex.split(record.run.command)[1:])
    kept = ["loopcmp"]
    for word in words:
        if word in _NOT_REPEATED:
            for _ in range(_NOT_REPEATED[word]):
                next(words, None)
        else:
            kept.append(word)
    return shlex.join(kept)
