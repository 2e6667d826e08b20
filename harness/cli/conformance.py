"""`loopcmp check --capabilities --cpython-tests`: what loops can do, as tables and as one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer

from harness.analysis.conformance import conformance_record
from harness.cli import check, cpython_tests
from harness.cli.execute import say_unmeasured
from harness.cli.exit_codes import FINDING, exit_code, unmeasured
from harness.execution.machine import describe_machine, now
from harness.records.cpython_tests import Conformance
from harness.records.record import Record
from harness.records.store.files import write_file
from harness.report.formats import capabilities as capability_table
from harness.report.formats import cpython_tests as test_tables
from harness.runner.cpython_tests import ConformanceRequest
from harness.runner.planning import RunRequest, unavailable


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tables were asked for, and the file that takes them; None for what was not."""

    capabilities: RunRequest | None
    cpython_tests: ConformanceRequest | None
    output: Path | None


def run(asked: Asked, *, shown: bool, as_json: bool) -> int:
    """Find out what loops can do, show and write it, and return the exit code. Raises BadInput."""
    started = now()
    record = check.observed(asked.capabilities, shown=shown) if asked.capabilities else None
    tested = cpython_tests.tested(asked.cpython_tests, shown=shown) if asked.cpython_tests else ()
    if asked.output is not None:
        write_file(asked.output, _document(started, record, tested).encode())
    _show(started, record, tested, as_json=as_json)
    codes = [0]
    if record is not None:
        missing = unavailable(record.run)
        say_unmeasured(unmeasured(record, missing))
        codes.append(exit_code(record, missing))
    if asked.cpython_tests:
        cpython_tests.say_unavailable(tested)
        codes.append(cpython_tests.exit_code(tested))
    return FINDING if FINDING in codes else max(codes)


def _document(started: str, record: Record | None, tested: Sequence[Conformance]) -> str:
    machine = record.run.machine if record else describe_machine(())
    where = f"{machine.cpu}, {machine.cores} CPUs, {machine.system}"
    document = conformance_record(started, where, record, tested)
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _show(started: str, record: Record | None, tested: Sequence[Conformance], *, as_json: bool) -> None:
    """Print one table or both; as JSON, each alone in its own form, and both as one document."""
    if as_json and record is not None and tested:
        typer.echo(_document(started, record, tested), nl=False)
        return
    if record is not None:
        if as_json:
            typer.echo(capability_table.render_json(record))
        else:
            capability_table.show(record)
    if tested:
        if as_json:
            typer.echo(test_tables.render_json(tested))
        else:
            test_tables.show(tested)
