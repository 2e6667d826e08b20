"""Contrasts as people read them: a table of every one, and a sentence for each pair."""

from dataclasses import replace

import pytest

from harness.records.contrast import Contrast
from harness.records.estimate import Estimate
from harness.records.record import Record
from harness.report import Format, render
from harness.report.formats.terminal import render_details
from harness.report.tables import contrasts as contrast_tables
from tests.reading import read
from tests.records import fake_benchmark, plan, record_of

KNOWN = Estimate(1.25, 1.2, 1.3, 20)
UNKNOWN = Estimate(1.25, None, None, 3)


def record(*contrasts: tuple[Contrast, ...]) -> Record:
    """A record with one row for each of these sets of contrasts."""
    made = record_of(plan(*(fake_benchmark(f"probe{number}") for number in range(len(contrasts)))))
    lines = (replace(line, contrasts=some) for line, some in zip(made.results, contrasts, strict=True))
    return replace(made, results=tuple(lines))


def layer(ratio: Estimate) -> Contrast:
    return Contrast("layer", "asyncio+anyio", "asyncio+native", ratio)


def test_every_contrast_is_a_row_of_the_table() -> None:
    table = contrast_tables.table(record((layer(KNOWN),), (layer(UNKNOWN),)))
    assert table is not None
    cells = ("the AnyIO layer", "asyncio+anyio / asyncio+native", "1.25× [1.20, 1.30]")
    assert table.rows[0] == ("probe0", *cells)
    assert table.rows[1][-1] == "1.25× [too few rounds]"


def test_a_sentence_tells_the_least_and_the_most_over_the_benchmarks() -> None:
    two = record((layer(KNOWN),), (layer(replace(KNOWN, value=1.5)),), (layer(UNKNOWN),))
    assert contrast_tables.sentences(two) == (
        (
            "Due to the AnyIO layer, asyncio+anyio takes 1.25× to 1.50× the time of asyncio+native "
            "(2 benchmarks)."
        ),
    )


def test_an_interaction_is_in_the_table_alone() -> None:
    both = record((Contrast("interaction", "uvloop+anyio", "asyncio+anyio", KNOWN),))
    assert contrast_tables.sentences(both) == ()
    assert contrast_tables.table(both) is not None


def test_a_record_without_contrasts_says_nothing_of_them() -> None:
    none = record(())
    assert contrast_tables.table(none) is None
    assert contrast_tables.sentences(none) == ()


def test_reports_show_contrasts() -> None:
    some = record((layer(KNOWN),))
    for shown in (render(some, Format.MARKDOWN), render_details(some)):
        assert "What the differences are due to" in shown


@pytest.mark.browser
def test_on_a_page_they_stand_under_their_chart_and_not_once_more() -> None:
    page = read(render(record((layer(KNOWN),)), Format("html")))
    (shown,) = [one for one in page.all("table") if "asyncio+anyio / asyncio+native" in one.text]
    assert any(shown is part for part in page.named("chart-contrasts"))
    assert "Due to the AnyIO layer" in page.all("section", kind="answer")[0].text
