"""The order of an answer's lines."""

import math
from collections.abc import Sequence

from harness.report.answer.values import AnswerRow, SortOrder


def ordered(rows: Sequence[AnswerRow], order: SortOrder) -> Sequence[AnswerRow]:
    """Return the lines in this order; lines that are alike in it stay as they were."""
    match order:
        case SortOrder.PLAN:
            return rows
        case SortOrder.NAME:
            return sorted(rows, key=lambda row: row.name)
        case SortOrder.LESS:
            return sorted(rows, key=lambda row: min((high for _, high in _ends(row)), default=math.inf))
        case SortOrder.MORE:
            return sorted(rows, key=lambda row: -max((low for low, _ in _ends(row)), default=0.0))


def _ends(row: AnswerRow) -> list[tuple[float, float]]:
    """Return the ends of the intervals of a line's ratios."""
    ratios = [cell.ratio for cell in row.cells if cell.ratio is not None]
    return [(ratio.low, ratio.high) for ratio in ratios if ratio.low is not None and ratio.high is not None]
