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
from harness.report.formats.html import fill
from harness.report.html.assets import asset, chart_data_json
from harness.report.html.matrix import case_name, order
from harness.report.html.page import page_of
from harness.report.sentences import sentences
from harness.report.site import pages
from harness.report.site.api import API, INDEX, Listing, Scenario, decoded, encoded, line_of, schema
from harness.report.site.feed import feed
from harness.report.site.folder import Site
from harness.report.site.history import Series, series
from harness.report.site.leaderboard import leaderboard
from harness.report.site.names import slug
from harness.report.site.summary import Machine, Summary, loop_of, summarize
from harness.report.tables.audit import sentences as audited

RUNTIME = "assets/vega.js"
"""The file that draws charts, which takes a while to put together."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was done: records on the site, those rendered now, and files written now."""

    records: int
    rendered: int
    written: int


def publish(results: Path, folder: Path) -> Built:
    """Build the site of the published records under `results`.

    Raises BadInput where it cannot, before anything is written, and CannotWrite where the folder takes no
    more; a build that came to no end is gone on with by the next.
    """
    sources, made_by = list(_sources(results)), version()
    with Site(folder) as site:
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
    return Built(len(summaries), len(rendered), site.written)


def _age(summary: Summary) -> tuple[str, str]:
    return summary.started, summary.name


@dataclass(frozen=True, slots=True)
class Source:
    """A published record: its name on the site, its file, the digest of its bytes."""

    name: str
    path: Path
    digest: str

    @property
    def files(self) -> tuple[str, str]:
        """Its page and its summary on the site."""
        return f"records/{self.name}.html", f"{API}/records/{self.name}.json"


def _sources(results: Path) -> Iterator[Source]:
    found = [path for path in sorted(results.glob(f"*/{RECORD}")) if path.parent.name != LOCAL]
    if not found:
        raise BadInput(f"no published record under {results}: loopcmp run --publish NAME makes one")
    for path in found:
        yield Source(slug(path.parent.name), path, hashlib.sha256(read_bytes(path)).hexdigest())


@cache
def version() -> str:
    """A digest of this program's files: a site that another version made is made anew."""
    whole = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".js"}:
            whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def _known(site: Site, source: Source) -> Summary | None:
    """What an earlier build knew of the same bytes; None where it did not, or its page is not there."""
    page, file = source.files
    data = site.read(file)
    if data is None or not site.has(page):
        return None
    summary = decoded(data, Summary)
    return summary if summary is not None and summary.digest == source.digest else None


def _summary(source: Source, record: Record) -> Summary:
    said = (*audited(record), *sentences(record))
    return summarize(source.name, source.digest, record, said, _places(record))


def _render(site: Site, source: Source) -> None:
    """Write the page of a record, and then the summary that says that its page is there."""
    record, (page, file) = read_record(source.path), source.files
    site.put(page, _page(record))
    site.put(file, encoded(_summary(source, record)))


def _places(record: Record) -> dict[tuple[str, str], str]:
    return {
        (line.benchmark.id, backend): case_name(number, at)
        for number, line in enumerate(record.results, start=1)
        for at, backend in enumerate(order(record), start=1)
    }


def _page(record: Record) -> str:
    """The page of a record, with the style and the runtime that all pages share."""
    workshop = ChartRenderer(room=0)
    page = page_of(record, workshop)
    shared = pages.assets("../", ["report.js"])
    specs = Markup("")
    if workshop.kinds:
        data = gzip_base64(chart_data_json(page.charts, workshop))
        specs = Markup(
            '<script type="application/gzip" id="packed" data-runtime="../assets/vega.js">{}</script>'
        ).format(data)
    return fill("report.html.j2", page=page, assets=replace(shared, scripts=specs + shared.scripts))


def _derived(newest_first: list[Summary], made_by: str) -> Iterator[tuple[str, str]]:
    """The name and text of each file that is made of summaries alone, or is the same on every site."""
    runs = [one for one in newest_first if not one.audit]  # an audit tries the method, and no loop
    boards = [leaderboard(one) for one in _newest(runs)]
    scenarios = _by_scenario(series(runs))
    yield "index.html", pages.index(newest_first, sorted(scenarios))
    yield "leaderboard.html", pages.standings(boards)
    yield "atom.xml", feed(newest_first)
    for loop in sorted({loop_of(name) for one in runs for name in one.backends}):
        yield f"loops/{slug(loop)}.html", pages.loop(loop, runs, boards)
    for name, some in scenarios.items():
        yield f"scenarios/{slug(name)}.html", pages.scenario(name, some)
        yield f"{API}/scenarios/{slug(name)}.json", encoded(Scenario(name, tuple(map(line_of, some))))
    yield from ((f"badges/{name}", text) for name, text in pages.badges(boards))
    yield from ((f"assets/{name}", asset(name)) for name in ("style.css", "report.js", "site.js"))
    yield f"{API}/schema.json", schema()
    yield INDEX, encoded(Listing(made_by, tuple(one.name for one in newest_first)))


def _newest(newest_first: Iterable[Summary]) -> list[Summary]:
    """The newest finished record of every name on every machine and Python."""
    found: dict[tuple[str, Machine], Summary] = {}
    for one in newest_first:
        if one.finished:
            found.setdefault((one.title, one.machine), one)
    return list(found.values())


def _by_scenario(found: Iterable[Series]) -> dict[str, list[Series]]:
    scenarios: dict[str, list[Series]] = {}
    for one in found:
        scenarios.setdefault(one.moments[0].case.scenario, []).append(one)
    return scenarios
