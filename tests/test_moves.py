"""What a move is worth: the front page and the page `which-loop.html` of a site, and a loop's differences."""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.backends.backend import EnvironmentSpec
from harness.protocol.traffic import Serves
from harness.records.entries import BenchmarkCalibrated, RunFinished
from harness.records.machine import BackendEnvironment
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report.site.build import publish
from harness.report.site.differences import LoopDifference, alike_together
from harness.report.site.summarizing import summarize_record
from harness.report.site.summary import CaseSummary
from harness.runner.state import RunState
from tests.compared import of_shares
from tests.conforming import mine
from tests.reading import read
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    ORDER,
    PACE,
    TRIO,
    backends,
    begun,
    everything,
    fake_benchmark,
    observation,
    plan,
    returned,
    rounds,
    seen_alike,
    twice,
)
from tests.stored import put

CLOSED = RunFinished("2026-05-04T03:07:08+00:00", 0.75)
NEWER = "asyncio+gather@newer"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of a record of everything, and of two that answer whoever thinks of moving a service."""
    folder = tmp_path_factory.mktemp("moves")
    put(folder / "results", "1-everything", everything(), "2026-01-01T00:00:00+00:00")
    put(folder / "results", "2-services", services(), "2026-02-01T00:00:00+00:00")
    put(folder / "results", "3-pythons", on_two_pythons(), "2026-03-01T00:00:00+00:00")
    publish(folder / "results", folder / "site")
    return folder / "site"


def services() -> Record:
    """A finished record in which uvloop takes half the time of an HTTP server, and 80% of a TCP one's."""
    made = {
        replace(fake_benchmark("ask", returned(1)), family="services"): (Serves.HTTP, 0.5),
        replace(fake_benchmark("echo_back", returned(1)), family="services"): (Serves.TCP, 0.8),
    }
    record = of_shares({benchmark: share for benchmark, (_, share) in made.items()})
    results = tuple(
        replace(result, benchmark=replace(result.benchmark, connections=32, serves=made[result.benchmark][0]))
        for result in record.results
    )
    return replace(record, results=results, finished=CLOSED)


def on_two_pythons() -> Record:
    """A finished record in which asyncio takes half the time on another Python."""
    newer = replace(*backends(ASYNCIO), environment=EnvironmentSpec("newer", "3.14"))
    planned = replace(plan(ORDER), backends=(*backends(ASYNCIO), newer))
    there = BackendEnvironment(NEWER, "3.14.0", "CPython 3.14.0, GCC 14.2.0", ())
    first = replace(begun(planned, "pythons"), machine=replace(ENVIRONMENT, environments=(there,)))
    times = {ASYNCIO: 600.0, NEWER: 300.0, SELF_TEST_ARM: 600.0}
    seen = seen_alike(ORDER, twice(observation(returned([0, 1, 2]))), (ASYNCIO, NEWER))
    played = rounds(ORDER.id, times, 20)
    return RunState(first, (*seen, BenchmarkCalibrated(ORDER.id, PACE), *played, CLOSED)).record()


def test_the_front_page_answers_for_an_http_service_before_anything_else(site: Path) -> None:
    page = read((site / "index.html").read_text())
    answer, *_ = page.all("section", kind="answer")
    lead, *_ = answer.all("p", kind="lead")
    assert lead.text.startswith("HTTP services: uvloop takes 50.0% less time than asyncio ±")
    assert "CPU time for a request" in answer.text
    chart, *_ = page.all("table", kind="strips")
    assert [head.text for head in chart.all("th", scope="row")] == ["HTTP services", "TCP services"]
    assert page.all("a", href="which-loop.html")


def test_each_kind_of_service_has_a_sentence_and_a_table_of_its_own(site: Path) -> None:
    page = read((site / "which-loop.html").read_text())
    [answers] = page.all("ul", kind="answers")
    assert [line.text.partition(":")[0] for line in answers.all("li")] == ["HTTP services", "TCP services"]
    linked = [link for cell in page.all("td") for link in cell.all("a") if not cell.all("svg")]
    addresses = [link.attributes["href"].partition("#")[0] for link in linked]
    assert addresses == ["records/2-services.html"] * 2


def test_another_python_is_answered_from_the_record_that_has_several(site: Path) -> None:
    for name in ("index.html", "which-loop.html"):
        page = read((site / name).read_text())
        assert re.search(
            r"asyncio on CPython 3\.14 takes 50[.\d]*% less time than on CPython 3\.13 ±", page.text
        )
        assert page.all("a", href="records/3-pythons.html")


