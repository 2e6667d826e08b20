"""The site of the published records: a folder that any web server can serve, made anew where it changed."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from markupsafe import Markup

from harness.errors import BadInput
from harness.records.record import Record
from harness.records.store import published, read_record, record_path
from harness.records.store.decoding import read_bytes
from harness.records.store.publications import published_campaigns, published_conformance
from harness.report.backend_names import backend_order
from harness.report.charts.rendering import ChartRenderer, gzip_base64, runtime
from harness.report.html.assets import chart_data_json, read_asset
from harness.report.html.matrix import case_anchor
from harness.report.html.page import page_of
from harness.report.html.templating import fill_page
from harness.report.sentences import backend_sentences
from harness.report.site import conformance, pages
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
from harness.report.site.besides import Besides
from harness.report.site.feed import atom_feed
from harness.report.site.folder import SiteFolder
from harness.report.site.history import CaseHistory, series
from harness.report.site.leaderboard import leaderboard
from harness.report.site.names import slug
from harness.report.site.newest import full_record, newest_of_each_title
from harness.report.site.summarizing import summarize_record
from harness.report.site.summary import RecordSummary, loop_of
from harness.report.site.trail import site_assets
from harness.report.tables import audit

RUNTIME = "assets/vega.js"
"""The file that draws charts, which takes a while to put together."""

ASSETS = ("style.css", "report.js", "site.js")
"""The files that the pages share, besides what draws charts."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did: the records on the site, those rendered now, and the files written now.

    `left_out` says of each record that cannot be read which it is, and why.
    """

    records: int
    rendered: int
    written: int
    left_out: tuple[str, ...] = ()


def publish(results: Path, folder: Path) -> BuildResult:
    """Build the site of the published records under `results`; what did not change is not made again.

    A record that cannot be read is left out. Raises BadInput where nothing is left or the folder cannot be
    used, before anything is written, and CannotWrite where the folder takes no more. A build that was killed
    is gone on with by the next.
    """
    made_by, left_out = program_digest(), list[str]()
    sources = list(_sources(results, left_out))
    besides = Besides(published_conformance(results), published_campaigns(results))
    with SiteFolder(folder) as site:
        known = {source.name: _known(site, source) for source in sources} if site.made_by == made_by else {}
        summaries = {
            source: summary
            for source in sources
            if (summary := known.get(source.name) or _summary_of(source, left_out)) is not None
        }
        if not summaries:
            raise BadInput(left_out[0])
        rendered = [source for source in summaries if known.get(source.name) is None]
        derived = dict(derived_files(sorted(summaries.values(), key=_age, reverse=True), made_by, besides))
        site.claim([*(name for source in summaries for name in source.files), *derived, RUNTIME], made_by)
        for source in rendered:
            render_record(site, source)
        for name, text in derived.items():
            site.put(name, text)
        if site.made_by != made_by or not site.has(RUNTIME):
            site.put(RUNTIME, runtime())
        site.finish(made_by)
    return BuildResult(len(summaries), len(rendered), site.written, tuple(left_out))


def _age(summary: RecordSummary) -> tuple[str, str]:
    return summary.started, summary.name


@dataclass(frozen=True, slots=True)
class PublishedRecord:
    """A published record: its name on the site, its file, the SHA-256 of its bytes."""

    name: str
    path: Path
    digest: str

    @property
    def files(self) -> tuple[str, str]:
        """Its page and its summary on the site."""
        return f"records/{self.name}.html", f"{API}/records/{self.name}.json"


def _sources(results: Path, left_out: list[str]) -> Iterator[PublishedRecord]:
    paths = [record_path(folder) for folder in published(results)]
    if not paths:
        raise BadInput(f"no published record under {results}: loopcmp run --publish NAME makes one")
    for path in paths:
        try:
            digest = hashlib.sha256(read_bytes(path)).hexdigest()
        except BadInput as error:
            left_out.append(str(error))
        else:
            yield PublishedRecord(slug(path.parent.name), path, digest)


@cache
def program_digest() -> str:
    """Return a digest of this program's files: a site that another version made is made anew."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[2]
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".js"}:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _known(site: SiteFolder, source: PublishedRecord) -> RecordSummary | None:
    """Return what an earlier build knew of the same bytes; None where it did not, or their page is gone."""
    page, file = source.files
    content = site.read(file)
    if content is None or not site.has(page):
        return None
    summary = decode(content, RecordSummary)
    return summary if summary is not None and summary.digest == source.digest else None


