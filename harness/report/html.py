"""A record as one page that needs nothing else: no request leaves it, and it opens from a file."""

import base64
import hashlib
import importlib.metadata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from harness import evidence, table
from harness.caveats import of_rows, of_the_run
from harness.estimate import Judgement
from harness.record import Cell, Line, Record
from harness.report import charts
from harness.report.charts import Chart
from harness.report.matrix import SPEED, TONES, Matrix, case_name, matrix, order
from harness.report.method import method
from harness.report.said import said, tables
from harness.report.text import linked, trusted
from harness.report.vega import Workshop, packed, room_for, runtime
from harness.report.visible import visible
from harness.verdict import FINDINGS, Verdict

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Assets:
    """What a page is dressed and moved by, as markup, and the policy that allows this and nothing else."""

    policy: str
    style: Markup
    scripts: Markup
    trail: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its image, ready to stand on a page; where there is none, it is drawn when it is seen."""

    chart: Chart
    svg: Markup


@dataclass(frozen=True, slots=True)
class Folded:
    """A case on the page: its name there, its sign, and its evidence."""

    name: str
    symbol: str
    tone: str
    evidence: evidence.Case


@dataclass(frozen=True, slots=True)
class Story:
    """A row on the page with all of its cases."""

    number: int
    name: str
    summary: str
    source: str
    facts: tuple[str, ...]
    strip: Drawn | None
    cases: tuple[Folded, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A difference as it stands on the page."""

    case: str
    because: str
    window: evidence.Window | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a record says."""

    name: str
    what: str
    where: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    row_warnings: tuple[str, ...]
    calm: bool
    matrix: Matrix
    legend: tuple[tuple[str, str, str], ...]
    speeds: tuple[tuple[str, str], ...]
    times: table.Table | None
    charts: tuple[Drawn, ...]
    findings: tuple[Found, ...]
    tables: tuple[tuple[str, table.Table], ...]
    documented: table.Table | None
    ledger: table.Table | None
    stories: tuple[Story, ...]
    environment: tuple[tuple[str, str], ...]
    method: tuple[str, ...]
    command: str
    own: str


def render(record: Record) -> str:
    """The whole page, with its style, its data and the runtime of its charts inside."""
    workshop = Workshop(room_for(len(record.lines)))  # a strip for every row
    page = page_of(record, workshop)
    return fill("report.html.j2", page=page, assets=_inline(page.charts, workshop))


def fill(template: str, *, assets: Assets, **values: Any) -> str:
    """A template filled in; text is escaped, and its control characters are shown."""
    version = importlib.metadata.version("loopcmp")
    return _templates().get_template(template).render(
        values, assets=assets, policy=trusted(assets.policy), version=version
    )  # fmt: skip


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("harness.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(linked=linked, breakable=breakable)
    return environment


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def breakable(name: str) -> Markup:
    """A name that may be broken after the signs that join its parts."""
    escaped = str(Markup.escape(visible(name)))
    for sign in ("+", ":", "_"):
        escaped = escaped.replace(sign, f"{sign}<wbr>")
    return trusted(escaped)


def asset(name: str) -> str:
    """The text of a style sheet or script that comes with this package."""
    return (resources.files("harness.report") / "templates" / name).read_text(encoding="utf-8")


def _inline(drawn: tuple[Drawn, ...], workshop: Workshop) -> Assets:
    scripts = [asset("report.js"), *([runtime()] if workshop.kinds else [])]
    return Assets(
        policy=policy(" ".join(f"'sha256-{_digest(one)}'" for one in scripts), "'unsafe-inline'"),
        style=trusted(f"<style>{asset('style.css')}</style>"),
        scripts=Markup("{}<script>{}</script>").format(_packed(drawn, workshop), trusted(scripts[0])),
    )


def _packed(drawn: tuple[Drawn, ...], workshop: Workshop) -> Markup:
    """What charts are drawn by: their specs and data, and the runtime, both packed."""
    if not workshop.kinds:
        return Markup()
    pieces = (island(drawn, workshop), runtime())
    return Markup('<script type="application/gzip" id="packed">{}</script>').format(
        " ".join(map(packed, pieces))
    )


def island(drawn: tuple[Drawn, ...], workshop: Workshop) -> str:
    """The specs of all charts by kind, and the data of each by name; a strip is drawn from its table."""
    rows = {one.chart.name: one.chart.data for one in drawn}
    return msgspec.json.encode({"kinds": dict(workshop.kinds), "rows": rows}).decode()


def policy(scripts: str, styles: str) -> str:
    """A content security policy: these scripts and styles, and no connection to anywhere."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def page_of(record: Record, workshop: Workshop) -> Page:
    """What the page of a record says."""
    what, where = table.heading(record)
    warnings = of_the_run(record)
    drawn = tuple(draw(chart, workshop) for chart in charts.charts(record))
    return Page(
        name=record.begun.name,
        what=what,
        where=where,
        sentences=said(record),
        warnings=warnings,
        row_warnings=of_rows(record),
        calm=_calm(record, warnings),
        matrix=matrix(record),
        legend=tuple((table.SYMBOLS[verdict], TONES[verdict], str(verdict)) for verdict in _verdicts(record)),
        speeds=tuple(_speeds(record)),
        times=table.times(record),
        charts=drawn,
        findings=tuple(_findings(record)),
        tables=tuple(tables(record)),
        documented=table.documented(record),
        ledger=table.ledger(record),
        stories=tuple(_stories(record, workshop)),
        environment=table.environment(record),
        method=method(record),
        command=evidence.whole_command(record),
        own=table.repeat(record)[1],
    )


