"""results/ → a folder that any web server can serve; what did not change is not made again."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
from markupsafe import Markup

from harness.audited import sentences as audited
from harness.errors import BadInput
from harness.record import Record
from harness.report.assets import asset, island
from harness.report.html import fill
from harness.report.matrix import case_name, order
from harness.report.page import page_of
from harness.report.vega import Workshop, packed, runtime
from harness.sentences import sentences
from harness.site import pages
from harness.site.api import API, Listing, Scenario, encoded, line_of, schema
from harness.site.feed import feed
from harness.site.folder import OTHER, Site, holds_a_file
from harness.site.history import Series, series
from harness.site.leaderboard import leaderboard
from harness.site.names import slug
from harness.site.summary import Machine, Summary, loop_of, summarize
from harness.store import LOCAL, RECORD, read_record
from harness.store.decoding import read_bytes

INDEX = f"{API}/index.json"
"""What marks a folder as a site: written first, without a version, and once more when all else is there."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was done: records on the site, those rendered now, and files written now."""

    records: int
    rendered: int
    written: int


def publish(results: Path, folder: Path) -> Built:
    """Build the site of the published records under `results`.

    Raises BadInput where it cannot, and CannotWrite where the folder takes no more; a build that came to
    no end is gone on with by the next.
    """
    site, made_by = Site(folder), version()
    before, sources = _made_by(folder), list(_sources(results))
    unchanged = before == made_by
    if not before:
        _mark(site)
    summaries, rendered = [], 0
    for source in sources:
        known = _known(site, source) if unchanged else None
        summaries.append(known or _render(site, source))
        rendered += known is None
    _derive(site, sorted(summaries, key=lambda one: (one.started, one.name), reverse=True), made_by)
    site.sweep()
    return Built(len(summaries), rendered, site.written)


@dataclass(frozen=True, slots=True)
class Source:
    """A published record: its name on the site, its file, the digest of its bytes."""

    name: str
    path: Path
    digest: str


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


def _made_by(folder: Path) -> str:
    """The version that made what is in the folder, none if no build came to its end there.

    Raises BadInput where something else is in it.
    """
    if not holds_a_file(folder):
        return ""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=Listing).made_by
    except (OSError, msgspec.MsgspecError):
        raise BadInput(
            f"{folder} holds something that is no site of loopcmp: choose another folder"
        ) from None


def _mark(site: Site) -> None:
    """Say that the folder is a site's before a page is in it, so that the next build goes on with it."""
    try:
        site.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{site.folder} cannot be made: {error.strerror}; {OTHER} chooses another") from None
    site.put(INDEX, encoded(Listing("", ())))


def _known(site: Site, source: Source) -> Summary | None:
    """What an earlier build knew of the same bytes."""
    name, page = f"{API}/records/{source.name}.json", f"records/{source.name}.html"
    try:
        summary = msgspec.json.decode((site.folder / name).read_bytes(), type=Summary)
    except (OSError, msgspec.MsgspecError):
        return None
    if summary.digest != source.digest or not (site.folder / page).exists():
        return None
    site.keep(name)
    site.keep(page)
    return summary


def _render(site: Site, source: Source) -> Summary:
    record = read_record(source.path)
    said = (*audited(record), *sentences(record))
    summary = summarize(source.name, source.digest, record, said, _places(record))
    site.put(f"records/{source.name}.html", _page(record))
    site.put(f"{API}/records/{source.name}.json", encoded(summary))
    return summary


def _places(record: Record) -> dict[tuple[str, str], str]:
    return {
        (line.row.id, backend): case_name(number, at)
        for number, line in enumerate(record.lines, start=1)
        for at, backend in enumerate(order(record), start=1)
    }


def _page(record: Record) -> str:
    """The page of a record, with the style and the runtime that all pages share."""
    workshop = Workshop(room=0)
    page = page_of(record, workshop)
    shared = pages.assets("../", ["report.js"])
    specs = Markup("")
    if workshop.kinds:
        data = packed(island(page.charts, workshop))
        specs = Markup(
            '<script type="application/gzip" id="packed" data-runtime="../assets/vega.js">{}</script>'
        ).format(data)
    return fill("report.html.j2", page=page, assets=replace(shared, scripts=specs + shared.scripts))


def _derive(site: Site, newest_first: list[Summary], made_by: str) -> None:
    """All that is made of summaries alone."""
    runs = [one for one in newest_first if not one.audit]  # an audit tries the method, and no loop
    boards = [leaderboard(one) for one in _newest(runs)]
    found = series(runs)
    scenarios = _by_scenario(found)
    site.put("index.html", pages.index(newest_first, sorted(scenarios)))
    site.put("leaderboard.html", pages.standings(boards))
    site.put("atom.xml", feed(newest_first))
    for loop in sorted({loop_of(name) for one in runs for name in one.backends}):
        site.put(f"loops/{slug(loop)}.html", pages.loop(loop, runs, boards))
    for name, some in scenarios.items():
        site.put(f"scenarios/{slug(name)}.html", pages.scenario(name, some))
        site.put(f"{API}/scenarios/{slug(name)}.json", encoded(Scenario(name, tuple(map(line_of, some)))))
    for name, text in pages.badges(boards):
        site.put(f"badges/{name}", text)
    _share(site, newest_first, made_by)


def _share(site: Site, newest_first: list[Summary], made_by: str) -> None:
    for name in ("style.css", "report.js", "site.js"):
        site.put(f"assets/{name}", asset(name))
    if (site.folder / "assets" / "vega.js").exists() and _made_by(site.folder) == made_by:
        site.keep("assets/vega.js")
    else:
        site.put("assets/vega.js", runtime())
    site.put(f"{API}/schema.json", schema())
    site.put(INDEX, encoded(Listing(made_by, tuple(one.name for one in newest_first))))


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
