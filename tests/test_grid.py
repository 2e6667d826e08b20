"""The grid of a page: its search, filters and order, its keys, and what stands in the address."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import escape_controls
from harness.records.estimate import Judgement
from harness.records.record import BenchmarkResult
from harness.records.verdict import Verdict
from harness.report.formats import html
from harness.report.html.matrix import MatrixRow, matrix
from harness.report.html.page import MOST_OPEN
from tests.browsing import Browser
from tests.reading import read
from tests.records import everything
from tests.strained import sixty_by_twelve

UP, DOWN, LEFT, RIGHT, TAB, HOME = "\ue013", "\ue015", "\ue012", "\ue014", "\ue004", "\ue011"


def rows() -> list[MatrixRow]:
    return [row for family in matrix(everything()).families for row in family.rows]


def test_every_benchmark_is_in_one_table_of_the_grid_by_whether_it_has_a_time() -> None:
    grid = matrix(everything())
    timed = [row.name for family in grid.timed for row in family.rows]
    untimed = [row.name for family in grid.untimed for row in family.rows]
    assert timed
    assert untimed
    assert sorted([*timed, *untimed]) == sorted(result.benchmark.id for result in everything().results)
    assert not set(timed) & set(untimed)


def test_a_row_differs_where_a_case_has_another_result_known_or_not() -> None:
    same = {Verdict.SAME_RESULT, Verdict.UNAVAILABLE, Verdict.UNSUPPORTED, Verdict.COULD_NOT_MEASURE}
    expected = {
        result.benchmark.id
        for result in everything().results
        if any(case.verdict.kind not in same for case in result.cases)
    }
    assert {row.name for row in rows() if row.differs} == expected != set()


def test_a_row_is_unclear_where_a_time_shows_no_clear_difference() -> None:
    expected = {
        result.benchmark.id
        for result in everything().results
        for case in result.cases
        if case.timing and case.timing.judgement is Judgement.NO_CLEAR_DIFFERENCE
    }
    assert {row.name for row in rows() if row.unclear} == expected


def test_rows_are_ordered_by_the_ends_of_intervals_and_never_by_their_middles() -> None:
    for row, result in zip(rows(), everything().results, strict=True):
        ratios = [case.timing.ratio for case in result.cases if case.timing and case.timing.ratio]
        assert row.less == min((ratio.high for ratio in ratios if ratio.high is not None), default=None)
        assert row.more == max((ratio.low for ratio in ratios if ratio.low is not None), default=None)


def without_times(result: BenchmarkResult) -> BenchmarkResult:
    cases = tuple(replace(case, timing=None) for case in result.cases)
    return replace(result, cases=cases, rounds=0, self_test=None)


@pytest.mark.parametrize(("benchmarks", "is_open"), [(MOST_OPEN, True), (MOST_OPEN + 1, False)])
def test_the_evidence_of_many_benchmarks_is_folded_by_family(benchmarks: int, *, is_open: bool) -> None:
    large = sixty_by_twelve()
    timed, *others = large.results[:benchmarks]
    page = read(html.render(replace(large, results=(timed, *map(without_times, others)))))
    families = page.named("rows").all("details", kind="family")
    assert families
    assert all(("open" in family.attributes) is is_open for family in families)


# In a real browser


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("grid") / "report.html"
    path.write_text(html.render(everything()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(html.render(sixty_by_twelve()), encoding="utf-8")
    return path.as_uri()


SHOWN = "return [...document.querySelectorAll('tr.row:not([hidden]) th')].map(th => th.textContent)"


def choose(browser: Browser, name: str, value: str) -> None:
    browser.run(
        "const field = document.querySelector(`#filters [name=${arguments[0]}]`); field.value = arguments[1];"
        "field.dispatchEvent(new Event('input', {bubbles: true}))",
        name,
        value,
    )


def names(wanted: str = "") -> list[str]:
    return [escape_controls(row.name) for row in rows() if not wanted or getattr(row, wanted)]


@pytest.mark.browser
def test_what_is_chosen_narrows_the_grid_and_stands_in_the_address(browser: Browser, opened: str) -> None:
    browser.open(opened)
    choose(browser, "only", "differs")
    assert sorted(browser.run(SHOWN)) == sorted(names("differs"))
    assert browser.driver.current_url == f"{opened}?only=differs"
    choose(browser, "only", "")
    choose(browser, "q", "order")
    assert browser.run(SHOWN) == [name for name in names() if "order" in name]
    count = f"{len(browser.run(SHOWN))} of {len(names())}"
    assert browser.run("return document.querySelector('#filters output').textContent") == count
    browser.open(browser.driver.current_url)
    assert browser.run(SHOWN) == [name for name in names() if "order" in name]
    assert browser.complaints() == []


@pytest.mark.browser
def test_the_grid_is_sorted_over_all_families_and_back(browser: Browser, opened: str) -> None:
    browser.open(f"{opened}?sort=name")
    timed = (
        "return [...document.querySelector('table.matrix').querySelectorAll('tr.row th')]"
        ".map(th => th.textContent)"
    )
    by_name = browser.run(timed)
    assert by_name == browser.run(
        "return arguments[0].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))", by_name
    )
    choose(browser, "sort", "")
    measured = [escape_controls(row.name) for family in matrix(everything()).timed for row in family.rows]
    assert browser.run(timed) == measured


@pytest.mark.browser
@pytest.mark.parametrize("end", ["?q=%zz", "#%zz", "?family=none&sort=valueOf&only=toString", "#%E0%A4%A"])
def test_an_address_that_makes_no_sense_does_no_harm(browser: Browser, opened: str, end: str) -> None:
    browser.open(opened + end)
    assert browser.complaints() == []
    browser.run("document.querySelector('.matrix td a').click()")
    assert browser.run("return document.querySelector('dialog').open")


@pytest.mark.browser
def test_evidence_has_an_address_of_its_own_while_it_is_shown(browser: Browser, opened: str) -> None:
    browser.open(opened)
    browser.run("document.querySelector('.matrix td a').click()")
    assert browser.driver.current_url == f"{opened}#case-1-1"
    browser.press("\ue00c")
    browser.wait("!location.hash")  # which a dialog that is closed tells in an event of its own
    assert browser.driver.current_url == opened


@pytest.mark.browser
def test_the_grid_is_one_tab_stop_and_a_large_page_has_fewer_than_a_hundred(
    browser: Browser, large: str
) -> None:
    browser.open(large)
    stops = browser.run(
        "return [...document.querySelectorAll('a, button, summary, input, select, [tabindex]')]"
        ".filter(one => one.tabIndex >= 0 && one.checkVisibility({contentVisibilityAuto: false})).length"
    )
    assert 10 < stops < 100
    grid = "[...document.querySelectorAll('table.matrix:first-of-type a')].filter(one => one.tabIndex >= 0)"
    assert browser.run(f"return {grid}.length") == 1
    browser.run(f"{grid}[0].focus()")
    browser.press(DOWN)
    browser.press(RIGHT)
    assert browser.run("return document.activeElement.hash") == "#case-2-1"
    browser.press(HOME)
    assert browser.run("return document.activeElement.hash") == "#row-2"
    browser.press(TAB)
    assert not browser.run("return Boolean(document.activeElement.closest('table.matrix'))")


@pytest.mark.browser
def test_a_kind_of_work_in_the_chart_filters_the_grid(browser: Browser, large: str) -> None:
    browser.open(large)
    family = browser.run("return document.querySelector('.strips a[data-family]').dataset.family")
    browser.run("document.querySelector('.strips a[data-family]').click()")
    assert browser.run(SHOWN) == [
        row.name for each in matrix(sixty_by_twelve()).families if each.name == family for row in each.rows
    ]


@pytest.mark.browser
def test_a_page_does_not_move_under_its_reader(browser: Browser, opened: str) -> None:
    browser.open(opened)
    browser.run(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {"
        " window.moved += one.value })).observe({type: 'layout-shift', buffered: true})"
    )
    for number in range(browser.run("return document.querySelectorAll('figure.chart').length")):
        browser.run(
            "const chart = document.querySelectorAll('figure.chart')[arguments[0]];"
            "for (let at = chart; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;"
            "chart.scrollIntoView()",
            number,
        )
        browser.wait(f"'live' in document.querySelectorAll('figure.chart')[{number}].dataset")
    assert browser.run("return window.moved") < 0.05


@pytest.mark.browser
def test_on_paper_everything_is_open_and_every_chart_drawn(browser: Browser, large: str) -> None:
    browser.open(large)
    folded = "return document.querySelectorAll('details:not([open])').length"
    charts = "[...document.querySelectorAll('figure:not([data-kind=strip]) .plot')]"
    browser.wait(f"{charts}.every(one => one.querySelector('svg'))")
    before = browser.run(folded)
    assert before
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(folded) == 0
    undrawn = "return [...document.querySelectorAll('.plot')].filter(one => !one.querySelector('svg')).length"
    assert browser.run(undrawn) == 0
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(folded) == before


@pytest.mark.browser
def test_without_scripts_the_grid_is_whole_and_offers_no_filter(browser: Browser, opened: str) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(opened)
        shown = browser.driver.find_elements("css selector", "table.matrix tr.row")
        assert len(shown) == len(names())
        [form] = browser.driver.find_elements("css selector", "#filters")
        assert not form.is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