def draw(chart: Chart, workshop: Workshop) -> Drawn:
    """A chart with its image, while there is room for images."""
    return Drawn(chart, trusted(workshop.image(chart)))


def _calm(record: Record, warnings: tuple[str, ...]) -> bool:
    """Whether all there is to say is that the baseline agrees with itself."""
    repeats = record.repeats
    return len(warnings) == 1 and repeats is not None and repeats.excluding <= repeats.allowed


def _verdicts(record: Record) -> Iterable[Verdict]:
    found = {cell.finding.verdict for line in record.lines for cell in line.cells}
    return [verdict for verdict in Verdict if verdict in found]


def _speeds(record: Record) -> Iterable[tuple[str, str]]:
    found = {cell.timing.judgement for line in record.lines for cell in line.cells if cell.timing}
    return [(SPEED[judgement], str(judgement)) for judgement in Judgement if judgement in found]


def _findings(record: Record) -> Iterable[Found]:
    yield from _absent(record)
    for one in table.differences(record, *FINDINGS, Verdict.UNSUPPORTED):
        window = None if one.parting is None else evidence.window_of(one.parting)
        said = tuple(evidence.shortened(line, evidence.LONG) for line in one.said)
        yield Found(one.case, evidence.shortened(one.because, evidence.LONG), window, said)


def _absent(record: Record) -> Iterable[Found]:
    """What could not be observed at all: once for every reason, not once for every row."""
    found = dict.fromkeys(
        (cell.backend, cell.finding.because)
        for line in record.lines
        for cell in line.cells
        if cell.finding.verdict is Verdict.UNAVAILABLE
    )
    for backend, because in found:
        yield Found(f"{backend} is unavailable", evidence.shortened(because, evidence.LONG), None, ())


def _stories(record: Record, workshop: Workshop) -> Iterable[Story]:
    strips = charts.strips(record)
    for number, line in enumerate(record.lines, start=1):
        yield Story(
            number=number,
            name=line.row.id,
            summary=line.row.summary,
            source=line.row.source,
            facts=tuple(_facts(line)),
            strip=draw(strips[number], workshop) if number in strips else None,
            cases=tuple(_folded(record, number, line)),
        )


def _facts(line: Line) -> Iterable[str]:
    if line.rounds:
        yield f"{line.rounds} rounds"
    if line.pace is not None:
        yield f"{line.pace.loops} iterations a value"
    if line.finished:
        yield line.finished
    if line.again is not None:
        unit = " µs" if line.row.ideal is not None else "×"
        yield f"A/A {table.interval(line.again, unit)}"
    if line.row.ideal is not None:
        yield f"ideal {line.row.ideal * 1e6:g} µs"


def _folded(record: Record, number: int, line: Line) -> Iterable[Folded]:
    cells: Mapping[str, Cell] = {cell.backend: cell for cell in line.cells}
    for at, backend in enumerate(order(record), start=1):
        if backend in cells:
            cell = cells[backend]
            verdict = cell.finding.verdict
            case = evidence.case_of(record, line, cell)
            yield Folded(case_name(number, at), table.SYMBOLS[verdict], TONES[verdict], case)
