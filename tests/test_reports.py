"""Every format, against golden files and against text that would rather be something else.

`LOOPCMP_GOLDEN=write python -m pytest tests/test_reports.py` writes tests/golden/ anew; read the difference
before you commit it.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.errors import BadInput, escape_controls
from harness.protocol.benchmarks import Benchmark, Difference, Prints, Promise
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.records import store
from harness.records.entries import CaseObserved, Entry
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report import Format, commands, render, sentences
from harness.report.formats import cases, index
from harness.report.formats.csv import HEADS
from harness.report.formats.markdown_text import inline
from harness.report.formats.terminal import render_details
from harness.report.warnings import notices
from tests.kinds import KINDS
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    TRIO,
    UVLOOP,
    everything,
    observation,
    passed,
    plan,
    record_of,
    returned,
    twice,
    unmeasured,
)

GOLDEN = Path(__file__).parent / "golden"


def steady(text: str) -> str:
    """Text whose long numbers have nine digits: the last ones differ between mathematical libraries."""
    return re.sub(r"\d+\.\d{9,}(?:e-\d+)?", lambda number: f"{float(number[0]):.9g}", text)


def only(record: Record, *rows: str) -> Record:
    return replace(record, results=tuple(line for line in record.results if line.benchmark.id in rows))


REPORTS: dict[str, Callable[[Record], str]] = {
    "answer.txt": lambda record: render(record, Format.TERMINAL),
    "terminal.txt": render_details,
    "report.md": lambda record: render(record, Format.MARKDOWN),
    "report.csv": lambda record: steady(render(record, Format.CSV)),
    "check-cases.json": lambda record: cases.render(only(record, "order:n=100", "turns", "echo")) + "\n",
    "index.md": lambda record: index.render(
        [(Path("2026-05-04-tutorial"), record), (Path("2026-06-01-again"), record)]
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_looks_as_it_did(name: str) -> None:
    found = REPORTS[name](everything())
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        (GOLDEN / name).write_text(found)
    assert found == (GOLDEN / name).read_text()


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.CAPABILITIES])
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_every_kind_renders_in_every_format(kind: str, form: str) -> None:
    assert render(KINDS[kind](), Format(form))


@pytest.mark.parametrize("kind", KINDS)
def test_what_loops_can_do_is_shown_only_where_it_was_tried(kind: str) -> None:
    if kind == "abilities":
        assert "can\\_listen" in render(KINDS[kind](), Format.CAPABILITIES)
    else:
        with pytest.raises(BadInput, match="no scenario here tries a capability"):
            render(KINDS[kind](), Format.CAPABILITIES)


PASSES: dict[str, Callable[[Record], str]] = {
    "terminal": render_details,
    "csv": lambda record: render(record, Format.CSV),
}


@pytest.mark.parametrize("form", PASSES)
def test_what_passes_gave_looks_as_it_did(form: str) -> None:
    found, golden = steady(PASSES[form](passed())), GOLDEN / f"passes.{form}"
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("record", [everything(), passed()], ids=["everything", "passes"])
@pytest.mark.parametrize("form", ["terminal", "markdown", "csv"])
def test_a_record_that_was_read_back_gives_the_same_report(form: str, record: Record) -> None:
    again = msgspec.json.decode(msgspec.json.encode(record), type=Record)
    assert render(again, Format(form)) == render(record, Format(form))


def test_json_is_the_record_itself() -> None:
    assert store.decode_record(render(everything(), Format.JSON).encode(), "json") == everything()


WHOLE: dict[str, Callable[[Record], str]] = {
    "terminal": render_details,
    "markdown": lambda record: render(record, Format.MARKDOWN),
}


@pytest.mark.parametrize("form", WHOLE)
def test_a_report_has_every_verdict_every_sentence_and_every_warning(form: str) -> None:
    shown = WHOLE[form](everything())
    plain = re.sub(r"\s+", " ", shown).replace("\\", "")
    assert [verdict for verdict in Verdict if verdict not in plain] == [Verdict.COULD_NOT_MEASURE]
    said = [*sentences.backend_sentences(everything()), *(notice.text for notice in notices(everything()))]
    assert [words for words in said if words not in plain] == []
    assert commands.one_benchmark(everything()) in plain
    assert commands.YOUR_OWN in plain


@pytest.mark.parametrize("form", WHOLE)
def test_a_case_that_could_not_be_measured_is_shown_with_its_sign_and_why(form: str) -> None:
    plain = re.sub(r"\s+", " ", WHOLE[form](unmeasured()))
    assert "? could not measure" in plain
    assert "ran on another loop" in plain
    assert "uvloop gives the same result in 0 of 1 benchmark, could not be measured in 1" in plain.replace(
        "\\", ""
    )


def test_a_record_without_warnings_has_no_heading_for_them() -> None:
    untimed = replace(unmeasured(), finished=everything().finished)
    assert notices(untimed) == ()
    assert "## Warnings" not in render(untimed, Format.MARKDOWN)
    assert "## Warnings" in render(unmeasured(), Format.MARKDOWN)


def test_check_json_has_one_object_per_case_with_what_was_observed() -> None:
    found = json.loads(cases.render(everything()))
    assert [(case["benchmark"], case["backend"]) for case in found] == [
        (line.benchmark.id, cell.backend) for line in everything().results for cell in line.cases
    ]
    turns = next(case for case in found if (case["benchmark"], case["backend"]) == ("turns", TRIO))
    assert (turns["verdict"], turns["difference"]["first_line"]) == ("different result", 1)
    assert turns["observed"][0]["prints"] == ["one", "three", "two"]
    order = next(case for case in found if case["benchmark"] == "order:n=100")
    assert (order["scenario"], order["parameters"]) == ("order", {"n": 100})
    echo = next(case for case in found if (case["benchmark"], case["backend"]) == ("echo", UVLOOP))
    assert echo["ended"][0]["how"] == "was killed by SIGSEGV"


def test_csv_has_a_row_per_case_and_metric_and_one_for_a_case_without_a_number() -> None:
    heads, *rows = csv.reader(io.StringIO(render(everything(), Format.CSV)))
    assert tuple(heads) == HEADS
    assert {len(row) for row in rows} == {len(HEADS)}
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    cases_found = {(row["scenario"], row["parameters"], row["backend"]) for row in found}
    assert len(cases_found) == sum(len(line.cases) for line in everything().results)
    assert [row["metric"] for row in found if (row["scenario"], row["backend"]) == ("turns", TRIO)] == [""]
    ratios = [row for row in found if row["metric"] == "time_ratio"]
    assert {row["backend"] for row in ratios} == {UVLOOP, TRIO}
    assert all(float(row["low"]) < float(row["value"]) < float(row["high"]) for row in ratios if row["low"])
    assert {row["scenario"] for row in ratios if not row["low"]} == {"echo", "pipes"}
    assert {row["metric"] for row in found if row["scenario"] == "say_after"} >= {
        "seconds",
        "excess_microseconds",
    }


# Text that would rather be something else.

HOSTILE = {
    "a column": "a | b",
    "a script": "<script>alert(1)</script>",
    "code": "`rm -rf`",
    "a fence": "```",
    "emphasis": "*bold* _slanted_ __init__",
    "a link": "[here](https://evil.example)",
    "an image": "![x](https://evil.example/x.png)",
    "a heading": "# heading",
    "a comment": "<!-- gone -->",
    "lines": "one\n\n# two\n---",
    "a color": "\x1b[31mred\x1b[0m",
    "a title": "\x1b]0;owned\x07",
    "another color": "\x9b31m",
    "a return": "seen\rgone",
    "nothing": "nu\x00l",
    "right to left": "\u202egnirts",
    "an isolate": "\u2066x",
    "a formula": '=HYPERLINK("https://evil.example")',
    "another formula": "+1+cmd|' /C calc'!A0",
    "a mention": "@everyone",
    "a style": "[bold red]not markup[/]",
}
"""Each is shown as it is, or its control characters as escapes."""


def hostile_record(text: str) -> Record:
    """A record in which all that others can choose is this text: names, output, reasons, the machine."""
    promised = Promise(returned(text), Prints((text,)))
    documented = Difference(("*+nursery",), Promise(returned(text + "!")), text, text)
    of = Benchmark(
        scenario=text,
        family=text,
        module=f"{text}.py",
        summary=text,
        source=f"{text}:1",
        parameters=(("name", text),),
        uses_gather=True,
        tags=(text,),
        promise=promised,
        differences=(documented,),
    )
    seen = {
        ASYNCIO: twice(observation(returned(text), text)),
        UVLOOP: (ProcessObservations(ended=WorkerExit(f"wrote {text}", f"{text}\n{text}")),),
        TRIO: twice(observation(returned(text + "!"), text)),
    }
    differing = replace(of, scenario=f"{text}2")
    entries: list[Entry] = [CaseObserved(of.id, name, sightings) for name, sightings in seen.items()]
    entries += [CaseObserved(differing.id, name, seen[TRIO]) for name in (ASYNCIO, UVLOOP)]
    record = record_of(plan(of, differing), *entries)
    environment = replace(ENVIRONMENT, cpu=text, versions=((text, text),))
    return replace(record, run=replace(record.run, name=text, command=text, machine=environment))


def visible(text: str) -> str:
    """Text with its control characters as escapes and its lines joined, as reports show it."""
    shown = (
        c if c.isprintable() else " " if c == "\n" else c.encode("unicode_escape").decode() for c in text
    )
    return "".join(shown)


def unfolded(text: str) -> str:
    return re.sub(r"\s+", "", text)


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    """Every token of a Markdown text, those inside lines too."""
    return [inner for token in MARKDOWN.parse(text) for inner in (token, *(token.children or ()))]


def cells_of(text: str) -> list[str]:
    """What a reader sees in the cells of a Markdown table."""
    return [
        "".join(child.content for child in token.children or ())
        for before, token in zip([None, *MARKDOWN.parse(text)], MARKDOWN.parse(text), strict=False)
        if before is not None and before.type in {"th_open", "td_open"}
    ]


PAIRED = ("heading", "paragraph", "bullet_list", "list_item", "blockquote", "strong",
          "table", "thead", "tbody", "tr", "th", "td")  # fmt: skip
OURS = {f"{name}_{end}" for name in PAIRED for end in ("open", "close")}
OURS |= {"inline", "text", "text_special", "softbreak", "fence"}


@pytest.mark.parametrize("what", HOSTILE)
def test_in_markdown_text_stays_text(what: str) -> None:
    shown = render(hostile_record(HOSTILE[what]), Format.MARKDOWN)
    found = tokens(shown)
    assert {token.type for token in found} <= OURS
    assert {token.info for token in found if token.type == "fence"} <= {"diff", "text", "sh"}
    plain = render(hostile_record("plain"), Format.MARKDOWN)
    assert [token.type for token in MARKDOWN.parse(shown)] == [token.type for token in MARKDOWN.parse(plain)]
    assert visible(HOSTILE[what]) in cells_of(shown) or "\n" in HOSTILE[what]


@pytest.mark.parametrize("what", HOSTILE)
def test_on_a_terminal_text_stays_text(what: str) -> None:
    shown = render_details(hostile_record(HOSTILE[what]))
    assert [c for c in shown if not (c.isprintable() or c == "\n")] == []
    assert unfolded(visible(HOSTILE[what])) in unfolded(shown)


@pytest.mark.parametrize("what", HOSTILE)
def test_in_csv_text_stays_text(what: str) -> None:
    heads, *rows = csv.reader(io.StringIO(render(hostile_record(HOSTILE[what]), Format.CSV), newline=""))
    assert {len(row) for row in (heads, *rows)} == {len(HEADS)}
    shown = escape_controls(HOSTILE[what])
    assert {row[0].removeprefix("'") for row in rows} == {shown, shown + "2"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row[:5])


@pytest.mark.parametrize("what", HOSTILE)
def test_in_json_text_stays_text(what: str) -> None:
    record = hostile_record(HOSTILE[what])
    assert store.decode_record(render(record, Format.JSON).encode(), "json") == record
    found: list[dict[str, Any]] = json.loads(cases.render(record))
    assert found[0]["scenario"] == HOSTILE[what]
    assert found[0]["observed"][0]["prints"] == [HOSTILE[what]]


@pytest.mark.parametrize("what", HOSTILE)
def test_in_the_index_a_record_stays_one_row_of_six_cells(what: str) -> None:
    shown = index.render([(Path("2026-05-04-tutorial"), hostile_record(HOSTILE[what]))])
    assert [token.type for token in tokens(shown)].count("td_open") == 5
    assert not any(token.type.startswith("html") for token in tokens(shown))


@given(st.text(st.characters(codec="utf-8")))
@example("\\|")
@example("\\*")
@example("&lt;")
@example("~~gone~~")
def test_a_reader_of_markdown_sees_the_text_that_was_meant(text: str) -> None:
    shown = f"| a | b |\n|---|---|\n| x{inline(text)}x | y |\n"
    assert cells_of(shown)[2:] == [f"x{visible(text)}x", "y"]


def test_the_terminal_shows_a_difference_beside_its_promise_with_an_arrow_where_they_part() -> None:
    lines = render_details(everything()).splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("turns on trio"))
    arrows = [line.split() for line in lines[first : first + 8] if "→" in line]
    assert arrows == [["→", "two", "three"]]


def test_the_terminal_page_is_no_wider_than_a_hundred_and_twenty_columns() -> None:
    assert max(map(len, render_details(everything()).splitlines())) <= 120
