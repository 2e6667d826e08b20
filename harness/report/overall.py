"""A record's overall figures in words: the same on its page, on the leaderboard and in every report."""

from harness.analysis.means import FEWEST_ROUNDS
from harness.analysis.overall import OverallFigures
from harness.records.estimate import Estimate
from harness.report.backend_names import shown_names
from harness.report.formatting import ratio_figure


def sentence(figures: OverallFigures) -> str:
    """Return the overall figures in one sentence, with what they rest on."""
    count, families = len(figures.benchmarks), len(figures.families)
    names = shown_names((figures.baseline, *(figure.backend for figure in figures.backends)))
    ratios = "; ".join(
        f"{names[figure.backend]} {ratio_text(figures, figure.ratio)}" for figure in figures.backends
    )
    means = f", means of {figures.hosts} hosts" if figures.hosts > 1 else ""
    return (
        f"Over {count} of {figures.timed} benchmarks with a ratio in {families} "
        f"famil{'y' if families == 1 else 'ies'} (geometric mean, families weighted equally{means}), time "
        f"divided by that of {names[figures.baseline]}: {ratios}. This speaks for these benchmarks only."
    )


def ratio_text(figures: OverallFigures, ratio: Estimate) -> str:
    """Return one of these figures with its interval, or with the reason why it has none."""
    if len(figures.benchmarks) == 1:
        return str(ratio_figure(ratio))
    if ratio.low is None or ratio.high is None:
        few = f"a benchmark has {ratio.rounds} rounds, fewer than {FEWEST_ROUNDS}"
        return f"{ratio_figure(ratio).value} [no interval: {few}]"
    return str(ratio_figure(ratio))
