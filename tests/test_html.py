"""The page of a record: what a reader finds on it, in a parser and in a real browser."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from harness.errors import escape_controls
from harness.records.entries import CaseObserved
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Verdict
from harness.report import differences, formatting, sentences
from harness.report.answer.headline import headline
from harness.report.backend_names import backend_order, shown_names
from harness.report.evidence import LONG
from harness.report.formats import html
from harness.report.html.markup import linked
from harness.report.html.matrix import case_anchor
from harness.report.method import method
from harness.report.tables import audit as audit_tables
from harness.report.tables import results
from harness.report.verdict_signs import VERDICTS
from harness.report.warnings import notices
from tests.browsing import DESK, PHONE, Browser
from tests.kinds import audit
from tests.reading import Element, read
from tests.records import (
    ASYNCIO,
    UVLOOP,
    everything,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    twice,
)
from tests.strained import HOSTILE, hostile, sixty_by_twelve

pytestmark = pytest.mark.browser


@cache
def page_of_everything() -> str:
    return html.render(everything())


@cache
def everything_read() -> Element:
    return read(page_of_everything())


# What stands on the page


def test_the_first_things_said_are_what_where_when_the_verdict_and_the_warnings() -> None:
    page = everything_read()
    top, short = page.all("header")[0].text, page.all("section", kind="answer")[0].text
    assert all(
        escape_controls(words) in top for words in (everything().run.name, *results.heading(everything()))
    )
    assert [said for said in sentences.backend_sentences(everything()) if said not in short] == []
    assert [sentence for sentence in headline(everything()) if sentence not in short] == []
    assert [notice.text for notice in notices(everything()) if notice.text not in short] == []
    inside = [one.attributes for one in page.all("main")[0].parts if isinstance(one, Element)]
    parts = [one.get("class", one.get("id")) for one in inside]
    assert parts[:2] == ["answer", "matrix"]


def cells_of(record: Record) -> Iterator[tuple[str, BenchmarkResult, CaseResult]]:
    """The name on the page of every case."""
    for number, line in enumerate(record.results, start=1):
        for at, name in enumerate(backend_order(record), start=1):
            yield from ((case_anchor(number, at), line, cell) for cell in line.cases if cell.backend == name)


def test_every_cell_of_the_matrix_says_its_verdict_twice_and_its_figure_with_its_interval() -> None:
    links = {link.attributes["href"]: link for link in everything_read().named("matrix").all("a")}
    times = {row[0]: row for row in results.times(everything()).rows}  # type: ignore[union-attr]
    for name, line, cell in cells_of(everything()):
        shown = links[f"#{name}"].text
        assert str(cell.verdict.kind) in shown
        sign = links[f"#{name}"].all("span", kind="sign")[0]
        if cell.verdict.kind is Verdict.TIMED_OUT:  # an hourglass, which few fonts have
            assert [path.attributes["d"] for path in sign.all("path")] == ["M1 1H9L1 11H9Z"]
        else:
            assert sign.text == VERDICTS[cell.verdict.kind].sign
        if cell.timing and cell.timing.ratio:
            figure = formatting.format_ratio(cell.timing.ratio)
            assert re.sub(r"[^\d.\[\],a-z ]", "", figure).split()[0] in shown
            assert figure[figure.index("[") :] in shown
            assert any(figure in one for one in times[line.benchmark.id])


def test_every_cell_leads_to_its_evidence() -> None:
    page = everything_read()
    for name, line, cell in cells_of(everything()):
        shown = page.named(name).text
        assert line.benchmark.source in shown
        assert "loopcmp run" in shown
        assert f"-b {shown_names(everything().backends)[cell.backend]}" in shown
        assert escape_controls(cell.verdict.reason) in shown
        if cell.timing:
            assert formatting.format_estimate(cell.timing.metrics["context_switches"]) in shown
            assert f"timings/{cell.backend}.json.gz" in shown


def test_every_benchmark_shows_its_scenario_as_the_module_has_it() -> None:
    for number, line in enumerate(everything().results, start=1):
        (text,) = everything_read().named(f"row-{number}").all("details", kind="text")
        assert text.all("code")[0].raw == line.benchmark.text


def test_where_promise_and_observation_part_both_stand_side_by_side() -> None:
    number = [line.benchmark.id for line in everything().results].index("turns") + 1
    evidence = everything_read().named(case_anchor(number, 3))
    (parted,) = evidence.all("table")[0].all("tr", kind="parts")
    assert parted.text == "printed → one two three one three two"


def test_what_a_worker_said_before_it_crashed_is_shown() -> None:
    number = [line.benchmark.id for line in everything().results].index("echo") + 1
    assert "Fatal Python error: Segmentation fault" in everything_read().named(case_anchor(number, 2)).text


@pytest.mark.parametrize(
    ("scenario", "column", "said"),
    [
        ("echo", 2, "Its worker was killed by SIGSEGV. Fatal Python error"),
        ("slow_start", 1, "Its worker gave no answer for 30 s. waiting"),
    ],
)
def test_how_a_worker_ended_reads_as_a_sentence(scenario: str, column: int, said: str) -> None:
    number = [line.benchmark.id for line in everything().results].index(scenario) + 1
    assert said in everything_read().named(case_anchor(number, column)).text


def test_claims_documented_differences_environment_method_and_repetition_are_there() -> None:
    page = everything_read()
    for content in (results.ledger(everything()), differences.documented(everything())):
        assert content is not None
        assert [cell for row in content.rows for cell in row if cell not in page.text] == []
    assert len(method(everything())) == 10
    assert [line for line in method(everything()) if line not in page.named("method").text] == []
    facts = page.named("environment").text
    assert [what for _, what in results.environment(everything()) if what not in facts] == []
    assert "--seed 7" in page.named("repeat").text


def test_the_method_of_an_audit_says_all_that_it_found() -> None:
    found = read(html.render(audit())).named("method").text
    assert [said for said in audit_tables.sentences(audit()) if said not in found] == []


def test_an_a_a_arm_that_agrees_is_no_cause_for_worry_beside_what_is() -> None:
    (warnings,) = everything_read().all("ul", kind="warnings")
    calm = [one.text for one in warnings.all("li", kind="calm")]
    assert len(calm) == 1
    assert calm[0].startswith("Self-test: the baseline against itself")
    assert "Too few rounds" in warnings.text


def test_a_source_that_is_an_address_can_be_followed_and_nothing_else_is_a_link() -> None:
    assert str(linked('see https://example.org/a?b=1&c="x".')) == (
        'see <a href="https://example.org/a?b=1&amp;c=" rel="noreferrer noopener external">'
        "https://example.org/a?b=1&amp;c=</a>&#34;x&#34;."
    )
    assert str(linked("javascript:alert(1) file:///etc/passwd")) == "javascript:alert(1) file:///etc/passwd"


def test_every_link_inside_the_page_leads_somewhere() -> None:
    page = everything_read()
    names = [one.attributes["id"] for one in page if "id" in one.attributes]
    assert len(names) == len(set(names))
    targets = [one.attributes["href"] for one in page.all("a")]
    assert [one for one in targets if not one.startswith("https://") and one[1:] not in names] == []


def test_the_page_asks_for_no_other_file() -> None:
    page = everything_read()
    for one in page:
        assert "src" not in one.attributes
        assert one.tag not in {"img", "iframe", "object", "embed", "base"}
        assert one.tag != "link" or one.attributes["href"] == "data:,"
    assert not re.search(r"url\(|@import", "".join(style.raw for style in page.all("style")))
    policy = next(one for one in page.all("meta") if "http-equiv" in one.attributes).attributes["content"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy


def test_a_record_that_was_read_back_gives_the_same_page() -> None:
    again = msgspec.json.decode(msgspec.json.encode(everything()), type=Record)
    assert html.render(again) == page_of_everything()


def test_a_record_without_figures_has_a_page_without_charts() -> None:
    one = fake_benchmark("probe", returned(1))
    record = record_of(
        plan(one),
        *(CaseObserved(one.id, name, twice(observation(returned(1)))) for name in (ASYNCIO, UVLOOP)),
    )
    page = read(html.render(record))
    assert page.all("figure") == []
    assert not [script for script in page.all("script") if script.attributes.get("id") == "packed"]
    assert page.named("matrix").all("a", href="#case-1-2")[0].text == "✓same result"


def test_sixty_scenarios_on_twelve_backends_stay_under_three_megabytes() -> None:
    assert len(html.render(sixty_by_twelve()).encode()) < 3_000_000


# Text that would rather be something else


@cache
def hostile_page(what: str) -> str:
    return html.render(hostile(HOSTILE.get(what, what)))


def shape(page: Element) -> list[tuple[str, list[str]]]:
    return [(one.tag, sorted(one.attributes)) for one in page if one.tag != "wbr"]


@pytest.mark.parametrize("what", HOSTILE)
def test_text_stays_text(what: str) -> None:
    page = read(hostile_page(what))
    assert shape(page) == shape(read(hostile_page("plain")))
    shown = " ".join(escape_controls(HOSTILE[what]).split())
    assert page.all("h1")[0].text == shown
    assert page.all("title")[0].text.startswith(shown)
    assert shown in page.named("rows").text
    assert shown in page.named("environment").text
    assert not [c for c in page.text if not (c.isprintable() or c == "\n")]


@pytest.mark.parametrize("what", HOSTILE)
def test_data_in_the_page_stays_data(what: str) -> None:
    packed = read(hostile_page(what)).named("packed").raw
    data, runtime = (gzip.decompress(base64.b64decode(piece)).decode() for piece in packed.split(" "))
    rows = json.loads(data)["rows"]
    assert escape_controls(HOSTILE[what]) in rows["chart-forest"][0]["row"]
    assert "vegaEmbed" in runtime


def test_a_message_of_a_hundred_kilobytes_is_cut_and_the_page_says_so() -> None:
    page = html.render(hostile("x" * 100_000))
    assert "100,000 characters" in page
    assert f"{'x' * LONG}x" not in read(page).named("case-1-2").all("pre")[0].text


# In a real browser


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of_everything(), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_browser_has_nothing_to_complain_of_and_asks_for_nothing(
    browser: Browser, opened: str, size: tuple[int, int], dark: bool
) -> None:
    browser.open(opened, size, dark=dark)
    browser.photograph(f"report-{size[0]}-{'dark' if dark else 'light'}")
    see_every_chart(browser)
    assert browser.complaints() == []
    assert set(browser.requests()) == {opened}
    assert browser.run("return document.documentElement.scrollWidth") == size[0]


def see_every_chart(browser: Browser) -> None:
    """Bring every chart into view, and wait until each is live."""
    browser.run(
        "for (const probe of document.querySelectorAll('.probe')) probe.style.contentVisibility = 'visible'"
    )
    for number in range(browser.run("return document.querySelectorAll('figure.chart').length")):
        browser.run("document.querySelectorAll('figure.chart')[arguments[0]].scrollIntoView()", number)
        browser.wait(f"'live' in document.querySelectorAll('figure.chart')[{number}].dataset")
    browser.run("scrollTo(0, 0)")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_of_any_grade(browser: Browser, opened: str, dark: bool) -> None:
    browser.open(opened, dark=dark)
    see_every_chart(browser)
    assert browser.findings() == []
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.findings() == []
    browser.run("document.querySelector('.matrix td a').click()")
    assert browser.findings() == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_matrix_can_be_read(browser: Browser, opened: str, size: tuple[int, int]) -> None:
    browser.open(opened, size)
    boxes = browser.run(
        "return [...document.querySelectorAll('.matrix :is(.figure, .word, .bounds, th a)')].map("
        "one => [one.textContent, parseFloat(getComputedStyle(one).fontSize),"
        " one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'])"
    )
    assert [text for text, font, _ in boxes if font < 10] == []
    assert [text for text, _, cut in boxes if cut] == []
    sticky = browser.run(
        "const sheet = document.querySelector('.sheet'); sheet.scrollLeft = 9999;"
        "return document.querySelector('.matrix tbody th').getBoundingClientRect().left"
    )
    assert sticky >= 0
    top = browser.run("return document.querySelector('.strips').getBoundingClientRect().top")
    assert top < size[1]


def test_every_cell_opens_its_evidence_and_closes_again_by_keyboard(browser: Browser, opened: str) -> None:
    browser.open(opened)
    browser.run("for (const one of document.querySelectorAll('details.untimed')) one.open = true")
    count = browser.run("return document.querySelectorAll('.matrix td a').length")
    assert count == sum(len(line.cases) for line in everything().results)
    for number in range(count):
        browser.run("document.querySelectorAll('.matrix td a')[arguments[0]].focus()", number)
        browser.press("\ue007")
        title, body = browser.run(
            "return ['title', 'body'].map(part => document.querySelector(`#shown-${part}`).innerText)"
        )
        assert browser.run("return document.querySelector('dialog').open")
        assert " on " in title
        assert "loopcmp run" in body
        assert "async def" in browser.run("return document.querySelector('#shown-body .text').textContent")
        if number == 1:
            browser.photograph("report-evidence")
        browser.press("\ue00c")
        assert not browser.run("return document.querySelector('dialog').open")
        focused = "return [...document.querySelectorAll('.matrix td a')].indexOf(document.activeElement)"
        assert browser.run(focused) == number
    assert browser.complaints() == []


def test_arrow_keys_move_between_cells(browser: Browser, opened: str) -> None:
    browser.open(opened)
    browser.run("document.querySelector('.matrix td a').focus()")
    for key, case in (
        ("\ue014", "#case-1-2"),
        ("\ue015", "#case-2-2"),
        ("\ue012", "#case-2-1"),
        ("\ue013", "#case-1-1"),
    ):
        browser.press(key)
        assert browser.run("return document.activeElement.hash") == case


def test_a_link_to_a_case_opens_it_where_it_stands(browser: Browser, opened: str) -> None:
    browser.open(f"{opened}#case-3-2")
    browser.wait("document.querySelector('#case-3-2').closest('details').open")
    assert (
        0 <= browser.run("return document.querySelector('#case-3-2').getBoundingClientRect().top") < DESK[1]
    )
    assert browser.complaints() == []


def test_evidence_that_is_shown_can_be_closed_at_once_by_key(browser: Browser, opened: str) -> None:
    browser.open(opened)
    browser.run("document.querySelector('.matrix td a').click()")
    assert browser.run("return document.activeElement.textContent") == "Close"
    browser.press("\ue007")  # Enter
    browser.wait("!document.querySelector('dialog').open")


def test_every_link_on_the_page_shows_what_it_names(browser: Browser, opened: str) -> None:
    browser.open(opened)
    links = browser.run(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].map(one => one.getAttribute('href'))"
    )
    for target in dict.fromkeys(links):
        browser.run("location.hash = arguments[0]", target)
        seen = "const box = document.querySelector(location.hash).getBoundingClientRect();"
        browser.wait(
            f"(() => {{ {seen} return box.height > 0 && box.top < innerHeight && box.bottom > 0 }})()"
        )


def test_a_chart_says_what_is_under_the_pointer(browser: Browser, opened: str) -> None:

    browser.open(opened)
    browser.run("document.querySelector('#chart-forest').scrollIntoView()")
    browser.wait("'live' in document.querySelector('#chart-forest').dataset")
    browser.point_at("#chart-forest .mark-symbol path")
    browser.wait("!document.querySelector('.tip').hidden")
    assert "× [" in browser.run("return document.querySelector('.tip').textContent")


def test_hostile_text_does_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    for what, text in HOSTILE.items():
        path.write_text(hostile_page(what), encoding="utf-8")
        browser.open(path.as_uri())
        browser.run("window.alert = () => { document.title = 'fallen' }")
        see_every_chart(browser)
        assert browser.run("return document.querySelector('h1').textContent") == escape_controls(text)
        assert browser.complaints() == []
        assert set(browser.requests()) == {path.as_uri()}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_sixty_scenarios_on_twelve_backends_open(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "large.html"
    path.write_text(html.render(sixty_by_twelve()), encoding="utf-8")
    browser.open(path.as_uri(), size)
    browser.photograph(f"report-60-by-12-{size[0]}")
    assert browser.complaints() == []
    assert browser.run("return document.querySelectorAll('.matrix td a').length") == 60 * 12


def test_on_paper_nothing_is_cut_off_and_what_cannot_be_pressed_is_gone(
    browser: Browser, opened: str
) -> None:
    browser.open(opened)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.run("return getComputedStyle(document.querySelector('.top nav')).display") == "none"
    assert browser.run("return getComputedStyle(document.querySelector('.sheet')).overflowX") == "visible"
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 10_000
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
