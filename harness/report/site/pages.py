"""The pages of a site besides those of its records, from summaries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from harness.records.estimate import Estimate
from harness.records.verdict import Verdict
from harness.report.formats.html import fill
from harness.report.formatting import VERDICTS, format_excess, format_ratio, format_seconds
from harness.report.html.assets import Assets, security_policy
from harness.report.site.badge import badge
from harness.report.site.history import DataPoint, Series
from harness.report.site.leaderboard import Leaderboard, Standing
from harness.report.site.names import slug
from harness.report.site.summary import (
    BackendEnvironmentSummary,
    CaseSummary,
    Interval,
    MachineSummary,
    RecordSummary,
    loop_of,
)

NEWEST = 100
"""Records that a page of a scenario shows for each machine and baseline; the JSON has them all."""


@dataclass(frozen=True, slots=True)
class CaseCell:
    """A case in a table: its sign and style, its figure, its evidence, and whether it changed here."""

    symbol: str
    css_class: str
    verdict: str
    figure: str
    address: str
    changed: bool


@dataclass(frozen=True, slots=True)
class BenchmarkHistory:
    """A row on one machine against one baseline over time: a line for each record, newest first.

    `build` is that of the baseline's Python; a backend stands with its own build where that is another.
    """

    benchmark: str
    machine: MachineSummary
    baseline: str
    build: str
    backends: tuple[tuple[str, str], ...]
    lines: tuple[tuple[RecordSummary, tuple[CaseCell | None, ...]], ...]
    total: int


def site_assets(root: str, scripts: Sequence[str] = ()) -> Assets:
    """The style and scripts of a page that stands at this distance from the site's root."""
    elements = Markup("").join(
        Markup('<script src="{}" defer></script>').format(f"{root}assets/{name}") for name in scripts
    )
    trail = Markup(
        '<p class="trail"><a href="{0}index.html">Records</a> · '
        '<a href="{0}leaderboard.html">Leaderboard</a></p>'
    )
    return Assets(
        policy=security_policy("'self'", "'self' 'unsafe-inline'"),
        style=Markup('<link rel="stylesheet" href="{}assets/style.css">').format(root),
        scripts=elements,
        trail=trail.format(root),
    )


def index_page(newest_first: Sequence[RecordSummary], scenarios: Sequence[str]) -> str:
    """Every record, with what they can be filtered by."""
    loops = sorted({loop_of(name) for one in newest_first if not one.audit for name in one.backends})
    return fill(
        "index.html.j2",
        assets=site_assets("", ["site.js"]),
        records=[(one, sorted({loop_of(name) for name in one.backends})) for one in newest_first],
        machines=sorted({one.machine.name for one in newest_first}),
        audits=[one for one in newest_first if one.audit],
        pythons=sorted({one.machine.python for one in newest_first}),
        loops=loops,
        loop_pages=[(name, f"loops/{slug(name)}.html") for name in loops],
        scenario_pages=[(name, f"scenarios/{slug(name)}.html") for name in scenarios],
    )


def leaderboard_page(boards: Sequence[Leaderboard]) -> str:
    """The leaderboards: of the newest record of every name on every machine and Python."""
    return fill(
        "leaderboard.html.j2", assets=site_assets(""), boards=boards, place=place_text, ratio_of=ratio_text
    )


def place_text(standing: Standing) -> str:
    """A place, or the first and the last of those that it may be."""
    return str(standing.first) if standing.first == standing.last else f"{standing.first}–{standing.last}"


def ratio_text(standing: Standing) -> str:
    """The typical ratio with its interval."""
    return "no number" if standing.ratio is None else format_ratio(standing.ratio)


def scenario_page(name: str, some: Sequence[Series]) -> str:
    """A scenario: all of its rows on all backends over time."""
    return fill(
        "scenario.html.j2", assets=site_assets("../"), name=name, stories=list(_stories(some)), newest=NEWEST
    )


def _stories(some: Sequence[Series]) -> Iterator[BenchmarkHistory]:
    def key(one: Series) -> tuple[str, ...]:
        return one.benchmark, one.machine.name, one.machine.python, one.baseline, one.baseline_build

    for _, group in groupby(sorted(some, key=key), key=key):
        together = tuple(group)
        yield _story(together)


