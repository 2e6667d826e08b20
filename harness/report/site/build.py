"""results/ → a folder that any web server can serve; what did not change is not made again."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from markupsafe import Markup

from harness.errors import BadInput
from harness.records.record import Record
from harness.records.store import LOCAL, RECORD, read_record
from harness.records.store.decoding import read_bytes
from harness.report.charts.rendering import ChartRenderer, gzip_base64, runtime
from harness.report.html.assets import chart_data_json, read_asset
from harness.report.html.matrix import backend_order, case_anchor
from harness.report.html.page import page_of
from harness.report.html.templating import fill_page
from harness.report.sentences import sentences
from harness.report.site import pages
from harness.report.site.api import (
    API,
    INDEX,
    RecordIndex,
    ScenarioHistory,
    decode,
    encode,
    schema,
    series_figures,
)
from harness.report.site.feed import atom_feed
from harness.report.site.folder import SiteFolder
from harness.report.site.history import Series, series
from harness.report.site.leaderboard import leaderboard
from harness.report.site.names import slug
from harness.report.site.summary import MachineSummary, RecordSummary, loop_of, summarize_record
from harness.report.tables.audit import sentences as audited

RUNTIME = "assets/vega.js"
"""The file that draws charts, which takes a while to put together."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was done: records on the site, those rendered now, and files written now."""

    records: int
    rendered: int
    written: int


def publish(results: Path, folder: Path) -> BuildResult:
    """Build the site of the published records under `results`.

    Raises BadInput where it cannot, before anything is written, and CannotWrite where the folder takes no
    more; a build that came to no end is gone on with by the next.
    """
    sources, made_by = list(_sources(results)), program_digest()
    with SiteFolder(folder) as site:
        known = {one.name: _known(site, one) for one in sources} if site.made_by == made_by else {}
        rendered = [one for one in sources if known.get(one.name) is None]
        summaries = [known.get(one.name) or _summary(one, read_record(one.path)) for one in sources]
        derived = dict(_derived(sorted(summaries, key=_age, reverse=True), made_by))
        site.claim([*(name for one in sources for name in one.files), *derived, RUNTIME], made_by)
        for source in rendered:
            _render(site, source)
        for name, text in derived.items():
            site.put(name, text)
        if site.made_by != made_by or not site.has(RUNTIME):
            site.put(RUNTIME, runtime())
        site.finish(made_by)
    return BuildResult(len(summaries), len(rendered), site.written)


def _age(summary: RecordSummary) -> tuple[str, str]:
    return summary.started, summary.name


@dataclass(frozen=True, slots=True)
class PublishedRecord:
    """A published record: its name on the site, its file, the digest of its bytes."""

    name: str
    path: Path
    digest: str

    @property
    def files(self) -> tuple[str, str]:
        """Its page and its summary on the site."""
        return f"records/{self.name}.html", f"{API}/records/{self.name}.json"


def _sources(results: Path) -> Iterator[PublishedRecord]:
    found = [path for path in sorted(results.glob(f"*/{RECORD}")) if path.parent.name != LOCAL]
    if not found:
        raise BadInput(f"no published record under {results}: loopcmp run --publish NAME makes one")
    for path in found:
        yield PublishedRecord(slug(path.parent.name), path, hashlib.sha256(read_bytes(path)).hexdigest())


@cache
def program_digest() -> str:
    """A digest of this program's files: a site that another version made is made anew."""
    whole = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".js"}:
            whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def _known(site: SiteFolder, source: PublishedRecord) -> RecordSummary | None:
    """What an earlier build knew of the same bytes; None where it did not, or its page is not there."""
    page, file = source.files
    data = site.read(file)
    if data is None or not site.has(page):
        return None
    summary = decode(data, RecordSummary)
    return summary if summary is not None and summary.digest == source.digest else None


def _summary(source: PublishedRecord, record: Record) -> RecordSummary:
    said = (*audited(record), *sentences(record))
    return summarize_record(source.name, source.digest, record, said, _places(record))


def _render(site: SiteFolder, source: PublishedRecord) -> None:
    """Write the page of a record, and then the summary that says that its page is there."""
    record, (page, file) = read_record(source.path), source.files
    site.put(page, _page(record))
    site.put(file, encode(_summary(source, record)))


def _places(record: Record) -> dict[tuple[str, str], str]:
    return {
        (line.benchmark.id, backend): case_anchor(number, at)
        for number, line in enumerate(record.results, start=1)
        for at, backend in enumerate(backend_order(record), start=1)
    }


def _page(record: Record) -> str:
    """The page of a record, with the style and the runtime that all pages share."""
    workshop = ChartRenderer(budget=0)
    page = page_of(record, workshop)
    shared = pages.site_assets("../", ["report.js"])
    specs = Markup("")
    if workshop.kinds:
        data = gzip_base64(chart_data_json(page.charts, workshop))
        specs = Markup(
            '<script type="application/gzip" id="packed" data-runtime="../assets/vega.js">{}</script>'
        ).format(data)
    return fill_page("report.html.j2", page=page, assets=replace(shared, scripts=specs + shared.scripts))


def _derived(newest_first: list[RecordSummary], made_by: str) -> Iterator[tuple[str, str]]:
    """The name and text of each file that is made of summaries alone, or is the same on every site."""
    runs = [one for one in newest_first if not one.audit]  # an audit tries the method, and no loop
    boards = [leaderboard(one) for one in _newest(runs)]
    scenarios = _by_scenario(series(runs))
    yield "index.html", pages.index_page(newest_first, sorted(scenarios))
    yield "leaderboard.html", pages.leaderboard_page(boards)
    yield "atom.xml", atom_feed(newest_first)
    for loop in sorted({loop_of(name) for one in runs for name in one.backends}):
        yield f"loops/{slug(loop)}.html", pages.loop_page(loop, runs, boards)
    for name, some in scenarios.items():
        yield f"scenarios/{slug(name)}.html", pages.scenario_page(name, some)
        yield (
            f"{API}/scenarios/{slug(name)}.json",
            encode(ScenarioHistory(name, tuple(map(series_figures, some)))),
        )
    yield from ((f"badges/{name}", text) for name, text in pages.badges(boards))
    yield from ((f"assets/{name}", read_asset(name)) for name in ("style.css", "report.js", "site.js"))
    yield f"{API}/schema.json", schema()
    yield INDEX, encode(RecordIndex(made_by, tuple(one.name for one in newest_first)))


def _newest(newest_first: Iterable[RecordSummary]) -> list[RecordSummary]:
    """The newest finished record of every name on every machine and Python."""
    found: dict[tuple[str, MachineSummary], RecordSummary] = {}
    for one in newest_first:
        if one.finished:
            found.setdefault((one.title, one.machine), one)
    return list(found.values())


def _by_scenario(found: Iterable[Series]) -> dict[str, list[Series]]:
    scenarios: dict[str, list[Series]] = {}
    for one in found:
        scenarios.setdefault(one.points[0].case.scenario, []).append(one)
    return scenarios
