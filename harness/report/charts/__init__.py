"""The charts of a record as Vega-Lite, each with the table behind it and a text that says what it shows."""

from harness.analysis.sweeps import sweeps
from harness.records.record import Record
from harness.report.charts.chart import DATA, Chart, Spec
from harness.report.charts.dots import contrasts, forest, memory
from harness.report.charts.latency import latency
from harness.report.charts.strips import strips, trials
from harness.report.charts.sweep import sweep_chart

__all__ = ["DATA", "Chart", "Spec", "charts", "strips"]


def charts(record: Record) -> tuple[Chart, ...]:
    """The charts about the whole record, as far as it has what they show."""
    found = (
        trials(record), forest(record), contrasts(record), latency(record), memory(record),
        *map(sweep_chart, sweeps(record)),
    )  # fmt: skip
    return tuple(chart for chart in found if chart is not None)
