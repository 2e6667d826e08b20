"""The images beside a Markdown report: which stand where, and that nothing in them acts."""

import os
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.errors import escape_controls
from harness.records.record import Record
from harness.report.answer.strips import strip_chart
from harness.report.charts import charts
from harness.report.charts.answer_picture import answer_picture
from harness.report.charts.images import ChartImage, chart_images
from harness.report.charts.rendering import ChartDrawings
from harness.report.formats.markdown import illustrated
from harness.report.writing import files
from tests.kinds import KINDS, audit, check
from tests.records import everything
from tests.strained import sixty_by_twelve
from tests.swept import swept

GOLDEN = Path(__file__).parent / "golden" / "illustrated.md"
STYLE = re.compile(r"<style>.*?</style>")
DARK = re.compile(
    r"<style>@media \(prefers-color-scheme: dark\)\{"
    r"(\[(fill|stroke)=\"#[0-9a-f]{3,6}\"\]\{(fill|stroke):#[0-9a-f]{6}\})+\}</style>"
)
"""The only style that an image has: other colors where the reader prefers dark."""

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = {
    "a script": '<script>alert(1)</script>"\u202e',
    "an attribute": ' role="x" class="y" xmlns="z"',
    "a color": "var(--ink, #123456)",
    "an empty group": "<g></g>",
    "an image": "![x](https://evil.example/x.png)](y)",
    "an entity": "&lt;b&gt; ]]> <!-- gone",
    "nothing": "nu\x00l \x1b[31m",
}


@cache
def drawn() -> tuple[ChartImage, ...]:
    """The images of the record with a bit of everything, drawn once for all tests."""
    return chart_images(everything())


def named(record: Record, text: str) -> Record:
    """The record with this as the name of every scenario."""
    lines = (replace(line, benchmark=replace(line.benchmark, scenario=text)) for line in record.results)
    return replace(record, results=tuple(lines))


@cache
def hostile(what: str) -> tuple[Record, tuple[ChartImage, ...]]:
    """A swept record whose scenario has such a name, and its images."""
    record = named(swept(1e-6, 2e-5, 2e-4), HOSTILE[what])
    return record, chart_images(record)


def images(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [inner for token in tokens for inner in token.children or () if inner.type == "image"]


def test_a_report_beside_its_images_looks_as_it_did() -> None:
    found = illustrated(everything(), drawn())
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_every_image_that_a_report_shows_is_a_file_beside_it_and_every_file_is_shown(kind: str) -> None:
    found = dict(files(KINDS[kind]()))
    shown = [token.attrs["src"] for token in images(found["report.md"])]
    assert Counter(shown) == Counter(name for name in found if name.endswith(".svg"))
    assert set(found) - set(shown) == {"report.md", "report.html"}


def test_each_image_says_in_words_what_it_shows_and_has_its_table_under_it() -> None:
    record = swept(1e-6, 2e-5, 2e-4)
    text = illustrated(record, chart_images(record))
    [sweep] = [chart for chart in charts(record) if chart.name.startswith("chart-sweep")]
    [image] = [token for token in images(text) if "sweep" in str(token.attrs["src"])]
    assert image.content.replace("\\", "") == sweep.alternative
    below = text[text.index("charts/sweep") :]
    assert all(cell in below.replace("\\", "") for row in sweep.table.rows for cell in row)


def test_an_audit_shows_its_comparisons_above_what_they_say_of_the_method() -> None:
    text = illustrated(audit(), chart_images(audit()))
    assert re.search(
        r"## Identical code compared with itself\n\n!\[[^\n]+\]\(charts/trials.svg\)\n\n\|", text
    )


def test_an_image_needs_nothing_around_it_and_asks_for_nothing() -> None:
    for one in drawn():
        root = ET.fromstring(one.svg)  # noqa: S314 - ours
        assert root.tag == f"{SVG}svg"
        assert root[0].attrib["fill"] == "#fff"
        style, rest = STYLE.findall(one.svg), STYLE.sub("", one.svg)
        assert len(style) == 1
        assert DARK.fullmatch(style[0])
        assert not re.search(r"var\(|href=|url\((?!#)|<script|<image|<style", rest)
        assert len(one.svg) < 20_000


@pytest.mark.parametrize("what", HOSTILE)
def test_in_images_text_stays_text(what: str) -> None:
    shown = " ".join(escape_controls(HOSTILE[what]).split())
    for one in hostile(what)[1]:
        assert all(map(DARK.fullmatch, STYLE.findall(one.svg)))
        root = ET.fromstring(one.svg)  # noqa: S314 - ours
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "g", "path", "line", "text", "rect", "style",
        }  # fmt: skip
        said = [" ".join("".join(element.itertext()).split()) for element in root.iter(f"{SVG}text")]
        assert one.file.startswith("charts/sweep") or any(text.startswith(shown) for text in said)


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_names_leave_a_report_with_its_own_images_alone(what: str) -> None:
    record, shown = hostile(what)
    found = images(illustrated(record, shown))
    assert Counter(str(token.attrs["src"]) for token in found) == Counter(one.file for one in shown)


def test_a_chart_is_drawn_once_for_all_reports_that_show_it() -> None:
    drawings = ChartDrawings()
    [*_, first] = (drawings.svg(chart) for chart in charts(everything()))
    [*_, second] = (drawings.svg(chart) for chart in charts(everything()))
    assert first is second
    assert chart_images(everything(), drawings) == drawn()


def test_the_answer_is_drawn_before_its_table_and_at_most_one_note_before_both() -> None:
    lines = illustrated(everything(), drawn()).splitlines()
    picture = next(number for number, line in enumerate(lines) if "](charts/answer.svg)" in line)
    table = next(number for number, line in enumerate(lines) if line.startswith("|"))
    assert picture < table
    assert sum(line.startswith("> ") for line in lines[:picture]) <= 1
    assert not [line for line in lines[2:picture] if line.startswith(("#", "-", "!"))]


def test_with_many_backends_each_has_a_line_of_its_own_in_the_answers_picture() -> None:
    picture = answer_picture(sixty_by_twelve())
    assert picture is not None
    texts = [text.text for text in ET.fromstring(picture[1]).iter("text")]  # noqa: S314
    chart = strip_chart(sixty_by_twelve())
    assert chart is not None
    assert len(chart.backends) > 2
    for backend in chart.backends:
        assert sum(backend.startswith(text.rstrip("…")) for text in texts if text) >= len(chart.rows)


def test_where_nothing_was_compared_there_is_no_picture_of_an_answer() -> None:
    assert answer_picture(check()) is None
