"""What a move to another loop or another Python is worth, from the newest records that measured it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.kinds_of_work import SERVICES
from harness.records.estimate import Judgement
from harness.report.answer.families import asked_first, family_title
from harness.report.answer.moving import TIME_OF_A_SERVICE, MoveAnswer, service_answers
from harness.report.answer.strips import StripChart
from harness.report.answer.words import change_words
from harness.report.site.newest import pythons_record, services_chart, services_record
from harness.report.site.summary import CaseSummary, RecordSummary


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service: what it is, and for each backend the words of its change and where its evidence stands."""

    benchmark: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A kind of service: its title, its sentence, and its benchmarks one by one."""

    title: str
    answer: MoveAnswer
    rows: tuple[ServiceRow, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What is known of moves; `services` and `pythons` are the records that say so, None where none does."""

    services: RecordSummary | None
    kinds: tuple[ServiceKind, ...]
    chart: StripChart | None
    pythons: RecordSummary | None
    python: MoveAnswer | None

    @property
    def services_note(self) -> str:
        """What the answers about services are of."""
        return TIME_OF_A_SERVICE

    @property
    def python_note(self) -> str:
        """What the answer about Pythons is of."""
        overall = None if self.pythons is None else self.pythons.overall
        if overall is None:
            return ""
        kinds = ", ".join(family_title(family) for family in asked_first(overall.families))
        return f"The mean over these kinds of work, in the same rounds on every Python: {kinds}."

    @property
    def others(self) -> tuple[str, ...]:
        """The backends that services are compared on with the baseline, as people see them."""
        return () if self.chart is None else self.chart.backends


def moves(newest_first: Sequence[RecordSummary]) -> Moves:
    """Return what these records say of moves."""
    services, pythons = services_record(newest_first), pythons_record(newest_first)
    return Moves(
        services,
        () if services is None else tuple(_kinds(services)),
        None if services is None else services_chart(services),
        pythons,
        None if pythons is None else pythons.python_answer,
    )


def _kinds(summary: RecordSummary) -> Iterator[ServiceKind]:
    for answer in service_answers(summary.measured):
        figures = [figure for figure in summary.families if figure.family == answer.kind]
        names = dict.fromkeys(name for figure in figures for name in figure.benchmarks)
        rows = tuple(ServiceRow(name, tuple(_cells(summary, name))) for name in names)
        yield ServiceKind(family_title(answer.kind), answer, rows)


def _cells(summary: RecordSummary, benchmark: str) -> Iterator[tuple[str, str, str]]:
    """Yield for each backend but the baseline its words, their class, and the address of its evidence."""
    cases = {case.backend: case for case in summary.cases if case.benchmark == benchmark}
    others = {figure.backend for figure in summary.families if figure.family in SERVICES}
    for backend in (name for name in summary.backends if name in others):
        yield _cell(summary, cases.get(backend))


def _cell(summary: RecordSummary, case: CaseSummary | None) -> tuple[str, str, str]:
    if case is None:
        return "does not run there", "", ""
    address = f"records/{summary.name}.html#{case.page}"
    if case.ratio is None or not case.judgement:
        return case.verdict, "", address
    judgement = Judgement(case.judgement)
    return change_words(case.ratio, judgement, summary.margin, of="time"), judgement.name.lower(), address