def _story(together: Sequence[Series]) -> BenchmarkHistory:
    cells: dict[str, dict[tuple[str, str], CaseCell]] = {}
    summaries: dict[str, RecordSummary] = {}
    for one in together:
        for moment in one.points:
            summaries[moment.summary.name] = moment.summary
            cells.setdefault(moment.summary.name, {})[one.backend, one.build] = case_cell(moment)
    first = together[0]
    columns = [(one.backend, one.build) for one in together]
    newest = sorted(summaries.values(), key=lambda one: (one.started, one.name), reverse=True)
    lines = tuple((one, tuple(map(cells[one.name].get, columns))) for one in newest[:NEWEST])
    heads = tuple((name, "" if build == first.baseline_build else build) for name, build in columns)
    return BenchmarkHistory(
        first.benchmark, first.machine, first.baseline, first.baseline_build, heads, lines, len(newest)
    )


def case_cell(moment: DataPoint) -> CaseCell:
    """A case at one time, ready to stand in a table."""
    case = moment.case
    verdict = Verdict(case.verdict)
    address = f"../records/{moment.summary.name}.html#{case.page}"
    return CaseCell(
        VERDICTS[verdict].sign,
        VERDICTS[verdict].css_class,
        case.verdict,
        figure_text(case),
        address,
        moment.changed,
    )


def figure_text(case: CaseSummary) -> str:
    """The figure of a case: its ratio, its µs beyond the ideal, or its time."""
    if case.ratio is not None:
        return format_ratio(_estimate(case.ratio))
    if case.excess is not None:
        return format_excess(_estimate(case.excess))
    return "" if case.seconds is None else format_seconds(_estimate(case.seconds))


def _estimate(of: Interval) -> Estimate:
    return Estimate(of.value, of.low, of.high, 0)


def loop_page(name: str, summaries: Sequence[RecordSummary], boards: Sequence[Leaderboard]) -> str:
    """A loop: where it stands on each machine, its versions, its rows in every record, newest first."""
    found = [
        (
            one,
            [(case, case_cell(DataPoint(one, case))) for case in one.cases if loop_of(case.backend) == name],
        )
        for one in summaries
    ]
    places = [
        (board, standing, f"badges/{badge_name(board, standing)}")
        for board in boards
        for standing in board.standings
        if loop_of(standing.backend) == name
    ]
    return fill(
        "loop.html.j2",
        assets=site_assets("../"),
        name=name,
        places=places,
        place=place_text,
        ratio_of=ratio_text,
        records=[
            (one, _ran_on(one, (case.backend for case, _ in cells)), cells) for one, cells in found if cells
        ],
        slug=slug,
    )


def _ran_on(one: RecordSummary, backends: Iterable[str]) -> tuple[str, ...]:
    """What these backends of a record ran on, each environment by itself."""
    names = tuple(dict.fromkeys(backends))
    apart = [f"{name}: {_installed(one.environments[name])}" for name in names if name in one.environments]
    here = [_installed(BackendEnvironmentSummary(one.build, one.versions))] if len(apart) < len(names) else []
    return (*here, *apart)


def _installed(there: BackendEnvironmentSummary) -> str:
    if not there.build:
        return "its environment was not made"
    return f"{there.build}; {', '.join(f'{name} {version}' for name, version in there.versions.items())}"


def badge_name(board: Leaderboard, standing: Standing) -> str:
    """The file of a badge: one for each backend, name of a record, machine and Python.

    No slug holds the dot between them, so that no other two come to the same name.
    """
    machine, title = board.summary.machine, board.summary.title
    return f"{slug(standing.backend)}.{slug(f'{title} {machine.name} {machine.python}')}.svg"


def badges(boards: Sequence[Leaderboard]) -> Iterator[tuple[str, str]]:
    """The files of all badges with their text."""
    for board in boards:
        for standing in board.standings:
            yield badge_name(board, standing), badge(board, standing)
