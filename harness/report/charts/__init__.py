"""The charts of a record as Vega-Lite, each with the table behind it and a text that says what it shows."""

from harness.analysis.sweeps import sweeps
from harness.records.record import Record
from harness.report.backend_names import shown_names
from harness.report.charts.chart import DATA, Chart, Spec
from harness.report.charts.dots import contrast_chart, memory_chart, ratio_chart
from harness.report.charts.latency import latency_chart
from harness.report.charts.strips import round_strips, trial_chart
from harness.report.charts.sweep import sweep_chart

__all__ = ["DATA", "Chart", "Spec", "charts", "round_strips"]


def charts(record: Record) -> tuple[Chart, ...]:
    """Return the charts about the whole record, as far as it has what they show."""
    shown = shown_names(record.backends)
    possible = (
        trial_chart(record),
        ratio_chart(record),
        contrast_chart(record),
        latency_chart(record),
        memory_chart(record),
        *(sweep_chart(sweep, shown) for sweep in sweeps(record)),
    )
    return tuple(chart for chart in possible if chart is not None)
