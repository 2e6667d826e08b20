"""Writes docs/which-loop.md from the published records: no figure in it is typed.

    python docs/which_loop.py

Each kind of work is answered from the newest published record that measured it, and not a small part of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docs.what_breaks import what_breaks
from harness.analysis.families import family_figures
from harness.analysis.intervals import judge_ratio
from harness.analysis.kinds_of_work import SERVICES, kind_of_work
from harness.analysis.overall import overall_figures
from harness.records.estimate import Judgement
from harness.records.machine import kind_of_python
from harness.records.record import BenchmarkResult, Record
from harness.records.store import published, read_record
from harness.report.answer.families import family_title
from harness.report.answer.moving import (
    TIME_OF_A_SERVICE,
    Measured,
    MoveAnswer,
    python_answer,
    service_answers,
)
from harness.report.answer.words import change_words
from harness.report.backend_names import shown_names
from harness.report.formatting import format_ratio
from harness.report.site.newest import newest_that_is_full
from harness.report.tables.contrasts import changes_of_stack

RESULTS = Path(__file__).parent.parent / "results"
PAGE = Path(__file__).parent / "which-loop.md"

HEAD = """\
# Which loop?

Should a service move to uvloop, or to trio?

{answers}

This page answers from published records. It is written by `python docs/which_loop.py`, and holds no typed
figure. After a new record is published, run that again.

A ratio is a loop's time divided by the baseline's, with its interval: 0.63× takes 63% of the time."""

NO_SERVICES = """\
No published record has measured services yet. `loopcmp run services --publish services` measures them: real
servers, each in a process of its own, asked by a driver in another. Until then nothing is said here about
servers."""


STACKS = """\
A server that runs on asyncio's loops alone changes with the loop. The application and every byte of its
answers are the same; what is compared is the server's CPU time for a request on one stack and on the other,
in the same rounds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: the families that stand for it, and what may be said of it whatever its figures are."""

    title: str
    families: frozenset[str]
    about: str


KINDS = (
    *(Kind(family_title(kind), frozenset({kind}), TIME_OF_A_SERVICE) for kind in SERVICES),
    Kind(
        "Client and server in one process",
        frozenset({"network", "http"}),
        "Both ends share one loop and one CPU, through AnyIO: it is no server's throughput.",
    ),
    Kind(
        "Tasks, locks and cancellation",
        frozenset({"tasks", "synchronization", "cancellation"}),
        "No input or output: the schedulers alone.",
    ),
    Kind("Threads, processes and files", frozenset({"system"}), "The loop waits for the system."),
)


def main() -> None:
    """Write the page."""
    records = [(folder.name, read_record(folder)) for folder in published(RESULTS)]
    PAGE.write_text(page(records), encoding="utf-8")


Published = tuple[str, Record]
"""The folder of a published record, and the record."""


def page(records: Sequence[Published]) -> str:
    """Return the page that these records, oldest first, allow."""
    sections = [section for kind in KINDS for section in _section(kind, records)]
    rest = (*_change_of_stack(records), *_newer_python(records), *what_breaks(records))
    head = HEAD.format(answers="\n".join(_answers(records)) or NO_SERVICES)
    return "\n\n".join([head, *sections, *rest]) + "\n"


def _answers(records: Sequence[Published]) -> Iterator[str]:
    """Yield a line for each kind of service, and one for another Python, where records say so."""
    for kind in SERVICES:
        if (newest := _newest(frozenset({kind}), records)) is not None:
            _, record = newest
            yield from (
                f"- {answer.text}." for answer in service_answers(_measured(record)) if answer.kind == kind
            )
    for _, record in reversed(_with_several_pythons(records)):
        if (answer := _python_answer(record)) is not None:
            yield f"- Another Python: {answer.text}."
            return


def _python_answer(record: Record) -> MoveAnswer | None:
    return python_answer(_measured(record), {name: _build(record, name) for name in record.backends})


def _measured(record: Record) -> Measured:
    plan, shown = record.run.plan, shown_names(record.backends)
    return Measured(family_figures(record), overall_figures(record), plan.baseline, shown, plan.margin)


def _section(kind: Kind, records: Sequence[Published]) -> Iterator[str]:
    yield f"## {kind.title}"
    newest = _newest(kind.families, records)
    if newest is None:
        yield "No published record has measured this yet."
        return
    folder, record = newest
    results = _timed(record, kind.families)
    yield f"{kind.about} From `results/{folder}`, on {record.run.machine.build}."
    yield from _changes(record, results)
    yield from _same(record, results)


def _newest(families: frozenset[str], records: Iterable[Published]) -> Published | None:
    """Return the newest record with at least half as many benchmarks of these families as the broadest."""
    newest_first = reversed([*records])
    return newest_that_is_full((each, len(_timed(each[1], families))) for each in newest_first)


def _timed(record: Record, families: frozenset[str]) -> list[BenchmarkResult]:
    """Return the benchmarks of these families that have a ratio with an interval on some backend."""
    return [
        result
        for result in record.results
        if kind_of_work(result.benchmark) in families
        and any(_judged(result, backend) for backend in record.backends)
    ]


def _judged(result: BenchmarkResult, backend: str) -> Judgement | None:
    """Return the judgement of a case whose ratio has an interval; None of any other."""
    timings = (case.timing for case in result.cases if case.backend == backend)
    timing = next(timings, None)
    return timing.judgement if timing and timing.ratio and timing.ratio.has_interval else None


def _changes(record: Record, results: Sequence[BenchmarkResult]) -> Iterator[str]:
    """Yield a table of these benchmarks on every backend that ran them."""
    shown, others = shown_names(record.backends), _others(record, results)
    rows = [
        f"| `{result.benchmark.id}` | {' | '.join(_cell(result, backend) for backend in others)} |"
        for result in results
    ]
    if rows:
        heads = " | ".join(shown[backend] for backend in others)
        rule = "|".join(["---", *("---:" for _ in others)])
        yield "\n".join([f"| against {shown[record.run.plan.baseline]} | {heads} |", f"|{rule}|", *rows])


def _others(record: Record, results: Sequence[BenchmarkResult]) -> list[str]:
    return [name for name in record.backends if any(_judged(result, name) for result in results)]


def _cell(result: BenchmarkResult, backend: str) -> str:
    judgement = _judged(result, backend)
    timings = (case.timing for case in result.cases if case.backend == backend)
    timing = next(timings, None)
    if judgement is None or timing is None or timing.ratio is None:
        return "–"
    return str(judgement) if judgement is Judgement.NO_CLEAR_DIFFERENCE else format_ratio(timing.ratio)


def _same(record: Record, results: Sequence[BenchmarkResult]) -> Iterator[str]:
    """Yield how many of a table's benchmarks are equal or show no clear difference."""
    shown = shown_names(record.backends)
    for backend in _others(record, results):
        judged = [_judged(result, backend) for result in results]
        equal, unclear = judged.count(Judgement.EQUAL), judged.count(Judgement.NO_CLEAR_DIFFERENCE)
        known = sum(judgement is not None for judgement in judged)
        yield (
            f"{shown[backend]}: equal within {record.run.plan.margin:.0%} in {equal} of {known} benchmarks, "
            f"no clear difference in {unclear}."
        )


