"""What the site keeps of a record is made here, from the record itself."""

import ast
import textwrap
from collections.abc import Iterator
from contextlib import suppress

from harness.analysis.families import family_figures
from harness.analysis.kinds_of_work import kind_of_work
from harness.analysis.overall import overall_figures
from harness.records.machine import kind_of_python
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report.answer.headline import headline
from harness.report.answer.remarks import remarks
from harness.report.answer.strips import strip_chart
from harness.report.answer.twins import through_anyio
from harness.report.site.summary import (
    BackendEnvironmentSummary,
    CaseSummary,
    MachineSummary,
    RecordSummary,
    ScenarioSummary,
)
from harness.report.tables import audit


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
            kind_of_work(benchmark),
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
        reason="" if case.verdict.kind is Verdict.SAME_RESULT else case.verdict.reason,
    )
