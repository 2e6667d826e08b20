"""`loopcmp compare`: the backends inside one record, or the same backends in two."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Baseline, RecordPath


def compare(
    record: RecordPath,
    newer: Annotated[Path | None, typer.Argument(metavar="[RECORD]", help="A second, newer record.")] = None,
    baseline: Baseline = None,
) -> None:
    """Compare the backends inside one record, or the same backends in two records."""
    from harness.comparison import between, within
    from harness.errors import BadInput
    from harness.report.terminal import show_table
    from harness.store import read_record

    if newer is not None and baseline is not None:
        raise BadInput("--baseline is for one record: two are compared by the baseline that they have")
    old = read_record(record)
    table = within(old, baseline) if newer is None else between(old, read_record(newer))
    show_table(table)
