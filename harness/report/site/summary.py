"""What the site keeps of a record: enough for every page but the record's own.

These are also the files of the JSON API; their schema is published beside them.
"""

import msgspec

from harness.records.estimate import Estimate
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import FINDINGS, Verdict


class Interval(msgspec.Struct, frozen=True):
    """An estimate; the ends are null where rounds were too few."""

    value: float
    low: float | None
    high: float | None


class CaseSummary(msgspec.Struct, frozen=True):
    """One case: seconds per iteration, the ratio to the baseline, µs beyond the ideal of a sleeper."""

    benchmark: str
    scenario: str
    backend: str
    verdict: str
    page: str
    """The fragment of the record's page that holds the evidence."""
    seconds: Interval | None = None
    ratio: Interval | None = None
    excess: Interval | None = None
    judgement: str = ""


class MachineSummary(msgspec.Struct, frozen=True):
    """Where a record was made, and the version of the Python that loopcmp itself ran on."""

    cpu: str
    cores: int
    system: str
    python: str

    @property
    def name(self) -> str:
        """The machine in words."""
        return f"{self.cpu}, {self.cores} CPUs, {self.system}"


class BackendEnvironmentSummary(msgspec.Struct, frozen=True):
    """What a backend in an environment of its own ran on; empty where that could not be made."""

    build: str
    versions: dict[str, str]


class RecordSummary(msgspec.Struct, frozen=True):
    """A record in short. `digest` is the SHA-256 of its record.json, `started` an ISO 8601 time.

    `build` and `versions` are those of loopcmp's own environment, in which every backend ran that
    `elsewhere` does not name.
    """

    name: str
    title: str
    digest: str
    started: str
    finished: bool
    machine: MachineSummary
    baseline: str
    backends: tuple[str, ...]
    build: str
    versions: dict[str, str]
    environments: dict[str, BackendEnvironmentSummary]
    benchmarks: int
    findings: int
    sentences: tuple[str, ...]
    cases: tuple[CaseSummary, ...]
    audit: bool = False
    """Whether it is of an audit: of the method, not of the loops."""

    def build_of(self, backend: str) -> str:
        """The build of Python that a backend ran on; empty where its environment could not be made."""
        there = self.environments.get(backend)
        return self.build if there is None else there.build


def summarize_record(
    name: str, digest: str, record: Record, sentences: tuple[str, ...], places: dict[tuple[str, str], str]
) -> RecordSummary:
    """A record in short; `places` are the fragments of its page by row and backend."""
    env = record.run.machine
    cases = tuple(
        _case(line, cell, places[line.benchmark.id, cell.backend])
        for line in record.results
        for cell in line.cases
    )
    return RecordSummary(
        name=name,
        title=record.run.name,
        digest=digest,
        started=record.run.started,
        finished=record.finished is not None,
        machine=MachineSummary(env.cpu, env.cores, env.system, env.python),
        baseline=record.run.plan.baseline,
        backends=record.backends,
        build=env.build,
        versions=dict(env.versions),
        environments={
            one.backend: BackendEnvironmentSummary(one.build, dict(one.versions)) for one in env.environments
        },
        benchmarks=len(record.results),
        findings=sum(case.verdict in {str(verdict) for verdict in FINDINGS} for case in cases),
        sentences=sentences,
        cases=cases,
        audit=record.run.audit is not None,
    )


def _case(line: BenchmarkResult, cell: CaseResult, page: str) -> CaseSummary:
    timing = cell.timing
    return CaseSummary(
        benchmark=line.benchmark.id,
        scenario=line.benchmark.scenario,
        backend=cell.backend,
        verdict=str(cell.verdict.kind),
        page=page,
        seconds=_interval(timing.seconds) if timing else None,
        ratio=_interval(timing.ratio) if timing and timing.ratio else None,
        excess=_interval(timing.excess) if timing and timing.excess else None,
        judgement=str(timing.judgement or "") if timing else "",
    )


def _interval(estimate: Estimate) -> Interval:
    low, high = (None if end is None else float(end) for end in (estimate.low, estimate.high))
    return Interval(float(estimate.value), low, high)


def loop_of(backend: str) -> str:
    """The loop of a backend's name."""
    return backend.rpartition("+")[0] or backend


def was_observed(case: CaseSummary) -> bool:
    """Whether anything can be said of a case: one that could not be run breaks no promise and keeps none."""
    return case.verdict not in (Verdict.UNAVAILABLE, Verdict.COULD_NOT_MEASURE)


def is_right(case: CaseSummary) -> bool:
    """Whether a case does what is promised or documented."""
    return case.verdict in (Verdict.AGREES, Verdict.DOCUMENTED)
