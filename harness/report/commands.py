"""The commands that repeat a record, one of its benchmarks, or one of its cases."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from harness.backends.backend import LOOPS
from harness.backends.registry import DEFAULT_BASELINE
from harness.protocol.benchmarks import SCALE
from harness.records.plan import DEFAULT, FAST, RIGOROUS, Effort, Plan
from harness.records.record import BenchmarkResult, Record
from harness.report.backend_names import shown_names

YOUR_OWN = "loopcmp run path/to/mine.py"
"""The command that runs a file of the reader's own."""

USUAL_MARGIN, USUAL_TIMEOUT = 0.01, 30.0
"""The margin of a run that names none, and the seconds for which its workers may say nothing."""


def whole(record: Record) -> str:
    """Return the command that repeats the whole record."""
    return command(record, record.results, record.backends)


def one_benchmark(record: Record) -> str:
    """Return the command that repeats the first benchmark that was timed, or else the first."""
    first = next((result for result in record.results if result.rounds), record.results[0])
    return command(record, [first], record.backends)


def command(record: Record, results: Sequence[BenchmarkResult], backends: Iterable[str]) -> str:
    """Return the command that measures these results again on these backends, in the same orders of turns."""
    plan, audit = record.run.plan, record.run.audit
    seed = ["--seed", str(plan.seed)]
    if audit is not None:
        limits = ["--trials", str(audit.trials), "--seconds", f"{audit.seconds:g}"]
        return shlex.join(["loopcmp", "audit", plan.benchmarks[0].id, *limits, *seed])
    words = ["loopcmp", "run", *_benchmarks(results), *_backends(plan, set(backends))]
    if plan.baseline != DEFAULT_BASELINE:
        words += ["--baseline", shown_names(record.backends)[plan.baseline]]
    if plan.margin != USUAL_MARGIN:
        words += ["--margin", f"{plan.margin:g}"]
    if plan.timeout != USUAL_TIMEOUT:
        words += ["--timeout", f"{plan.timeout:g}"]
    words += chain.from_iterable(("--also", name) for name in plan.passes)
    return shlex.join([*words, *_effort(plan.effort), *seed])


def _benchmarks(results: Iterable[BenchmarkResult]) -> Iterator[str]:
    """Yield benchmarks by their ids; a file of the reader's own by its path, for it has no other name."""
    benchmarks = [result.benchmark for result in results]
    own = [benchmark for benchmark in benchmarks if benchmark.module.endswith(".py")]
    yield from dict.fromkeys(
        benchmark.module if benchmark in own else benchmark.id
        for benchmark in benchmarks
        if not benchmark.app
    )
    for app in dict.fromkeys(benchmark.app for benchmark in benchmarks if benchmark.app):
        yield from ("--app", app)
        paths = dict.fromkeys(str(dict(benchmark.parameters).get("path", "/")) for benchmark in benchmarks)
        yield from chain.from_iterable(("--paths", path) for path in paths)
    if any(SCALE in benchmark.tags for benchmark in own):
        yield "--scale"


def _backends(plan: Plan, names: set[str]) -> Iterator[str]:
    """Yield the backends of these names, after what defines their loops and environments."""
    shown = shown_names(backend.name for backend in plan.backends)
    backends = [backend for backend in plan.backends if backend.name in names]
    for loop in dict.fromkeys(backend.loop for backend in backends):
        if loop not in LOOPS and not loop.is_ours:
            yield from ("--loop", f"{loop.name}={loop.factory}")
    for environment in dict.fromkeys(backend.environment for backend in backends):
        if environment is not None:
            yield from ("--env", environment.definition)
    for backend in backends:
        yield from ("-b", shown[backend.name])


def _effort(effort: Effort) -> Iterator[str]:
    known = {preset.name: preset for preset in (FAST, DEFAULT, RIGOROUS)}
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
        name, has_value, _ = word.partition("=")
        if name in _NOT_REPEATED:
            for _ in range(0 if has_value else _NOT_REPEATED[name]):
                next(words, None)
        else:
            kept.append(word)
    return shlex.join(kept)
