"""Twins in an answer: what a loop takes on its own API stands beside what it takes through AnyIO."""

import re
from dataclasses import replace
from functools import cache

import pytest

from harness.records.estimate import Judgement
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.report import Format, render
from harness.report.answer.strips import strip_chart
from harness.report.answer.twins import through_anyio, twin_cases
from harness.report.html.matrix import MatrixCell, matrix
from tests.browsing import Browser
from tests.reading import read
from tests.records import (
    ASYNCIO,
    TRIO,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
)

HOST = replace(fake_benchmark("echo", returned(1), uses_gather=False), family="network")
ASYNCIO_TWIN, TRIO_TWIN = (
    replace(
        fake_benchmark(f"{loop}_echo", returned(1), uses_gather=False),
        family="native",
        native="echo",
        only=loop,
    )
    for loop in ("asyncio", "trio")
)
THROUGH = {ASYNCIO: 100.0, UVLOOP: 62.0, TRIO: 74.0, SELF_TEST_ARM: 100.0}
OWN = {"asyncio+native": 56.0, "uvloop+native": 39.0, "trio+native": 87.0}


@cache
def echoes(trio: float = OWN["trio+native"], *, natives: bool = True) -> Record:
    """A record of an echo through AnyIO and, unless told otherwise, on each loop's own API."""
    own = {**OWN, "trio+native": trio} if natives else {}
    benchmarks = (HOST, ASYNCIO_TWIN, TRIO_TWIN) if natives else (HOST,)
    alike = twice(observation(returned(1)))
    seen = seen_alike(HOST, alike, (ASYNCIO, UVLOOP, TRIO))
    if natives:
        seen += [*seen_alike(ASYNCIO_TWIN, alike, (ASYNCIO, UVLOOP)), *seen_alike(TRIO_TWIN, alike, (TRIO,))]
    return record_of(
        plan(*benchmarks, on=(ASYNCIO, UVLOOP, TRIO)),
        *seen,
        *rounds(HOST.id, {**THROUGH, **own}, 30, spread=0.003),
    )


def test_a_twin_is_compared_with_the_twin_of_the_baseline() -> None:
    compared = {twin.backend: twin for twin in twin_cases(echoes(), echoes().results[0])}
    assert compared[ASYNCIO].ratio is None
    for backend, arm in ((UVLOOP, "uvloop+native"), (TRIO, "trio+native")):
        ratio = compared[backend].ratio
        assert ratio is not None
        assert ratio.value == pytest.approx(OWN[arm] / OWN["asyncio+native"], rel=0.01)
    assert compared[TRIO].judgement is Judgement.MORE_TIME


def test_twins_are_hollow_dots_in_the_line_of_their_family_and_count_in_no_mean() -> None:
    chart = strip_chart(echoes())
    assert chart is not None
    network, own = chart.rows
    assert (network.family, own.family) == ("network", "native")
    for strip in network.strips:
        assert strip is not None
        assert strip.count == 1
        assert [dot.hollow for dot in strip.dots] == [False, True]
    trio = own.strips[chart.backends.index("trio")]
    assert trio is not None
    assert trio.mean is None  # one benchmark of trio's own has no baseline: its twin is counted instead
    assert trio.words == "more time in 1 of 1"


def test_the_grid_has_a_row_of_twins_under_the_benchmark_and_no_other_has_one() -> None:
    rows = {row.name: row for family in matrix(echoes()).families for row in family.rows}
    assert [name for name, row in rows.items() if row.own_api] == ["echo"]
    cells = dict(zip(matrix(echoes()).backends, rows["echo"].own_api, strict=True))
    asyncio, trio = cells["asyncio"], cells["trio"]
    assert isinstance(asyncio, MatrixCell)
    assert isinstance(trio, MatrixCell)
    assert asyncio.figure is not None
    assert asyncio.figure.value.endswith(" µs")
    assert trio.figure is not None
    assert trio.figure.value.startswith("1.5")
    assert (asyncio.anchor, trio.anchor) == ("case-2-1", "case-3-3")


def test_an_answer_that_turns_round_is_told_with_both_figures() -> None:
    through = through_anyio(echoes())
    assert through is not None
    assert through.row == 1
    assert re.match(r"On its own API, trio takes 5\d% more time than asyncio ±\d on echo; ", through.text)
    assert re.search(r"through AnyIO, 2\d.*% less time than asyncio ±", through.text)


def test_where_none_turns_round_what_anyio_costs_each_loop_is_told() -> None:
    through = through_anyio(echoes(trio=45.0))
    assert through is not None
    assert through.text.startswith(
        "echo through AnyIO, compared with the loop's own API: asyncio 79% more time"
    )
    assert "trio 64% more time" in through.text


def test_without_twins_nothing_is_told_of_them() -> None:
    record = echoes(natives=False)
    assert through_anyio(record) is None
    assert "Through AnyIO" not in render(record, Format("html"))


def test_the_page_links_a_benchmark_with_its_twins() -> None:
    page = read(render(echoes(), Format("html")))
    links = [link.attributes["href"] for link in page.named("row-1").all("a")]
    assert {"#row-2", "#row-3"} <= set(links)


@pytest.mark.browser
def test_the_row_of_twins_follows_its_benchmark_in_every_order_and_is_not_counted(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = tmp_path_factory.mktemp("twins") / "report.html"
    page.write_text(render(echoes(), Format("html")))
    for query in ("", "?sort=name", "?sort=less", "?sort=more", "?q=echo"):
        browser.open(f"{page.as_uri()}{query}")
        before = browser.run(
            "return document.querySelector('tr.own').previousElementSibling.cells[0].textContent.trim()"
        )
        assert before == "echo", query
        assert browser.run("return document.querySelector('#filters output').textContent") == "3 of 3"
