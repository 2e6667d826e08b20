"""What a move is worth: to another loop by kind of service, and to another Python, in a sentence each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.families import FamilyFigure
from harness.analysis.intervals import judge_ratio
from harness.analysis.kinds_of_work import SERVICES
from harness.analysis.overall import OverallFigures
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.report.answer.families import family_title
from harness.report.answer.words import change_words
from harness.report.formatting import count_benchmarks

TIME_OF_A_SERVICE = "Time is the server's CPU time for a request; what asks it is another process."


@dataclass(frozen=True, slots=True)
class MoveAnswer:
    """A sentence without its full stop, and the kind of work that it is of; empty where it is of several."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a record says of moves: its figures, its baseline, the names that people see, and its margin."""

    families: Sequence[FamilyFigure]
    overall: OverallFigures | None
    baseline: str
    shown: Mapping[str, str]
    margin: float


def service_answers(measured: Measured) -> tuple[MoveAnswer, ...]:
    """Return a sentence for each kind of service that was compared: what every loop takes there."""
    compared = [(kind, _of_kind(measured, kind)) for kind in SERVICES]
    return tuple(
        MoveAnswer(f"{family_title(kind)}: {'; '.join(_clauses(measured, figures))}", kind)
        for kind, figures in compared
        if figures
    )


def _of_kind(measured: Measured, kind: str) -> list[FamilyFigure]:
    return [figure for figure in measured.families if figure.family == kind]


def _clauses(measured: Measured, figures: Sequence[FamilyFigure]) -> Iterator[str]:
    """Yield what each backend takes, the first with the baseline's name; all are against that."""
    than = f"time than {measured.shown[measured.baseline]}"
    for figure in figures:
        change = _takes(figure.ratio, figure.judgement, measured.margin, than)
        yield f"{measured.shown[figure.backend]} {change} ({count_benchmarks(len(figure.benchmarks))})"
        than = "time"


def _takes(ratio: Estimate, judgement: Judgement, margin: float, than: str) -> str:
    if judgement is Judgement.EQUAL:
        return f"is equal within {margin * 100:g}%"
    words = change_words(ratio, judgement, margin, of=than)
    return f"takes {words}" if judgement in DIRECTIONS else f"shows {words}"


def python_answer(measured: Measured, pythons: Mapping[str, str]) -> MoveAnswer | None:
    """Return what the baseline's loop takes on other Pythons, newest first; None where it has but one.

    `pythons` are the kinds of Python that the backends ran on, such as "CPython 3.13".
    """
    figures, here = measured.overall, pythons.get(measured.baseline, "")
    if figures is None:
        return None
    newest_first = sorted(
        (figure for figure in figures.backends if _moves_python(figure.backend, measured.baseline, pythons)),
        key=lambda figure: _version(pythons[figure.backend]),
        reverse=True,
    )
    if not newest_first:
        return None
    than, parts = f"time than on {here}", []
    for figure in newest_first:
        change = _takes(figure.ratio, judge_ratio(figure.ratio, measured.margin), measured.margin, than)
        parts.append(f"on {pythons[figure.backend]} {change}")
        than = "time"
    loop = measured.baseline.partition("+")[0]
    return MoveAnswer(f"{loop} {'; '.join(parts)} ({count_benchmarks(len(figures.benchmarks))})")


def _moves_python(backend: str, baseline: str, pythons: Mapping[str, str]) -> bool:
    """Decide whether a backend is the baseline in every way but the kind of its Python."""
    alike = backend.partition("@")[0] == baseline.partition("@")[0]
    return alike and bool(pythons.get(backend)) and pythons[backend] != pythons.get(baseline)


def _version(python: str) -> tuple[int, ...]:
    """Return the numbers of a kind of Python, which order it: (3, 13) of "CPython 3.13"."""
    return tuple(int(part) for part in python.rsplit(maxsplit=1)[-1].split(".") if part.isdigit())
