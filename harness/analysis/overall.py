"""A record's overall figures: one time ratio for each backend over all benchmarks, and what it rests on.

A figure is the geometric mean of the benchmarks' time ratios, with families weighted equally. The record's
own page, the leaderboard and the badges of a site all show it, and there is no other. A plain mean over all
benchmarks would be ruled by the family that has most of them. A mean that counts controls, which are there to
show that nothing differs, would be drawn towards 1. And the means of the ends of the benchmarks' intervals
are no interval of the figure, unless all of these hold together, which those of a `--fast` run do not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.analysis.hosts import FEWEST_TO_POOL, pool
from harness.analysis.intervals import ratio_in
from harness.analysis.kinds_of_work import kind_of_work
from harness.analysis.means import Part, mean_ratio, with_enough_rounds
from harness.analysis.measured_hosts import host_records
from harness.records.entries import RunStarted
from harness.records.estimate import Estimate, confidence_level
from harness.records.record import BenchmarkResult, Record

CONTROL = "control"
"""The tag of benchmarks that are there to show that nothing differs; they are left out."""

Samples = tuple[float, ...]
"""The log ratios of a benchmark on a backend, one for each round."""

_Ratios = Sequence[tuple[BenchmarkResult, Mapping[str, Samples]]]
"""Results, each with the samples of the backends that have any."""


@dataclass(frozen=True, slots=True)
class BackendFigure:
    """A backend's overall time ratio; its `rounds` are those of the benchmark that has fewest."""

    backend: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class OverallFigures:
    """What all benchmarks with a number on every backend say together; they speak for these benchmarks only.

    `level` is that of one interval, adjusted for the number of backends; `timed` counts the benchmarks with a
    ratio at all, `benchmarks` are the ids of those that the figures rest on. Where `hosts` is above 1, so
    many have measured all of them, and the figures are the means of theirs.
    """

    baseline: str
    backends: tuple[BackendFigure, ...]
    benchmarks: tuple[str, ...]
    families: tuple[str, ...]
    timed: int
    level: float
    hosts: int = 1


def overall_figures(record: Record) -> OverallFigures | None:
    """Return a record's overall figures; None where no benchmark has a ratio on every backend that has any.

    Benchmarks that sleep have no ratio, and controls are left out, as are benchmarks with fewer rounds than
    an interval needs where others have them. Where a benchmark takes no gatherer, a backend's number is that
    of its loop. A figure that rests on one benchmark is that benchmark's ratio with its exact interval. Every
    other interval is that of `means.mean_ratio`. Where enough hosts of one kind have repeated all of the
    benchmarks, it is that of `hosts.pool`, over each host's own figure.
    """
    figures = _of_one_host(record)
    return None if figures is None else _over_hosts(record, figures)


def _over_hosts(record: Record, figures: OverallFigures) -> OverallFigures:
    """Return the means over the hosts that have measured all that the figures rest on, if they are enough."""
    if len({host.kind for host in record.run.hosts}) != 1:
        return figures
    of_hosts = [_of_one_host(host) for host in host_records(record)]
    whole = [each for each in of_hosts if each is not None and each.benchmarks == figures.benchmarks]
    if len(whole) < FEWEST_TO_POOL:
        return figures
    level = confidence_level(len(figures.backends))
    pooled = tuple(
        BackendFigure(figure.backend, pool([_ratio_of(each, figure.backend) for each in whole], level))
        for figure in figures.backends
    )
    return replace(figures, backends=pooled, level=level, hosts=len(whole))


def _ratio_of(figures: OverallFigures, backend: str) -> Estimate:
    return next(figure.ratio for figure in figures.backends if figure.backend == backend)


def _of_one_host(record: Record) -> OverallFigures | None:
    """Return the figures of each benchmark's first result."""
    timed = list(_timed(record))
    backends = [name for name in record.backends if any(name in _own_cases(pair) for pair in timed)]
    shared = with_enough_rounds(
        [pair for pair in timed if all(name in pair[1] for name in backends)], _fewest_rounds
    )
    if not backends or not shared:
        return None
    plan = record.run.plan
    level = plan.level if len(shared) == 1 else confidence_level(len(backends))
    return OverallFigures(
        baseline=plan.baseline,
        backends=tuple(BackendFigure(name, _ratio(record.run, shared, name, level)) for name in backends),
        benchmarks=tuple(result.benchmark.id for result, _ in shared),
        families=tuple(dict.fromkeys(kind_of_work(result.benchmark) for result, _ in shared)),
        timed=len(timed),
        level=level,
    )


def _timed(record: Record) -> Iterator[tuple[BenchmarkResult, dict[str, Samples]]]:
    """Yield the results that have a ratio, each with its samples by backend; controls are left out."""
    for result in record.results:
        if CONTROL not in result.benchmark.tags and (samples := _samples(record, result)):
            yield result, samples


def _fewest_rounds(pair: tuple[BenchmarkResult, Mapping[str, Samples]]) -> int:
    return min(map(len, pair[1].values()))


def _own_cases(pair: tuple[BenchmarkResult, Mapping[str, Samples]]) -> set[str]:
    """Return the backends that a benchmark was timed on under their own name."""
    result, samples = pair
    return {case.backend for case in result.cases} & samples.keys()


def _samples(record: Record, result: BenchmarkResult) -> dict[str, Samples]:
    """Return a benchmark's samples by backend, those of a loop also for its other backends."""
    plan = record.run.plan
    samples = {
        case.backend: case.timing.samples
        for case in result.cases
        if case.timing is not None and case.timing.ratio is not None
    }
    if not samples:
        return samples
    for name in [name for name in record.backends if name not in samples]:
        column = plan.column_of(name, result.benchmark)
        if column in samples:
            samples[name] = samples[column]
        elif column == plan.baseline != name:
            samples[name] = (0.0,) * result.rounds  # the baseline's own code, which is not run twice
    return samples


def _ratio(run: RunStarted, shared: _Ratios, backend: str, level: float) -> Estimate:
    """Return the mean over families of the mean over benchmarks of their ratios."""
    families = Counter(kind_of_work(result.benchmark) for result, _ in shared)
    if len(shared) == 1:
        return ratio_in(run, shared[0][1][backend], level).exp()
    parts = [
        Part(samples[backend], 1 / len(families) / families[kind_of_work(result.benchmark)])
        for result, samples in shared
    ]
    return mean_ratio(parts, level)