def test_where_no_record_answers_the_page_says_what_makes_one(tmp_path: Path) -> None:
    put(tmp_path / "results", "1", everything(), "2026-01-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    page = (tmp_path / "site/which-loop.html").read_text()
    assert "loopcmp run services --publish services" in page
    assert "loopcmp run tutorial --env here --env py313=3.13 --publish NAME" in page


def test_a_loop_names_its_differences_with_their_reasons_and_its_card_counts_them(site: Path) -> None:
    verdicts = {
        result.benchmark.id: case.verdict
        for result in everything().results
        for case in result.cases
        if case.backend == TRIO and case.verdict.kind not in (Verdict.UNAVAILABLE, Verdict.COULD_NOT_MEASURE)
    }
    differing = {
        name: verdict for name, verdict in verdicts.items() if verdict.kind is not Verdict.SAME_RESULT
    }
    findings = sum(verdict.kind in FINDINGS for verdict in differing.values())
    assert findings > 1

    named = read((site / "loops/trio.html").read_text()).named("differences")
    assert {head.text for head in named.all("th", scope="row")} == set(differing)
    assert all(" ".join(verdict.reason.split()) in named.text for verdict in differing.values())
    [first, *_, last] = named.all("tbody")[0].all("tr")
    assert any(f" {verdict} " in f" {first.text} " for verdict in FINDINGS)
    assert "known difference" in last.text
    [link] = read((site / "index.html").read_text()).all("a", href="loops/trio.html#differences")
    assert link.text.startswith(f"{findings} findings, ")
    assert link.text.endswith("1 known difference")


def test_backends_of_a_loop_that_differ_for_one_reason_share_a_line() -> None:
    summary = summarize_record("1", "", services(), (), defaultdict(str))
    reasons = {"x+gather": "for this", "x+gather@new": "for this", "x+gather@old": "for that"}
    differences = tuple(
        LoopDifference(summary, CaseSummary("a", "a", name, Verdict.KNOWN_DIFFERENCE, "", reason=reason))
        for name, reason in reasons.items()
    )
    lines = [[each.case.backend for each in alike] for alike in alike_together(differences)]
    assert lines == [["x+gather", "x+gather@new"], ["x+gather@old"]]


def test_the_page_of_a_loop_has_its_services_before_its_other_work(tmp_path: Path) -> None:
    put(tmp_path / "results", "1-services", services(), "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-all", of_four_kinds(), "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    first, second = read((tmp_path / "site/loops/uvloop.html").read_text()).all("table", kind="strips")
    assert [head.text for head in first.all("th", scope="row")] == ["HTTP services", "TCP services"]
    assert len(second.all("th", scope="row")) == 4


def of_four_kinds() -> Record:
    """A finished record of four kinds of work, none of them a service."""
    shares = {replace(fake_benchmark(name, returned(1)), family=name): 0.5 for name in "abcd"}
    return replace(of_shares(shares), finished=CLOSED)


def test_a_figure_on_a_loops_card_says_what_it_is_of(site: Path) -> None:
    cards = read((site / "index.html").read_text()).all("ul", kind="cards")[0].all("li")
    [uvloop] = [card for card in cards if card.text.startswith("uvloop")]
    assert "HTTP services: 50.0% less time than asyncio" in uvloop.text
    assert "as promised" not in uvloop.text


def test_what_loops_can_do_is_linked_from_the_front_page_only_where_there_is_something(
    site: Path, tmp_path: Path
) -> None:
    assert not read((site / "index.html").read_text()).all("a", href="conformance.html")
    empty = read((site / "conformance.html").read_text()).all("main")[0].text
    assert "loopcmp check --capabilities --cpython-tests -o results/NAME/conformance.json" in empty

    folder = put(tmp_path / "results", "1", everything(), "2026-01-01T00:00:00+00:00")
    (folder / "conformance.json").write_bytes(msgspec.json.encode(mine()))
    publish(tmp_path / "results", tmp_path / "site")

    assert read((tmp_path / "site/index.html").read_text()).all("a", href="conformance.html")
    page = read((tmp_path / "site/conformance.html").read_text())
    assert "1 of 2" in page.text
    assert "can_listen in words" in page.text
    loop = read((tmp_path / "site/loops/mine.html").read_text())
    assert loop.all("a", href="../conformance.html")
    assert "leaves tasks: 1" in loop.text
