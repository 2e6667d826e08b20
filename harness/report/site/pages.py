"""The pages of a site besides those of its records, from summaries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.report.html.templating import fill_page
from harness.report.site.api import API
from harness.report.site.badge import badge
from harness.report.site.history import CaseHistory, DataPoint
from harness.report.site.history_table import CaseCell, case_cell, history_tables
from harness.report.site.leaderboard import Leaderboard, Standing
from harness.report.site.names import slug
from harness.report.site.summary import BackendEnvironmentSummary, CaseSummary, RecordSummary, loop_of
from harness.report.site.trail import site_assets
from harness.report.tables.table import Table


@dataclass(frozen=True, slots=True)
class LoopStanding:
    """Where a loop stands on one leaderboard, and the file of its badge."""

    board: Leaderboard
    standing: Standing
    badge: str


@dataclass(frozen=True, slots=True)
class LoopRecord:
    """A loop's cases in one record, and what its backends ran on there."""

    summary: RecordSummary
    environments: tuple[str, ...]
    cases: tuple[tuple[CaseSummary, CaseCell], ...]


def index_page(newest_first: Sequence[RecordSummary], scenarios: Sequence[str]) -> str:
    """Return the page that lists every record, with what they can be filtered by."""
    runs = [record for record in newest_first if not record.audit]
    loops = sorted({loop_of(name) for record in runs for name in record.backends})
    return fill_page(
        "index.html.j2",
        assets=site_assets("", ["site.js"]),
        api=API,
        records=[(record, sorted({loop_of(name) for name in record.backends})) for record in newest_first],
        machines=sorted({record.machine.name for record in newest_first}),
        audits=[record for record in newest_first if record.audit],
        pythons=sorted({record.machine.python for record in newest_first}),
        loops=loops,
        loop_pages=[(name, f"loops/{slug(name)}.html") for name in loops],
        scenario_pages=[(name, f"scenarios/{slug(name)}.html") for name in scenarios],
    )


def leaderboard_page(boards: Sequence[Leaderboard]) -> str:
    """Return the page of these leaderboards."""
    return fill_page("leaderboard.html.j2", assets=site_assets(""), boards=boards)


def scenario_page(name: str, histories: Sequence[CaseHistory]) -> str:
    """Return the page of a scenario: all of its benchmarks on all backends over time."""
    return fill_page(
        "scenario.html.j2",
        assets=site_assets("../"),
        name=name,
        tables=list(history_tables(histories)),
    )


def loop_page(
    name: str,
    summaries: Sequence[RecordSummary],
    boards: Sequence[Leaderboard],
    tables: Sequence[Table] = (),
) -> str:
    """Return a loop's page: where it stands, its versions, its cases in every record, newest first.

    `tables` stand between: what it can do, and what random programs have found.
    """
    return fill_page(
        "loop.html.j2",
        assets=site_assets("../"),
        name=name,
        standings=list(_standings(name, boards)),
        records=list(_loop_records(name, summaries)),
        tables=tables,
        slug=slug,
    )


def _standings(loop: str, boards: Sequence[Leaderboard]) -> Iterator[LoopStanding]:
    for board in boards:
        for standing in board.standings:
            if loop_of(standing.backend) == loop:
                yield LoopStanding(board, standing, f"badges/{badge_name(board, standing)}")


def _loop_records(loop: str, summaries: Sequence[RecordSummary]) -> Iterator[LoopRecord]:
    for summary in summaries:
        cases = [case for case in summary.cases if loop_of(case.backend) == loop]
        if cases:
            shown = tuple((case, case_cell(DataPoint(summary, case))) for case in cases)
            yield LoopRecord(summary, _ran_on(summary, (case.backend for case in cases)), shown)


def _ran_on(summary: RecordSummary, backends: Iterable[str]) -> tuple[str, ...]:
    """Return what these backends of a record ran on, each environment by itself."""
    names, environments = tuple(dict.fromkeys(backends)), summary.environments
    apart = [
        f"{summary.shown(name)}: {_installed(environments[name])}" for name in names if name in environments
    ]
    if len(apart) == len(names):
        return tuple(apart)
    return (_installed(BackendEnvironmentSummary(summary.build, summary.versions)), *apart)


def _installed(environment: BackendEnvironmentSummary) -> str:
    if not environment.build:
        return "its environment was not made"
    versions = ", ".join(f"{name} {version}" for name, version in environment.versions.items())
    return f"{environment.build}; {versions}"


def badge_name(board: Leaderboard, standing: Standing) -> str:
    """Return the file of a badge: one for each backend, name of a record, machine and Python.

    No slug holds the dot between them, so that no other two come to the same name.
    """
    machine, title = board.summary.machine, board.summary.title
    return f"{slug(standing.backend)}.{slug(f'{title} {machine.name} {machine.python}')}.svg"


def badges(boards: Sequence[Leaderboard]) -> Iterator[tuple[str, str]]:
    """Yield the files of all badges with their text."""
    for board in boards:
        for standing in board.standings:
            yield badge_name(board, standing), badge(board, standing)
