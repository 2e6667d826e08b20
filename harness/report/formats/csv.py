"""A record as tidy CSV: a row for each case and metric."""

import csv
import io
from collections.abc import Iterator

from harness.analysis.metrics import metrics_of
from harness.errors import escape_controls
from harness.records.estimate import Estimate
from harness.records.record import CaseResult, Record, Timing

HEADS = ("scenario", "parameters", "backend", "verdict", "metric", "value", "low", "high", "rounds")


def render(record: Record) -> str:
    """Return the record as CSV with a header; a case without a number has one row with no metric."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(HEADS)
    for result in record.results:
        parameters = ";".join(f"{name}={value}" for name, value in result.benchmark.parameters)
        for cell in result.cases:
            case = (result.benchmark.scenario, parameters, cell.backend, str(cell.verdict.kind))
            for metric in _metrics(cell):
                writer.writerow([*map(as_text, case), *metric])
    return out.getvalue()


def _metrics(cell: CaseResult) -> Iterator[tuple[object, ...]]:
    if cell.timing is None:
        yield ("", "", "", "", "")
        return
    metrics = ((metric.name, estimate) for metric, estimate in metrics_of(cell.timing))
    for name, estimate in (*metrics, *_of_passes(cell.timing)):
        yield (name, estimate.value, estimate.low, estimate.high, estimate.rounds)


def _of_passes(timing: Timing) -> Iterator[tuple[str, Estimate]]:
    for result in timing.passes.values():
        yield from ((name, figure.estimate) for name, figure in result.figures.items())


def as_text(text: str) -> str:
    """Return text that no terminal obeys, and no spreadsheet takes for a formula."""
    shown = escape_controls(text)
    return f"'{shown}" if text.strip().startswith(_FORMULA) or text[:1] in {"\t", "\r"} else shown


_FORMULA = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take these, too
"""What a formula may begin with."""