def _summary_of(source: PublishedRecord, left_out: list[str]) -> RecordSummary | None:
    try:
        return _summary(source, read_record(source.path))
    except BadInput as error:
        left_out.append(str(error))
        return None


def _summary(source: PublishedRecord, record: Record) -> RecordSummary:
    words = (*audit.sentences(record), *backend_sentences(record))
    return summarize_record(source.name, source.digest, record, words, _anchors(record))


def render_record(site: SiteFolder, source: PublishedRecord) -> None:
    """Write the page of a record, and then the summary that says that its page is there."""
    record, (page, file) = read_record(source.path), source.files
    site.put(page, _page(record))
    site.put(file, encode(_summary(source, record)))


def _anchors(record: Record) -> dict[tuple[str, str], str]:
    """Return where the evidence of each case stands on the record's page, by benchmark and backend."""
    return {
        (result.benchmark.id, backend): case_anchor(number, column)
        for number, result in enumerate(record.results, start=1)
        for column, backend in enumerate(backend_order(record), start=1)
    }


def _page(record: Record) -> str:
    """Return the page of a record, with the style and the runtime that all pages share."""
    renderer = ChartRenderer()
    page = page_of(record, renderer, with_strips=False)
    shared = site_assets("../", ["report.js"])
    specs = Markup("")
    if renderer.kinds:
        specs = Markup(
            '<script type="application/gzip" id="packed" data-runtime="../assets/vega.js">{}</script>'
        ).format(gzip_base64(chart_data_json(page.charts, renderer)))
    return fill_page("report.html.j2", page=page, assets=replace(shared, scripts=specs + shared.scripts))


def derived_files(
    newest_first: Sequence[RecordSummary], made_by: str, besides: Besides
) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each file that is made of summaries alone, or is the same on every site."""
    runs = [
        summary for summary in newest_first if not summary.audit
    ]  # an audit tries the method, and no loop
    boards = [leaderboard(summary) for summary in newest_of_each_title(runs)]
    full = full_record(runs)
    board = None if full is None else leaderboard(full)
    scenarios = _by_scenario(series(runs))
    loops = sorted({loop_of(name) for summary in runs for name in summary.backends} | besides.loops())
    index = pages.index_page(
        newest_first, board, boards, loops, sorted(scenarios), with_abilities=besides.has_abilities
    )
    yield "index.html", index
    yield "which-loop.html", pages.which_loop_page(runs, loops)
    yield "leaderboard.html", pages.leaderboard_page(boards)
    yield "method.html", pages.method_page(newest_first)
    yield "atom.xml", atom_feed(newest_first)
    yield conformance.PAGE, conformance.page(besides.conformance)
    for loop in loops:
        yield f"loops/{slug(loop)}.html", pages.loop_page(loop, runs, boards, board, besides.tables(loop))
    yield from conformance.badges(besides.conformance)
    for name, histories in scenarios.items():
        yield f"scenarios/{slug(name)}.html", pages.scenario_page(name, histories, runs)
        history = ScenarioHistory(name, tuple(map(series_figures, histories)))
        yield f"{API}/scenarios/{slug(name)}.json", encode(history)
    yield from ((f"badges/{name}", text) for name, text in pages.badges(boards, board))
    yield from ((f"assets/{name}", read_asset(name)) for name in ASSETS)
    if full is not None:
        yield f"{API}/full.json", encode(full)
    yield f"{API}/schema.json", schema()
    yield INDEX, encode(RecordIndex(made_by, tuple(summary.name for summary in newest_first)))


def _by_scenario(histories: Iterable[CaseHistory]) -> dict[str, list[CaseHistory]]:
    scenarios: dict[str, list[CaseHistory]] = {}
    for history in histories:
        scenarios.setdefault(history.points[0].case.scenario, []).append(history)
    return scenarios
