"""The headline of a record: what is surest about each backend, in a sentence."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.families import family_figures
from harness.analysis.hosts_compared import compare_hosts_of
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.records.record import Record
from harness.report.answer.families import family_title
from harness.report.answer.of_hosts import sentences_over_hosts
from harness.report.backend_names import backend_order, shown_names

FEWEST_FAMILIES = 3
"""The fewest families that are told as kinds of work; with fewer, benchmarks are."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """A backend compared at something: a family, or a benchmark."""

    what: str
    ratio: Estimate
    judgement: Judgement


def headline(record: Record) -> tuple[str, ...]:
    """Return a sentence for each backend but the baseline: where it takes less time and where more.

    What is named is surest by the end of the interval that lies nearest to 1, never by the largest estimate.
    Where several hosts repeated benchmarks, the sentences say what all of them show.
    """
    if (comparison := compare_hosts_of(record)) is not None:
        return tuple(sentences_over_hosts(comparison))
    _, *others = backend_order(record)
    return tuple(sentence for name in others for sentence in _sentence(record, name))


def _sentence(record: Record, backend: str) -> Iterator[str]:
    compared, kind = _families(record, backend), "kinds of work"
    if len(compared) < FEWEST_FAMILIES:
        compared, kind = _benchmarks(record, backend), "benchmarks"
    if not compared:
        return
    shown = shown_names(record.backends)
    name, baseline, count = shown[backend], shown[record.run.plan.baseline], len(compared)
    parts = [_part(compared, judgement) for judgement in DIRECTIONS]
    parts.sort(key=lambda part: -part.count)
    first, second = parts
    if not first.count:
        where = f"{count} {kind}" if count > 1 else compared[0].what
        yield f"{name}: no clear difference from {baseline} in {where}"
        return
    if count == 1:
        yield f"{name} takes {first.word} time than {baseline} in {first.surest}"
        return
    share = f"all {count}" if first.count == count > 1 else f"{first.count} of {count}"
    rest = f"; {second.word} in {second.count}, {second.surest}" if second.count else ""
    yield f"{name} takes {first.word} time than {baseline} in {share} {kind}, {first.surest}{rest}"


@dataclass(frozen=True, slots=True)
class _Part:
    """One direction: in how many a backend is judged so, and at what it is surest, by at least how much."""

    word: str
    count: int
    surest: str


def _part(compared: Sequence[_Compared], judgement: Judgement) -> _Part:
    word = "less" if judgement is Judgement.LESS_TIME else "more"
    judged = [each for each in compared if each.judgement is judgement]
    if not judged:
        return _Part(word, 0, "")
    surest = max(judged, key=lambda each: abs(_nearest_end(each.ratio)))
    least = abs(math.exp(_nearest_end(surest.ratio)) - 1)
    above_all = "above all " if len(judged) > 1 else ""
    return _Part(word, len(judged), f"{above_all}{surest.what} (at least {_percent(least)} {word})")


def _percent(share: float) -> str:
    """Return a share in percent without decimals, but for one that these would make nothing of."""
    return f"{share:.0%}" if share >= _ONE_PERCENT else f"{share * 100:.1g}%"


_ONE_PERCENT = 0.01


def _families(record: Record, backend: str) -> list[_Compared]:
    return [
        _Compared(family_title(figure.family), figure.ratio, figure.judgement)
        for figure in family_figures(record)
        if figure.backend == backend
    ]


def _benchmarks(record: Record, backend: str) -> list[_Compared]:
    return [
        _Compared(result.benchmark.id, case.timing.ratio, case.timing.judgement)
        for result in record.results
        for case in result.cases
        if case.backend == backend and case.timing and case.timing.ratio and case.timing.judgement
    ]


def _nearest_end(ratio: Estimate) -> float:
    """Return the logarithm of the interval's end that lies nearest to 1; 0 where there is no interval."""
    if ratio.low is None or ratio.high is None:
        return 0.0
    return min(math.log(ratio.low), math.log(ratio.high), key=abs)
