"""A gate on records: the changes from older records, or the ratios within one, held against limits."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.cli.limits import read_limits
from harness.report.answer_format import AnswerFormat

if TYPE_CHECKING:
    from harness.analysis.gate import CaseLimits, Gate
    from harness.records.record import Record
    from harness.report.tables.comparison import Comparison


@dataclass(frozen=True, slots=True)
class RecordsRequest:
    """What was typed for a gate on records: the one that is judged, the older ones, and its limit."""

    judged: str
    against: list[str]
    limit: float | None
    backends: list[str]
    baseline: str | None
    across_machines: bool


def is_record(word: str) -> bool:
    """Decide whether a word names a record, and neither a scenario nor a revision."""
    from harness.records.store import COMPRESSED_RECORD, RECORD, record_path

    named = Path(word)
    return record_path(named).is_file() or (named.name in {RECORD, COMPRESSED_RECORD} and named.is_file())


def gate_records(asked: RecordsRequest, answer: AnswerFormat, *, as_json: bool) -> int:
    """Hold one record against its own baseline or against older ones; return the exit code."""
    from harness.cli.compare import compare_records
    from harness.records.store import read_record

    loaded = [read_record(Path(word)) for word in (*asked.against, asked.judged)]
    limits = _limits(asked)
    comparison = compare_records(
        loaded, asked.baseline, asked.backends, across_machines=asked.across_machines, adjusted=True
    )
    gate = _judge(limits, comparison, loaded[-1], asked.backends)
    _show(comparison, gate, answer, as_json=as_json)
    return _exit_code(gate)


def _limits(asked: RecordsRequest) -> "CaseLimits":
    """Return the limits of the command line, and over time those of the project. Raises BadInput for none."""
    from harness.analysis.gate import CaseLimits
    from harness.errors import BadInput

    limits = read_limits(asked.limit) if asked.against else CaseLimits(general=asked.limit)
    if limits:
        return limits
    raise BadInput(
        "records of other sessions differ by more than their intervals say: give a limit, such as --limit 5%"
        if asked.against
        else "within one record, say how much slower than the baseline a backend may be, such as --limit 5%"
    )


def _judge(limits: "CaseLimits", comparison: "Comparison", newest: "Record", backends: list[str]) -> "Gate":
    """Hold the comparison against the limits that may concern the named backends."""
    from harness.analysis.gate import SessionKind, judge
    from harness.analysis.hosts_compared import ComparisonOverHosts
    from harness.analysis.within import backend_named

    if backends:
        limits = limits.on([backend_named(newest, name) for name in backends])
    over_hosts = isinstance(comparison, ComparisonOverHosts)
    return judge(
        limits,
        comparison.sessions_of(),
        comparison.missing,
        comparison.level,
        comparison.sessions,
        SessionKind.HOST if over_hosts else SessionKind.SESSION,
    )


def _show(comparison: "Comparison", gate: "Gate", answer: AnswerFormat, *, as_json: bool) -> None:
    from harness.report.gate import gate_lines
    from harness.report.tables.comparison import names_in

    if as_json:
        import msgspec

        document = msgspec.json.encode({"comparison": comparison, "gate": gate})
        typer.echo(msgspec.json.format(document, indent=1).decode())
    for line in gate_lines(gate, names_in(comparison), markdown=answer is AnswerFormat.MARKDOWN):
        typer.echo(line, err=as_json)


def _exit_code(gate: "Gate") -> int:
    from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE, FINDING

    if gate.broken:
        return FINDING
    return COULD_NOT_MEASURE if gate.unmeasured else ALL_WELL
