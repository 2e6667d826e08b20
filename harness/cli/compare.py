"""`loopcmp compare`: the backends inside one record, or the same backends over time; and a gate on either."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.cli.display import Display
from harness.cli.options import (
    AcrossMachines,
    Backends,
    Baseline,
    Details,
    FailIfSlower,
    Json,
    RecordPaths,
    Sort,
)
from harness.report.answer.values import SortOrder

if TYPE_CHECKING:
    from harness.analysis.gate import CaseLimits, Gate
    from harness.records.record import Record
    from harness.report.tables.comparison import Comparison


def compare(
    records: RecordPaths,
    baseline: Baseline = None,
    backend: Backends = None,
    fail_if_slower: FailIfSlower = None,
    across_machines: AcrossMachines = False,
    as_json: Json = False,
    details: Details = False,
    sort: Sort = SortOrder.PLAN,
) -> None:
    """Compare backends, or records over time.

    One record: each backend's time divided by the baseline's, within the same rounds. Two: how each ratio to
    the baseline changed; times in µs are shown and never judged. More: the last against each of the others,
    "in N of N sessions".

    Limits hold where --fail-if-slower is given, or, over time, where the project's pyproject.toml has
    limits: [tool.loopcmp.limits] with lines such as "order:n=100" = "5%", "order:* on trio+nursery" =
    "10%", "* on mine+gather" = "none"; the first that matches counts, --fail-if-slower is for all others.

    Exit codes: 1 where a whole interval, adjusted for the number of comparisons, lies beyond its limit, in
    every session; 3 where a case that had a ratio could not be measured, or a limit matches nothing.
    """
    from harness.records.store import read_record

    loaded = [read_record(path) for path in records]
    limits = _limits(fail_if_slower, over_time=len(loaded) > 1)
    backends = backend or []
    comparison = _compare(loaded, baseline, backends, across_machines=across_machines, gated=bool(limits))
    gate = _gate(limits, comparison, loaded[-1], backends)
    _show(comparison, gate, Display(as_json=as_json, details=details, order=sort))
    raise typer.Exit(_exit_code(gate))


def _limits(fail_if_slower: str | None, *, over_time: bool) -> "CaseLimits":
    from harness.analysis.gate import UNLIMITED, CaseLimits, Limit
    from harness.cli.parsing import fraction
    from harness.runner.configuration import read_configuration

    general = None if fail_if_slower is None else fraction("--fail-if-slower", fail_if_slower)
    configured = read_configuration(Path.cwd()).limits if over_time else {}
    return CaseLimits(
        tuple(
            Limit(pattern, None if share == UNLIMITED else fraction(f"the limit of {pattern!r}:", share))
            for pattern, share in configured.items()
        ),
        general,
    )


def _compare(
    records: "list[Record]",
    baseline: str | None,
    backends: list[str],
    *,
    across_machines: bool,
    gated: bool,
) -> "Comparison":
    from harness.analysis.between import between
    from harness.analysis.within import within
    from harness.errors import BadInput

    *olds, new = records
    if not olds:
        return within(new, baseline, backends, adjusted=gated)
    if baseline is not None:
        raise BadInput("--baseline is for one record: several are compared by the baseline that they have")
    return between(olds, new, backends, across_machines=across_machines)


def _gate(
    limits: "CaseLimits", comparison: "Comparison", newest: "Record", backends: list[str]
) -> "Gate | None":
    """Hold the comparison against the limits that may concern the named backends; None without any."""
    from harness.analysis.gate import judge
    from harness.analysis.within import backend_named

    if backends:
        limits = limits.on([backend_named(newest, name) for name in backends])
    if not limits:
        return None
    return judge(limits, comparison.sessions_of(), comparison.missing, comparison.level, comparison.sessions)


def _show(comparison: "Comparison", gate: "Gate | None", display: Display) -> None:
    from harness.errors import escape_controls
    from harness.report.gate import gate_sentences
    from harness.report.tables.comparison import names_in

    lines = gate_sentences(gate, names_in(comparison)) if gate else ()
    if display.as_json:
        from harness.report.json_text import json_text

        typer.echo(json_text({"comparison": comparison, "gate": gate}))
    else:
        lines = (*_show_answer(comparison, display), *lines)
    for line in lines:
        typer.echo(f"• {escape_controls(line)}", err=display.as_json)


def _show_answer(comparison: "Comparison", display: Display) -> tuple[str, ...]:
    """Print the answer, with details after the whole table; return the sentences that are left to say."""
    from harness.report.answer.of_comparison import answer_of
    from harness.report.formats.terminal import show_answer, show_table
    from harness.report.tables.comparison import comparison_table, sentences

    if display.details:
        show_table(comparison_table(comparison))
    show_answer(answer_of(comparison, display.order))
    return sentences(comparison) if display.details else ()


def _exit_code(gate: "Gate | None") -> int:
    from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE, FINDING

    if gate is None:
        return ALL_WELL
    if gate.broken:
        return FINDING
    return COULD_NOT_MEASURE if gate.unmeasured else ALL_WELL
