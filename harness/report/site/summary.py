"""What the site keeps of a record: enough for every page but the record's own.

These are also the files of the JSON API; their schema is published beside them.
"""

import ast
import textwrap
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from harness.analysis.families import FamilyFigure, family_figures
from harness.analysis.overall import OverallFigures, overall_figures
from harness.protocol.descriptions import Parameter
from harness.records.estimate import Estimate
from harness.records.machine import kind_of_python
from harness.records.record import BenchmarkResult, CaseResult, Record, SelfTestCheck
from harness.records.verdict import FINDINGS, Verdict
from harness.report.answer.headline import headline
from harness.report.answer.remarks import remarks
from harness.report.answer.strips import StripChart, strip_chart
from harness.report.answer.twins import ThroughAnyIO, through_anyio
from harness.report.answer.values import Remark
from harness.report.backend_names import shown_names
from harness.report.tables import audit
from harness.report.tables.table import Table


class CaseSummary(msgspec.Struct, frozen=True):
    """One case: seconds per iteration, the ratio to the baseline, µs beyond the ideal of one that sleeps."""

    benchmark: str
    scenario: str
    backend: str
    verdict: str
    page: str
    """The fragment of the record's page that holds the evidence."""
    seconds: Estimate | None = None
    ratio: Estimate | None = None
    excess: Estimate | None = None
    judgement: str = ""
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @property
    def was_observed(self) -> bool:
        """Whether it could be run: a case that could not breaks no promise and keeps none."""
        return self.verdict not in (Verdict.UNAVAILABLE, Verdict.COULD_NOT_MEASURE)

    @property
    def is_right(self) -> bool:
        """Whether it does what is promised or documented."""
        return self.verdict in (Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE)


class MachineSummary(msgspec.Struct, frozen=True):
    """What makes records comparable: the machine, and the kind of Python that loopcmp itself ran on.

    `system` is without its release, and `python` has the implementation with its minor version alone.
    """

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


class ScenarioSummary(msgspec.Struct, frozen=True):
    """A scenario of a record: its family, what it says of itself, its file and line, and its code."""

    name: str
    family: str
    summary: str
    docstring: str
    source: str
    code: str


class RecordSummary(msgspec.Struct, frozen=True):
    """A record in short. `digest` is the SHA-256 of its record.json, `started` an ISO 8601 time.

    `build` and `versions` are those of loopcmp's own environment, in which every backend ran that
    `environments` does not name. `overall` holds the figures that the record's own page says of all of its
    benchmarks together.
    """

    name: str
    title: str
    digest: str
    started: str
    finished: bool
    machine: MachineSummary
    baseline: str
    backends: tuple[str, ...]
    system: str
    """The system with its release."""
    build: str
    versions: dict[str, str]
    environments: dict[str, BackendEnvironmentSummary]
    benchmarks: int
    findings: int
    sentences: tuple[str, ...]
    cases: tuple[CaseSummary, ...]
    overall: OverallFigures | None = None
    audit: bool = False
    """Whether it is of an audit: of the method, not of the loops."""
    method: str | None = None
    """The version of the method that it was measured by; None where that is not recorded: the first."""
    headline: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    strips: StripChart | None = None
    """The chart that its page begins with; None where nothing was compared."""
    through_anyio: ThroughAnyIO | None = None
    """What AnyIO does to the answer; None where no benchmark was written for loops themselves as well."""
    scenarios: tuple[ScenarioSummary, ...] = ()
    families: tuple[FamilyFigure, ...] = ()
    """The figure of every kind of work on every backend that was compared in it."""
    self_test: SelfTestCheck | None = None
    margin: float = 0.0
    """Ratios within it of 1 are equal."""
    audit_tables: tuple[Table, ...] = ()
    """What an audit found, in full; nothing for a run."""

    def shown(self, backend: str) -> str:
        """Return the name of a backend that people see."""
        return shown_names(self.backends)[backend]

    @property
    def shown_backends(self) -> tuple[str, ...]:
        """The names of all backends that people see."""
        return tuple(map(self.shown, self.backends))

    def build_of(self, backend: str) -> str:
        """The build of Python that a backend ran on; empty where its environment could not be made."""
        environment = self.environments.get(backend)
        return self.build if environment is None else environment.build

    def python_of(self, backend: str) -> str:
        """The kind of Python that a backend ran on; empty where its environment could not be made."""
        return kind_of_python(self.build_of(backend))

    def versions_of(self, backend: str) -> dict[str, str]:
        """The versions of what is installed where a backend ran, with those of the system and Python."""
        environment = self.environments.get(backend)
        installed = self.versions if environment is None else environment.versions
        return {"system": self.system, "Python": self.build_of(backend), **installed}


def summarize_record(
    name: str, digest: str, record: Record, sentences: tuple[str, ...], anchors: dict[tuple[str, str], str]
) -> RecordSummary:
    """Return a record in short; `anchors` are the fragments of its page by benchmark and backend."""
    machine = record.run.machine
    cases = tuple(
        _case(result, case, anchors[result.benchmark.id, case.backend])
        for result in record.results
        for case in result.cases
    )
    return RecordSummary(
        name=name,
        title=record.run.name,
        digest=digest,
        started=record.run.started,
        finished=record.finished is not None,
        machine=MachineSummary(machine.cpu, machine.cores, machine.platform, kind_of_python(machine.build)),
        baseline=record.run.plan.baseline,
        backends=record.backends,
        system=machine.system,
        build=machine.build,
        versions=dict(machine.versions),
        environments={
            environment.backend: BackendEnvironmentSummary(environment.build, dict(environment.versions))
            for environment in machine.environments
        },
        benchmarks=len(record.results),
        findings=sum(Verdict(case.verdict) in FINDINGS for case in cases),
        sentences=sentences,
        cases=cases,
        overall=overall_figures(record),
        audit=record.run.audit is not None,
        method=record.run.method,
        headline=headline(record),
        remarks=remarks(record, details=""),
        strips=strip_chart(record),
        through_anyio=through_anyio(record),
        scenarios=tuple(_scenarios(record)),
        families=family_figures(record),
        self_test=record.self_test,
        margin=record.run.plan.margin,
        audit_tables=audit.tables(record),
    )


def _scenarios(record: Record) -> Iterator[ScenarioSummary]:
    benchmarks = {result.benchmark.scenario: result.benchmark for result in reversed(record.results)}
    for benchmark in reversed(benchmarks.values()):
        yield ScenarioSummary(
            benchmark.scenario,
            benchmark.family,
            benchmark.summary,
            docstring_of(benchmark.text) or benchmark.summary,
            benchmark.source,
            benchmark.text,
        )


def docstring_of(code: str) -> str:
    """Return the docstring of a function, given as its code; empty where it has none that can be read."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for statement in ast.parse(textwrap.dedent(code)).body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                return ast.get_docstring(statement) or ""
    return ""


def _case(result: BenchmarkResult, case: CaseResult, anchor: str) -> CaseSummary:
    timing = case.timing
    return CaseSummary(
        benchmark=result.benchmark.id,
        scenario=result.benchmark.scenario,
        backend=case.backend,
        verdict=str(case.verdict.kind),
        page=anchor,
        seconds=timing.seconds if timing else None,
        ratio=timing.ratio if timing else None,
        excess=timing.excess if timing else None,
        judgement=str(timing.judgement or "") if timing else "",
        parameters=result.benchmark.parameters,
    )


def loop_of(backend: str) -> str:
    """Return the loop of a backend's name."""
    return backend.rpartition("+")[0] or backend
