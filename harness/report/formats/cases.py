"""`loopcmp check --json`: one object per case."""

from harness.records.record import Record
from harness.report.evidence import case_lines, versions_of
from harness.report.json_text import json_text


def render(record: Record) -> str:
    """Return a JSON array with an object per case: what it is, its verdict, why, and what was observed."""
    versions = {backend.name: versions_of(record, backend) for backend in record.run.plan.backends}
    cases = [
        {
            "scenario": result.benchmark.scenario,
            "parameters": dict(result.benchmark.parameters),
            "benchmark": result.benchmark.id,
            "backend": cell.backend,
            "versions": versions[cell.backend],
            "verdict": cell.verdict.kind,
            "reason": cell.verdict.reason,
            "blemish": cell.verdict.blemish,
            "source": cell.verdict.source,
            "difference": cell.verdict.mismatch,
            "observed": [
                {
                    "outcome": str(seen.observation.outcome),
                    "prints": seen.observation.prints,
                    "diagnostics": [str(diagnostic) for diagnostic in seen.observation.diagnostics],
                    "leaks": seen.observation.leaks,
                    "process": number,
                    "times": seen.times,
                }
                for number, process in enumerate(cell.processes, start=1)
                for seen in process.observations
            ],
            "evidence": case_lines(cell),
            "ended": [process.ended for process in cell.processes if process.ended],
        }
        for result in record.results
        for cell in result.cases
    ]
    return json_text(cases)