def _change_of_stack(records: Sequence[Published]) -> Iterator[str]:
    """Yield what the newest record says of services whose server changes with the loop, if any does."""
    for folder, record in reversed(records):
        rows = [
            f"| `{shown.benchmark}` | {shown.pair} | {format_ratio(shown.contrast.ratio)} |"
            for shown in changes_of_stack(record)
        ]
        if rows:
            yield "## A change of stack"
            yield f"{STACKS} From `results/{folder}`, on {record.run.machine.build}."
            yield "\n".join(["| benchmark | compared | ratio |", "|---|---|---:|", *rows])
            return


def _newer_python(records: Sequence[Published]) -> Iterator[str]:
    """Yield what another Python changes, by the newest record that has several in the same rounds."""
    several = _with_several_pythons(records)
    if not several:
        return
    folder, record = several[-1]
    figures = overall_figures(record)
    if figures is None:
        return
    shown, margin = shown_names(record.backends), record.run.plan.margin
    yield "## Another Python"
    yield (
        f"The mean over {len(figures.benchmarks)} benchmarks, in the same rounds on every Python, "
        f"against {shown[figures.baseline]} on {_build(record, figures.baseline)}. From `results/{folder}`."
    )
    rows = [
        f"| {shown[each.backend]} | {_build(record, each.backend)} "
        f"| {change_words(each.ratio, judge_ratio(each.ratio, margin), margin, of='time')} |"
        for each in figures.backends
        if each.backend != figures.baseline
    ]
    yield "\n".join(["| loop | Python | against the baseline |", "|---|---|---|", *rows])


def _with_several_pythons(records: Sequence[Published]) -> list[Published]:
    return [(folder, record) for folder, record in records if len(_builds(record)) > 1]


def _builds(record: Record) -> set[str]:
    return {_build(record, backend) for backend in record.backends}


def _build(record: Record, backend: str) -> str:
    return kind_of_python(record.run.machine.of(backend).build)


if __name__ == "__main__":
    main()
