"""Twins in an answer: what each loop takes on its own API, beside what it takes through AnyIO."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.intervals import judge_ratio
from harness.records.contrast import native_arm
from harness.records.counting import counted
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.report.answer.words import change_words
from harness.report.backend_names import shown_names


@dataclass(frozen=True, slots=True)
class TwinCase:
    """A backend's case of a twin: where its evidence stands, and its time against the baseline's twin.

    `row` is the number of the twin's benchmark, from 1. `ratio` is None for the baseline itself, and where
    the twins were not compared.
    """

    row: int
    backend: str
    case: CaseResult
    ratio: Estimate | None
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class ThroughAnyIO:
    """What AnyIO does to a record's answer, by the benchmark that shows it best; `row` is its number."""

    text: str
    row: int


def twin_rows(record: Record, host: BenchmarkResult) -> tuple[int, ...]:
    """Return the numbers of a benchmark's twins: the same scenario, written on a loop's own API."""
    return tuple(
        number
        for number, result in enumerate(record.results, start=1)
        if result.benchmark.native == host.benchmark.scenario
        and result.benchmark.parameters == host.benchmark.parameters
    )


def twin_cases(record: Record, host: BenchmarkResult) -> tuple[TwinCase, ...]:
    """Return the case of every backend on the twin that was written for its loop."""
    margin, ratios = record.run.plan.margin, _own_api_ratios(record, host)
    return tuple(
        _twin_case(number, case, ratios.get(case.backend), margin)
        for number in twin_rows(record, host)
        for case in record.results[number - 1].cases
    )


def _twin_case(row: int, case: CaseResult, contrast: Estimate | None, margin: float) -> TwinCase:
    ratio = contrast or (case.timing.ratio if case.timing else None)
    return TwinCase(row, case.backend, case, ratio, None if ratio is None else judge_ratio(ratio, margin))


def _own_api_ratios(record: Record, host: BenchmarkResult) -> Mapping[str, Estimate]:
    """Return the ratio of each backend's twin to that of the baseline, where their rounds allow one."""
    plan = record.run.plan
    arms = {backend.name: native_arm(backend) for backend in plan.backends}
    ratios = {
        contrast.arm: contrast.ratio
        for contrast in host.contrasts
        if contrast.factor == "own API" and contrast.against == arms[plan.baseline]
    }
    return {name: ratios[arm] for name, arm in arms.items() if arm in ratios}


def through_anyio(record: Record) -> ThroughAnyIO | None:
    """Return what AnyIO does to the answer; None where no benchmark has a twin.

    It is told by the benchmark whose answer is surest to be the opposite on the loops' own APIs, and where
    none is, by the one on which AnyIO is surest to cost two loops unlike parts of their time.
    """
    numbered = list(enumerate(record.results, start=1))
    opposites = [opposite for number, result in numbered for opposite in _opposites(record, number, result)]
    if opposites:
        return _tell_opposite(record, max(opposites, key=lambda opposite: opposite.certainty), len(opposites))
    layers = [(number, result, layer) for number, result in numbered if (layer := _layers(record, result))]
    if not layers:
        return None
    number, result, layer = max(layers, key=lambda each: _apart(list(each[2].values())))
    return ThroughAnyIO(_tell_layer(record, result, layer), number)


@dataclass(frozen=True, slots=True)
class _Opposite:
    """A benchmark that takes a backend less time than the baseline through AnyIO and more without, or so."""

    row: int
    benchmark: str
    backend: str
    through: Estimate
    own: Estimate

    @property
    def certainty(self) -> float:
        """How far the nearer of the two intervals' ends lies from 1, as a logarithm."""
        return min(_least(self.through), _least(self.own))


def _opposites(record: Record, number: int, host: BenchmarkResult) -> Iterator[_Opposite]:
    through = {case.backend: case.timing for case in host.cases if case.timing}
    for twin in twin_cases(record, host):
        timing = through.get(twin.backend)
        if timing is None or timing.ratio is None or twin.ratio is None:
            continue
        if {timing.judgement, twin.judgement} == {*DIRECTIONS}:
            yield _Opposite(number, host.benchmark.id, twin.backend, timing.ratio, twin.ratio)


def _tell_opposite(record: Record, opposite: _Opposite, count: int) -> ThroughAnyIO:
    shown = shown_names(record.backends)
    than = f"time than {shown[record.run.plan.baseline]}"
    own, through = (_directed_words(ratio, record, than) for ratio in (opposite.own, opposite.through))
    others = f" {counted(count - 1, 'more case')} likewise." if count > 1 else ""
    text = (
        f"On its own API, {shown[opposite.backend]} takes {own} on {opposite.benchmark}; "
        f"through AnyIO, {through}.{others}"
    )
    return ThroughAnyIO(text, opposite.row)


def _directed_words(ratio: Estimate, record: Record, than: str) -> str:
    margin = record.run.plan.margin
    return change_words(ratio, judge_ratio(ratio, margin), margin, of=than)


def _layers(record: Record, host: BenchmarkResult) -> Mapping[str, Estimate]:
    """Return what each backend takes through AnyIO against its loop's own API, where that was measured."""
    arms = {backend.name: native_arm(backend) for backend in record.run.plan.backends}
    return {
        contrast.arm: contrast.ratio
        for contrast in host.contrasts
        if contrast.factor == "layer"
        and arms.get(contrast.arm) == contrast.against
        and contrast.ratio.has_interval
    }


def _tell_layer(record: Record, host: BenchmarkResult, layers: Mapping[str, Estimate]) -> str:
    shown = shown_names(record.backends)
    costs = ", ".join(
        f"{shown[backend]} {_directed_words(ratio, record, 'time')}" for backend, ratio in layers.items()
    )
    return f"{host.benchmark.id} through AnyIO, compared with the loop's own API: {costs}."


def _apart(ratios: Sequence[Estimate]) -> tuple[bool, float]:
    """Return whether intervals lie on either side of 1, and how far apart the two furthest lie at least."""
    lows = [ratio.low for ratio in ratios if ratio.low is not None]
    highs = [ratio.high for ratio in ratios if ratio.high is not None]
    return min(highs) < 1 < max(lows), math.log(max(lows) / min(highs))


def _least(ratio: Estimate) -> float:
    """Return how far the end of an interval that is nearest to 1 lies from it, as a logarithm."""
    return min(abs(math.log(end)) for end in (ratio.low, ratio.high) if end)
