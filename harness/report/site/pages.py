"""The pages of a site besides those of its records, from summaries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.report.html.templating import fill_page
from harness.report.site.api import API
from harness.report.site.badge import badge, badge_endpoint
from harness.report.site.differences import alike_together, differences_of, differences_text
from harness.report.site.history import CaseHistory, DataPoint
from harness.report.site.history_table import CaseCell, case_cell, history_tables
from harness.report.site.leaderboard import Leaderboard, Standing, family_boards
from harness.report.site.loops import loop_card, loop_services, loop_strips
from harness.report.site.moves import moves
from harness.report.site.names import slug
from harness.report.site.newest import charts_beside, newest_audit
from harness.report.site.projects import project_of
from harness.report.site.scenarios import newest_scenario, scenario_families
from harness.report.site.summary import BackendEnvironmentSummary, CaseSummary, RecordSummary, loop_of
from harness.report.site.sweep_lines import sweep_lines
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


def index_page(
    newest_first: Sequence[RecordSummary],
    board: Leaderboard | None,
    boards: Sequence[Leaderboard],
    loops: Sequence[str],
    scenarios: Sequence[str],
    *,
    with_abilities: bool,
) -> str:
    """Return the front page: services, the answer of the newest full record, loops, scenarios, all records.

    A loop that is not on `board`, that of the full record, is told by the first of `boards` that has it.
    `with_abilities` says whether the page of what loops can do has anything on it.
    """
    runs = [record for record in newest_first if not record.audit]
    audits = [record for record in newest_first if record.audit]
    return fill_page(
        "index.html.j2",
        assets=site_assets("", ["site.js"]),
        api=API,
        full=None if board is None else board.summary,
        moves=moves(runs),
        with_abilities=with_abilities,
        beside=[] if board is None else list(charts_beside(board.summary, runs)),
        page="" if board is None else f"records/{board.summary.name}.html",
        cards=[loop_card(name, [*([board] if board else ()), *boards], runs) for name in loops],
        families=list(scenario_families(scenarios, runs)),
        audit=newest_audit(newest_first),
        records=[(record, sorted({loop_of(name) for name in record.backends})) for record in runs],
        machines=sorted({record.machine.name for record in runs}),
        audits=audits,
        pythons=sorted({record.machine.python for record in runs}),
        loops=sorted({loop_of(name) for record in runs for name in record.backends}),
        slug=slug,
    )


def which_loop_page(newest_first: Sequence[RecordSummary], loops: Sequence[str]) -> str:
    """Return the page about moving a service: by kind of service, by Python, and what breaks."""
    differing = [(loop, differences_text(differences_of(loop, newest_first))) for loop in loops]
    return fill_page(
        "which_loop.html.j2",
        assets=site_assets(""),
        moves=moves(newest_first),
        differing=differing,
        slug=slug,
    )


def method_page(newest_first: Sequence[RecordSummary]) -> str:
    """Return the page that says how good the method is: by the newest audit, and by every self-test."""
    return fill_page(
        "method.html.j2",
        assets=site_assets(""),
        audit=newest_audit(newest_first),
        audits=[record for record in newest_first if record.audit],
        checked=[record for record in newest_first if record.self_test is not None],
    )


def leaderboard_page(boards: Sequence[Leaderboard]) -> str:
    """Return the page of these leaderboards."""
    ranked = [(board, family_boards(board.summary)) for board in boards]
    return fill_page("leaderboard.html.j2", assets=site_assets(""), boards=ranked)


def scenario_page(name: str, histories: Sequence[CaseHistory], newest_first: Sequence[RecordSummary]) -> str:
    """Return the page of a scenario: what it is, its sweep, and all of its benchmarks over time."""
    return fill_page(
        "scenario.html.j2",
        assets=site_assets("../"),
        name=name,
        scenario=newest_scenario(name, newest_first),
        sweep=sweep_lines(name, newest_first),
        tables=list(history_tables(histories)),
    )


def loop_page(
    name: str,
    summaries: Sequence[RecordSummary],
    boards: Sequence[Leaderboard],
    newest: Leaderboard | None,
    tables: Sequence[Table] = (),
) -> str:
    """Return a loop's page: its kinds of work, where it stands, its versions, and its cases in every record.

    `tables` stand between: what it can do, and what random programs have found.
    """
    return fill_page(
        "loop.html.j2",
        assets=site_assets("../", ["site.js"]),
        name=name,
        project=project_of(name),
        strips=loop_strips(name, summaries),
        services=loop_services(name, summaries),
        standings=list(_standings(name, boards)),
        badge=stable_badge_name(name) if newest is not None and _stands(name, newest) else None,
        records=list(_loop_records(name, summaries)),
        differences=alike_together(differences_of(name, summaries)),
        tables=tables,
        slug=slug,
    )


def _stands(loop: str, board: Leaderboard) -> bool:
    return any(loop_of(standing.backend) == loop for standing in board.standings)


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


def stable_badge_name(loop: str) -> str:
    """Return the file of a loop's badge from the newest full record, whose address stays."""
    return f"{slug(loop)}.svg"


def badges(boards: Sequence[Leaderboard], newest: Leaderboard | None) -> Iterator[tuple[str, str]]:
    """Yield the files of all badges with their text; those of the newest full record also by loop."""
    standings = () if newest is None else newest.standings
    of_loops = {loop_of(standing.backend): standing for standing in reversed(standings)}
    for loop, standing in of_loops.items():
        if newest is not None:
            yield stable_badge_name(loop), badge(newest, standing)
            yield f"{slug(loop)}.json", badge_endpoint(newest, standing)
    for board in boards:
        for standing in board.standings:
            yield badge_name(board, standing), badge(board, standing)
