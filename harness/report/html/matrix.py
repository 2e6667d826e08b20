"""The matrix of a page: benchmarks × backends, each cell a verdict and its figure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness.analysis.families import FamilyFigure, family_figures
from harness.analysis.kinds_of_work import kind_of_work
from harness.records.estimate import Estimate, Judgement
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report.answer.families import family_title
from harness.report.answer.twins import TwinCase, twin_cases
from harness.report.answer.words import change_words
from harness.report.backend_names import backend_order, shown_names
from harness.report.formatting import JUDGEMENT_MARKS, Figure, excess_figure, ratio_figure, seconds_figure
from harness.report.tables.results import missing_cell_text
from harness.report.verdict_signs import VERDICTS

JUDGEMENT_SIGNS = {
    Judgement.LESS_TIME: "▾",
    Judgement.MORE_TIME: "▴",
    **{judgement: mark.strip() for judgement, mark in JUDGEMENT_MARKS.items()},
}
"""The sign of every judgement: less time, more time, not resolved, equal within the margin."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one cell shows; `anchor` names the case's evidence on the page."""

    anchor: str
    symbol: str
    verdict: str
    css_class: str
    figure: Figure | None
    judgement_sign: str
    judgement: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A benchmark in the matrix: its number, its name, and for every backend a cell, or why it has none.

    `differs` is whether a case of it had another result than the baseline, known or not; `unclear` whether a
    case shows no clear difference in time. `less` and `more` order rows: the upper end of the interval that
    lies lowest, and the lower end of the one that lies highest, as ratios; None where there is no interval.
    `own_api` are the cells of its twins, on the loops' own APIs, and `twin` is the number of the first of
    them; empty and None where it has none.
    """

    number: int
    name: str
    summary: str
    cells: tuple[MatrixCell | str, ...]
    differs: bool
    unclear: bool
    less: float | None
    more: float | None
    twin: int | None
    own_api: tuple[MatrixCell | str, ...]

    @property
    def is_timed(self) -> bool:
        """Whether a case of it has a figure."""
        return any(isinstance(cell, MatrixCell) and cell.figure is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class FamilyMean:
    """What a backend's benchmarks of a family come to together, in words, and how that is judged."""

    words: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class MatrixFamily:
    """A family in the matrix: its benchmarks, and for every backend their mean, if they have one."""

    anchor: str
    name: str
    title: str
    rows: tuple[MatrixRow, ...]
    means: tuple[FamilyMean | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All benchmarks, family by family, over all backends, the baseline's column first."""

    backends: tuple[str, ...]
    families: tuple[MatrixFamily, ...]

    @property
    def count(self) -> int:
        """The number of benchmarks."""
        return sum(len(family.rows) for family in self.families)

    @property
    def anchors(self) -> dict[str, str]:
        """The places of the families on the page, by name."""
        return {family.name: family.anchor for family in self.families}

    @property
    def timed(self) -> tuple[MatrixFamily, ...]:
        """The families with those of their benchmarks that have a figure; all where none has one."""
        return _only(self.families, lambda row: row.is_timed) or self.families

    @property
    def untimed(self) -> tuple[MatrixFamily, ...]:
        """The families with those of their benchmarks that have no figure, where others have one."""
        untimed = _only(self.families, lambda row: not row.is_timed)
        return () if sum(len(family.rows) for family in untimed) == self.count else untimed


def _only(families: Sequence[MatrixFamily], wanted: Callable[[MatrixRow], bool]) -> tuple[MatrixFamily, ...]:
    """Return the families with these of their rows, those without any left out."""
    kept = (replace(family, rows=tuple(filter(wanted, family.rows))) for family in families)
    return tuple(family for family in kept if family.rows)


def case_anchor(benchmark: int, backend: int) -> str:
    """Return a case's name on the page, by numbers: safe whatever scenarios and backends are called."""
    return f"case-{benchmark}-{backend}"


def matrix(record: Record) -> Matrix:
    """Return the record's matrix, with its benchmarks in their order."""
    families: dict[str, list[MatrixRow]] = {}
    for number, result in enumerate(record.results, start=1):
        families.setdefault(kind_of_work(result.benchmark), []).append(_row(record, number, result))
    shown, means = shown_names(record.backends), _means(record)
    return Matrix(
        tuple(shown[name] for name in backend_order(record)),
        tuple(
            MatrixFamily(
                f"family-{number}",
                name,
                family_title(name),
                tuple(rows),
                tuple(means.get((name, backend)) for backend in backend_order(record)),
            )
            for number, (name, rows) in enumerate(families.items(), start=1)
        ),
    )


def _means(record: Record) -> dict[tuple[str, str], FamilyMean]:
    """Return the mean of each family on each backend that has one."""
    margin = record.run.plan.margin
    return {(figure.family, figure.backend): _mean(figure, margin) for figure in family_figures(record)}


def _mean(figure: FamilyFigure, margin: float) -> FamilyMean:
    return FamilyMean(change_words(figure.ratio, figure.judgement, margin), figure.judgement)


def _row(record: Record, number: int, result: BenchmarkResult) -> MatrixRow:
    cases = {case.backend: case for case in result.cases}
    cells = (
        _cell(case_anchor(number, column), cases[name])
        if name in cases
        else missing_cell_text(record, result, name)
        for column, name in enumerate(backend_order(record), start=1)
    )
    verdicts = {case.verdict.kind for case in result.cases}
    ratios = [case.timing.ratio for case in result.cases if case.timing and case.timing.ratio]
    twins = twin_cases(record, result)
    return MatrixRow(
        number,
        result.benchmark.id,
        result.benchmark.summary,
        tuple(cells),
        differs=bool(verdicts & {*FINDINGS, Verdict.KNOWN_DIFFERENCE}),
        unclear=any(_is_unclear(case) for case in result.cases),
        less=min((ratio.high for ratio in ratios if ratio.high is not None), default=None),
        more=max((ratio.low for ratio in ratios if ratio.low is not None), default=None),
        twin=twins[0].row if twins else None,
        own_api=tuple(_own_api(record, twins)) if twins else (),
    )


def _own_api(record: Record, twins: Sequence[TwinCase]) -> Iterator[MatrixCell | str]:
    """Yield for every backend the case of the twin that was written for its loop, against the baseline's."""
    by_backend = {twin.backend: twin for twin in twins}
    for column, name in enumerate(backend_order(record), start=1):
        if twin := by_backend.get(name):
            cell = _cell(case_anchor(twin.row, column), twin.case)
            yield cell if twin.ratio is None or cell.figure is None else _compared(cell, twin, twin.ratio)
        else:
            yield "no twin"


def _compared(cell: MatrixCell, twin: TwinCase, ratio: Estimate) -> MatrixCell:
    """Return a twin's cell with its ratio to the baseline's twin."""
    judgement = twin.judgement
    return replace(
        cell,
        figure=ratio_figure(ratio),
        judgement_sign=JUDGEMENT_SIGNS[judgement] if judgement else "",
        judgement=str(judgement or ""),
    )


def _is_unclear(case: CaseResult) -> bool:
    return case.timing is not None and case.timing.judgement is Judgement.NO_CLEAR_DIFFERENCE


def _cell(anchor: str, case: CaseResult) -> MatrixCell:
    verdict, timing = case.verdict.kind, case.timing
    judgement = timing.judgement if timing else None
    return MatrixCell(
        anchor=anchor,
        symbol=VERDICTS[verdict].sign,
        verdict=str(verdict),
        css_class=VERDICTS[verdict].css_class,
        figure=case_figure(timing.seconds, timing.ratio, timing.excess) if timing else None,
        judgement_sign=JUDGEMENT_SIGNS[judgement] if judgement else "",
        judgement=str(judgement or ""),
        flagged=bool(case.verdict.blemish or (timing and timing.flags)),
    )


def case_figure(seconds: Estimate | None, ratio: Estimate | None, excess: Estimate | None) -> Figure | None:
    """Return what a case shows: its time beyond its ideal where it sleeps, else its ratio, else its time.

    None where it has none of these. `excess` is in µs.
    """
    if excess is not None:
        return excess_figure(excess)
    if ratio is not None:
        return ratio_figure(ratio)
    return None if seconds is None else seconds_figure(seconds)
