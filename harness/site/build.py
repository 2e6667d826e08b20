"""results/ → a folder that any web server can serve; what did not change is not made again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
from markupsafe import Markup

from harness.errors import BadInput
from harness.record import Record
from harness.report.html import asset, fill, island, page_of
from harness.report.matrix import case_name, order
from harness.report.vega import Workshop, packed, runtime
from harness.sentences import sentences
from harness.site import pages
from harness.site.feed import feed
from harness.site.history import Series, series
from harness.site.leaderboard import leaderboard
from harness.site.names import slug
from harness.site.summary import Machine, Summary, loop_of, summarize
from harness.store import LOCAL, RECORD, read_record

API = "api/v1"


class Listing(msgspec.Struct, frozen=True):
    """The index of the JSON API: the records, newest first, and the version of what made the site."""

    made_by: str
    records: tuple[str, ...]


class Scenario(msgspec.Struct, frozen=True):
    """A scenario over time: a line for each row, backend, machine and Python."""

    name: str
    lines: tuple["Line", ...]


class Line(msgspec.Struct, frozen=True):
    """A series: the records it comes from, oldest first, its time ratios, and where it changed."""

    row: str
    backend: str
    machine: Machine
    records: tuple[str, ...]
    verdicts: tuple[str, ...]
    ratios: tuple[float | None, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """What was done: records on the site, those rendered now, and files written now."""

    records: int
    rendered: int
    written: int


class Site:
    """A folder being written: writes what differs, and removes what is left over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self._kept: set[Path] = set()

    def put(self, name: str, text: str) -> None:
        """A file of this text; not written where it is there already."""
        path, data = self.folder / name, text.encode()
        self.keep(name)
        with suppress(OSError):
            if path.read_bytes() == data:
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.written += 1

    def keep(self, name: str) -> None:
        """A file that is there and stays as it is."""
        self._kept.add(self.folder / name)

    def sweep(self) -> None:
        """Remove what an earlier build wrote and this one did not."""
        for part in ("records", "loops", "scenarios", "badges", "assets", "api"):
            for path in (self.folder / part).rglob("*"):
                if path.is_file() and path not in self._kept:
                    path.unlink()


def publish(results: Path, folder: Path) -> Built:
    """Build the site of the published records under `results`. Raises BadInput where it cannot."""
    site, made_by = Site(folder), version()
    unchanged = _made_by(folder) == made_by
    summaries, rendered = [], 0
    for source in _sources(results):
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
        yield Source(slug(path.parent.name), path, hashlib.sha256(path.read_bytes()).hexdigest())


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
    """The version that made what is in the folder. Raises BadInput where something else is in it."""
    if not folder.exists() or not any(folder.iterdir()):
        return ""
    try:
        return msgspec.json.decode((folder / API / "index.json").read_bytes(), type=Listing).made_by
    except (OSError, msgspec.MsgspecError):
        raise BadInput(
            f"{folder} holds something that is no site of loopcmp: choose another folder"
        ) from None


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
    summary = summarize(source.name, source.digest, record, sentences(record), _places(record))
    site.put(f"records/{source.name}.html", _page(record))
    site.put(f"{API}/records/{source.name}.json", _json(summary))
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
    boards = [leaderboard(one) for one in _newest(newest_first)]
    found = series(newest_first)
    scenarios = _by_scenario(found)
    site.put("index.html", pages.index(newest_first, sorted(scenarios)))
    site.put("leaderboard.html", pages.standings(boards))
    site.put("atom.xml", feed(newest_first))
    for loop in sorted({loop_of(name) for one in newest_first for name in one.backends}):
        site.put(f"loops/{slug(loop)}.html", pages.loop(loop, newest_first, boards))
    for name, some in scenarios.items():
        site.put(f"scenarios/{slug(name)}.html", pages.scenario(name, some))
        site.put(f"{API}/scenarios/{slug(name)}.json", _json(Scenario(name, tuple(map(_line, some)))))
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
    site.put(f"{API}/index.json", _json(Listing(made_by, tuple(one.name for one in newest_first))))


def schema() -> str:
    """The JSON Schema of every file of the API, one definition for each kind of file."""
    _, parts = msgspec.json.schema_components((Listing, Summary, Scenario), ref_template="#/$defs/{name}")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON API of a loopcmp site",
        "description": "index.json is a Listing, records/*.json a Summary, scenarios/*.json a Scenario.",
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in (Listing, Summary, Scenario)],
        "$defs": parts,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode() + "\n"


def _newest(newest_first: Iterable[Summary]) -> list[Summary]:
    """The newest finished record of every machine and Python."""
    found: dict[Machine, Summary] = {}
    for one in newest_first:
        if one.finished:
            found.setdefault(one.machine, one)
    return list(found.values())


def _by_scenario(found: Iterable[Series]) -> dict[str, list[Series]]:
    scenarios: dict[str, list[Series]] = {}
    for one in found:
        scenarios.setdefault(one.moments[0].case.scenario, []).append(one)
    return scenarios


def _line(one: Series) -> Line:
    moments = one.moments
    return Line(
        row=one.row,
        backend=one.backend,
        machine=one.machine,
        records=tuple(moment.summary.name for moment in moments),
        verdicts=tuple(moment.case.verdict for moment in moments),
        ratios=tuple(moment.case.ratio.value if moment.case.ratio else None for moment in moments),
        changed=tuple(moment.summary.name for moment in moments if moment.changed),
    )
