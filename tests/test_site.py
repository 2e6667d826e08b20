"""The site: what is on it, that it is whole, that nothing is made twice, and how it looks in a browser."""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest

from harness.analysis.change_points import Figure, change_points
from harness.analysis.means import FEWEST_ROUNDS
from harness.analysis.overall import BackendFigure, OverallFigures, overall_figures
from harness.backends.backend import EnvironmentSpec
from harness.errors import BadInput, escape_controls
from harness.protocol.traffic import Serves
from harness.records.entries import BenchmarkCalibrated, RunFinished
from harness.records.estimate import Estimate
from harness.records.machine import BackendEnvironment, kind_of_python
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record
from harness.report.answer.headline import headline
from harness.report.backend_names import shown_names
from harness.report.overall import ratio_text
from harness.report.site.api import API, decode
from harness.report.site.badge import BAD, GOOD, badge, badge_message
from harness.report.site.build import publish
from harness.report.site.history import series
from harness.report.site.history_table import natural
from harness.report.site.leaderboard import Leaderboard, family_boards, leaderboard
from harness.report.site.names import slug
from harness.report.site.summarizing import docstring_of
from harness.report.site.summary import CaseSummary, MachineSummary, RecordSummary, loop_of
from harness.report.tables import audit as audit_tables
from harness.runner.state import RunState
from tests.browsing import DESK, PHONE, Browser
from tests.compared import of_shares
from tests.kinds import audit
from tests.reading import read
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    ORDER,
    PACE,
    TRIO,
    UVLOOP,
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
from tests.strained import HOSTILE, hostile

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for month in range(1, 4):
        put(folder, f"2026-0{month}-01-tutorial", everything(), f"2026-0{month}-01T00:00:00+00:00")
    put(folder, "2026-04-01-other", other_machine(), "2026-04-01T00:00:00+00:00")
    put(folder, "local", everything(), "2026-05-01T00:00:00+00:00")
    return folder


def other_machine() -> Record:
    environment = replace(
        everything().run.machine, cpu="Other 1", python="3.14.0", build="CPython 3.14.0, GCC 12.2.0"
    )
    return replace(everything(), run=replace(everything().run, machine=environment))


@pytest.fixture(scope="module")
def site(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert publish(results, folder).rendered == 4
    return folder


def pages(site: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(site.rglob("*.html")):
        yield path, path.read_text()


def test_a_name_that_is_no_safe_path_gets_one_of_its_own() -> None:
    assert slug("uvloop") == "uvloop"
    assert slug("../x") != slug("x")


def test_every_published_record_and_each_of_its_loops_and_scenarios_has_a_page(site: Path) -> None:
    assert {path.stem for path in (site / "records").iterdir()} == {
        "2026-01-01-tutorial",
        "2026-02-01-tutorial",
        "2026-03-01-tutorial",
        "2026-04-01-other",
    }
    assert {path.stem for path in (site / "loops").iterdir()} == {"asyncio", "uvloop", "trio", "missing"}
    assert {path.stem for path in (site / "scenarios").iterdir()} == {
        line.benchmark.scenario for line in everything().results
    }


def test_every_link_leads_to_a_file_and_to_a_place_in_it(site: Path) -> None:
    names: dict[Path, set[str]] = {}
    for path, text in pages(site):
        for link in (one for one in read(text) if one.tag in ("a", "link", "script")):
            address = link.attributes.get("href") or link.attributes.get("src") or ""
            if not address or address.startswith(("https://", "data:")):
                continue
            whole, place = urldefrag(urljoin(path.as_uri(), address))
            target = Path(unquote(whole.removeprefix("file://").partition("?")[0]))
            assert target.exists(), (path, address)
            if place:
                if target not in names:
                    names[target] = {
                        one.attributes["id"] for one in read(target.read_text()) if "id" in one.attributes
                    }
                assert place in names[target], (path, address)


def test_a_record_that_cannot_be_read_is_left_out_by_name_and_stops_no_site(tmp_path: Path) -> None:
    results = tmp_path / "results"
    put(results, "2026-01-01-good", everything(), "2026-01-01T00:00:00+00:00")
    bad = put(results, "2026-01-02-bad", everything(), "2026-01-02T00:00:00+00:00")
    file = bad if bad.is_file() else bad / "record.json"
    file.write_bytes(file.read_bytes().replace(b'"seed":7', b'"seed":-7'))
    (results / "2026-01-03-fifo").mkdir()
    os.mkfifo(results / "2026-01-03-fifo" / "record.json")
    built = publish(results, tmp_path / "site")
    assert (built.records, built.rendered, len(built.left_out)) == (1, 1, 2)
    assert "2026-01-02-bad/record.json is no record of loopcmp: run.plan: seed is -7" in built.left_out[1]
    assert "2026-01-03-fifo/record.json is no record of loopcmp: It is no regular file" in built.left_out[0]
    assert publish(results, tmp_path / "site").rendered == 0
    file.unlink()
    (results / "2026-01-01-good" / "record.json").write_text("{}")
    with pytest.raises(BadInput, match="is no record of loopcmp"):
        publish(results, tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_scenarios_of_the_front_page_are_folded_so_that_the_tab_key_passes_them_by(site: Path) -> None:
    page = read((site / "index.html").read_text())
    families = page.all("details", kind="folded")
    folded = [link for family in families for link in family.all("a")]
    assert not [family for family in families if "open" in family.attributes]
    assert {link.attributes["href"] for link in folded} == {
        f"scenarios/{path.name}" for path in (site / "scenarios").iterdir()
    }
    assert not [
        link
        for link in page.all("a")
        if link.attributes["href"].startswith("scenarios/") and not any(link is each for each in folded)
    ]


def test_nothing_is_asked_of_another_server(site: Path) -> None:
    for _, text in pages(site):
        for one in read(text):
            assert not one.attributes.get("src", "").startswith(("http", "//"))
            assert one.tag != "link" or not one.attributes["href"].startswith(("http", "//"))


def test_every_file_of_the_api_keeps_the_schema_beside_it(site: Path) -> None:
    schema = json.loads((site / "api/v2/schema.json").read_text())
    for name, kind in (
        ("index.json", "RecordIndex"),
        ("records/*.json", "RecordSummary"),
        ("scenarios/*.json", "ScenarioHistory"),
    ):
        files = list((site / "api/v2").glob(name))
        assert files
        for path in files:
            jsonschema.validate(
                json.loads(path.read_text()), {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
            )


def test_the_feed_is_atom_with_an_entry_for_each_record_newest_first(site: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring((site / "atom.xml").read_text())  # noqa: S314 - our own file
    entries = feed.findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}updated") for entry in entries] == [
        f"2026-0{month}-01T00:00:00+00:00" for month in (4, 3, 2, 1)
    ]
    for part in (feed, *entries):
        assert all(part.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == 4


def test_what_did_not_change_is_neither_rendered_nor_written_again(results: Path, tmp_path: Path) -> None:
    publish(results, tmp_path)
    again = publish(results, tmp_path)
    assert (again.records, again.rendered, again.written) == (4, 0, 0)


def test_a_record_that_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    mine, out = tmp_path / "results", tmp_path / "site"
    put(mine, "2026-01-01-a", everything(), "2026-01-01T00:00:00+00:00")
    second = put(mine, "2026-02-01-b", hostile("unlike"), "2026-02-01T00:00:00+00:00")
    publish(mine, out)
    (second / "record.json").unlink()
    built = publish(mine, out)
    assert (built.records, built.rendered) == (1, 0)
    assert not list(out.rglob("*2026-02-01-b*"))
    assert not list((out / "scenarios").glob("unlike*"))


def test_an_audit_speaks_for_the_method_and_has_no_place_among_loops(tmp_path: Path) -> None:
    put(tmp_path / "results", "1-tutorial", everything(), "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-audit", audit(), "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    found = read((tmp_path / "site" / "index.html").read_text()).named("audits").text
    assert [said for said in audit_tables.sentences(audit()) if said not in found] == []
    boards = (tmp_path / "site" / "leaderboard.html").read_text()
    assert "records/1-tutorial" in boards
    assert "records/2-audit" not in boards
    [order] = (tmp_path / "site" / "api" / "v2" / "scenarios").glob("order.json")
    assert "2-audit" not in order.read_text()


def test_a_record_of_another_name_leaves_the_leaderboard_of_the_first_alone(tmp_path: Path) -> None:
    other = replace(everything(), run=replace(everything().run, name="other"))
    put(tmp_path / "results", "1-tutorial", everything(), "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-other", other, "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    boards = (tmp_path / "site" / "leaderboard.html").read_text()
    assert all(f"records/{name}.html" in boards for name in ("1-tutorial", "2-other"))
    backends = len(everything().backends)
    assert len(list((tmp_path / "site" / "badges").glob("*.*.svg"))) == 2 * backends
    for loop in map(loop_of, everything().backends):  # of the newest full record, under addresses that stay
        assert (tmp_path / "site" / "badges" / f"{loop}.svg").exists()
        assert json.loads((tmp_path / "site" / "badges" / f"{loop}.json").read_text())["schemaVersion"] == 1


def test_a_folder_that_holds_something_else_is_left_alone(results: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(BadInput, match="choose another folder"):
        publish(results, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_a_published_record_it_says_how_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--publish NAME"):
        publish(tmp_path / "results", tmp_path / "site")


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_stays_text_on_every_page(what: str, tmp_path: Path) -> None:
    record = replace(hostile(HOSTILE[what]), finished=RunFinished("2026-01-01T01:00:00+00:00", 0.5))
    put(tmp_path / "results", "2026-01-01-odd", record, "2026-01-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    shown = " ".join(escape_controls(HOSTILE[what]).split())
    for path, text in pages(tmp_path / "site"):
        page = read(text)
        assert not [
            one
            for one in page.all("script")
            if one.attributes.get("src") is None and "type" not in one.attributes
        ]
        assert not [one for one in page for name in one.attributes if name.startswith("on")]
        if path.name == "index.html" or {"records", "scenarios"} & set(path.parts):
            assert shown in page.text, path
    ET.fromstring((tmp_path / "site/atom.xml").read_text())  # noqa: S314 - our own file
    for path in (tmp_path / "site/badges").glob("*.svg"):
        ET.fromstring(path.read_text())  # noqa: S314 - our own file


# What stands on the pages


def test_the_front_page_begins_with_the_answer_of_the_newest_full_record(site: Path) -> None:
    page = read((site / "index.html").read_text())
    answer = page.all("section", kind="answer")[0]
    full = json.loads((site / "api/v2/full.json").read_text())
    assert full["name"] == "2026-04-01-other"
    assert [words for words in headline(everything()) if words not in answer.text] == []
    dots = [link.attributes["href"] for link in answer.all("svg", kind="strip")[0].all("a")]
    assert dots
    assert all(dot.startswith("records/2026-04-01-other.html#case-") for dot in dots)
    cards = page.all("ul", kind="cards")[0].all("li")
    assert [card.all("a")[0].attributes["href"] for card in cards] == [
        f"loops/{loop}.html" for loop in ("asyncio", "missing", "trio", "uvloop")
    ]
    assert [len(card.all("a")) for card in cards] == [2, 1, 2, 2]  # of missing, nothing was observed


def test_a_small_record_does_not_take_the_front_page_from_a_full_one(tmp_path: Path) -> None:
    put(tmp_path / "results", "1-full", two_families(20), "2026-01-01T00:00:00+00:00")
    one = replace(two_families(20), finished=None)
    put(tmp_path / "results", "2-unfinished", one, "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    assert json.loads((tmp_path / "site/api/v2/full.json").read_text())["name"] == "1-full"


def test_a_newer_record_of_all_kinds_of_work_with_few_benchmarks_is_not_the_full_one(tmp_path: Path) -> None:
    full = two_families(20)
    [*_, last] = full.results
    put(tmp_path / "results", "1-full", full, "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-few", replace(full, results=(last,)), "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    assert json.loads((tmp_path / "site/api/v2/full.json").read_text())["name"] == "1-full"


def test_services_stand_first_on_the_front_page_from_the_newest_record_that_has_them(
    tmp_path: Path,
) -> None:
    full = two_families(20)
    [first, *_] = full.results
    served = replace(first.benchmark, family="services", connections=32, serves=Serves.HTTP)
    services = replace(first, benchmark=served)
    put(tmp_path / "results", "1-full", full, "2026-01-01T00:00:00+00:00")
    for number in (2, 3):
        record = replace(full, results=(services,))
        put(tmp_path / "results", f"{number}-services", record, f"2026-02-0{number}T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")

    page = read((tmp_path / "site/index.html").read_text())
    services_first, kinds_of_work = page.all("section", kind="answer")

    charts = [*services_first.all("table", kind="strips"), *kinds_of_work.all("table", kind="strips")]
    assert [len(chart.all("th", scope="row")) for chart in charts] == [1, 2]
    assert "HTTP services: uvloop takes 50.0% less time than asyncio ±" in services_first.text
    hrefs = [link.attributes["href"] for link in charts[0].all("a")]
    assert any("3-services" in href for href in hrefs)
    assert not any("2-services" in href for href in hrefs)


def test_a_kind_of_work_that_the_full_record_lacks_is_drawn_from_the_newest_record_that_has_it(
    tmp_path: Path,
) -> None:
    full = two_families(20)
    [first, *_] = full.results
    put(tmp_path / "results", "1-full", full, "2026-01-01T00:00:00+00:00")
    other = replace(full, results=(replace(first, benchmark=replace(first.benchmark, family="z")),))
    put(tmp_path / "results", "2-other", other, "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")

    answer = read((tmp_path / "site/index.html").read_text()).all("section", kind="answer")[0]

    charts = answer.all("table", kind="strips")
    assert [len(chart.all("th", scope="row")) for chart in charts] == [2, 1]
    assert any("2-other" in link.attributes["href"] for link in charts[1].all("a"))


def test_the_page_of_a_loop_has_its_project_its_kinds_of_work_and_its_badge_in_markdown(site: Path) -> None:
    page = read((site / "loops/uvloop.html").read_text())
    assert page.all("a", href="https://github.com/MagicStack/uvloop")
    assert page.all("table", kind="strips")
    assert "](SITE/loops/uvloop.html)" in page.named("badge").text
    assert "badges/uvloop.svg" in page.named("badge").text
    assert "what the others are compared with" in read((site / "index.html").read_text()).text


def test_the_page_of_a_scenario_shows_its_code_and_its_figures_over_time(site: Path) -> None:
    page = read((site / "scenarios/order.html").read_text())
    code = next(line.benchmark.text for line in everything().results if line.benchmark.scenario == "order")
    assert code in page.all("details", kind="text")[0].all("code")[0].raw
    assert page.all("svg", kind="spark")


def test_a_docstring_is_read_from_the_code_of_a_scenario_and_never_run() -> None:
    head = "    @scenario(n=[1, 2])\n    async def order(gather, n):\n"
    code = f'{head}        """Says what.\n\n        And why."""\n'
    assert docstring_of(code) == "Says what.\n\nAnd why."
    for odd in ("", "def", "x = 1", "\0", "(" * 10_000):
        assert docstring_of(odd) == ""


def test_the_method_is_shown_by_the_newest_audit_and_by_every_self_test(tmp_path: Path) -> None:
    put(tmp_path / "results", "1-tutorial", everything(), "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-audit", audit(), "2026-02-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    page = read((tmp_path / "site/method.html").read_text())
    assert [words for words in audit_tables.sentences(audit()) if words not in page.text] == []
    assert [table.title for table in audit_tables.tables(audit()) if table.title not in page.text] == []
    check = everything().self_test
    assert check is not None
    assert f"2026-01-01 {check.benchmarks} {check.differing} {check.allowed}" in page.text
    front = read((tmp_path / "site/index.html").read_text())
    assert audit_tables.sentences(audit())[0] in front.all("section", kind="trust")[0].text


def test_names_stand_in_numeric_order() -> None:
    names = ["a:n=10", "a:n=9", "a:n=100", "a", "b:n=1"]
    assert sorted(names, key=natural) == ["a", "a:n=9", "a:n=10", "a:n=100", "b:n=1"]


# Leaderboard


def summary(
    cases: dict[str, list[tuple[str, float, float, float] | str]],
    *,
    started: str = "2026",
    baseline: str = ASYNCIO,
    overall: dict[str, Estimate] | None = None,
) -> RecordSummary:
    """A summary of benchmarks named by number; a case is its verdict, or that with ratio, low and high."""
    made = []
    for backend, results in cases.items():
        for number, result in enumerate(results):
            verdict, *ratio = (result,) if isinstance(result, str) else result
            interval = Estimate(ratio[0], ratio[1], ratio[2], 20) if ratio else None
            seconds = Estimate(1.0, 1.0, 1.0, 20) if ratio or backend == ASYNCIO else None
            made.append(CaseSummary(str(number), str(number), backend, str(verdict), "", seconds, interval))
    machine = MachineSummary("CPU", 2, "Linux x86_64", "CPython 3.13")
    figures = tuple(BackendFigure(backend, ratio) for backend, ratio in (overall or {}).items())
    return RecordSummary(
        name=started,
        title="a",
        digest="",
        started=started,
        finished=bool(made),
        machine=machine,
        baseline=baseline,
        backends=tuple(cases),
        system="Linux 6.1.0 x86_64",
        build="CPython 3.13.0, GCC 12.2.0",
        versions={},
        environments={},
        benchmarks=1,
        findings=0,
        sentences=(),
        cases=tuple(made),
        overall=OverallFigures(baseline, figures, ("0", "1"), ("a",), 2, 0.95) if figures else None,
    )


def between(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 20)


def places(board: Leaderboard) -> dict[str, tuple[int, int]]:
    return {one.backend: (one.first, one.last) for one in board.standings}


def test_who_does_what_is_promised_stands_before_who_is_fast() -> None:
    board = leaderboard(
        summary(
            {
                ASYNCIO: ["same result", "same result"],
                UVLOOP: ["same result", "different result"],
                TRIO: ["same result", "same result"],
            },
            overall={UVLOOP: between(0.1, 0.2), TRIO: between(1.9, 2.1)},
        )
    )
    assert [standing.backend for standing in board.standings] == [ASYNCIO, TRIO, UVLOOP]
    assert places(board) == {ASYNCIO: (1, 1), TRIO: (2, 2), UVLOOP: (3, 3)}


def test_intervals_that_overlap_are_a_tie() -> None:
    board = leaderboard(
        summary(
            {
                ASYNCIO: ["same result"],
                UVLOOP: ["same result"],
                "x+gather": ["same result"],
                TRIO: ["same result"],
            },
            overall={
                UVLOOP: between(0.5, 0.7),
                "x+gather": between(0.55, 0.75),
                TRIO: between(1.9, 2.1),
            },
        )
    )
    assert places(board) == {UVLOOP: (1, 2), "x+gather": (1, 2), ASYNCIO: (3, 3), TRIO: (4, 4)}


def test_figures_without_an_interval_are_a_tie() -> None:
    few = Estimate(0.5, None, None, 19)
    board = leaderboard(summary({ASYNCIO: ["same result"], UVLOOP: ["same result"]}, overall={UVLOOP: few}))
    assert places(board) == {UVLOOP: (1, 2), ASYNCIO: (1, 2)}


@pytest.mark.parametrize("count", [FEWEST_ROUNDS - 1, 20])
def test_the_leaderboard_says_of_a_record_what_its_own_page_says(tmp_path: Path, count: int) -> None:
    put(tmp_path / "results", "1", two_families(count), "2026-01-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    record = two_families(count)
    whole = overall_figures(record)
    assert whole is not None
    assert [figure.backend for figure in whole.backends] == [UVLOOP, TRIO]
    board = read((tmp_path / "site/leaderboard.html").read_text()).text
    page = read((tmp_path / "site/records/1.html").read_text()).text
    for figure in whole.backends:
        words = ratio_text(whole, figure.ratio)
        assert ("no interval" in words) is (count < FEWEST_ROUNDS)
        name = shown_names(record.backends)[figure.backend]
        assert f"{name} {words}" in page
        assert f"{name} 4 of 4 {words}" in board


def test_each_kind_of_work_has_ranks_of_its_own_on_one_axis(tmp_path: Path) -> None:
    put(tmp_path / "results", "1", two_families(20), "2026-01-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    own = decode((tmp_path / "site" / API / "records" / "1.json").read_bytes(), RecordSummary)
    assert own is not None
    first, second = family_boards(own)
    assert (first.title, second.title) == ("x", "y")
    assert first.ends == second.ends
    for board, count in ((first, 3), (second, 1)):
        assert [standing.backend for standing in board.standings] == [UVLOOP, ASYNCIO, TRIO]
        assert [standing.kept_text for standing in board.standings] == [f"{count} of {count}"] * 3
    tables = read((tmp_path / "site/leaderboard.html").read_text()).all("table")
    assert [table.text.partition(", ")[2].split(" place ")[0].rpartition(", ")[2] for table in tables] == [
        "all kinds of work", "x", "y"
    ]  # fmt: skip


def two_families(count: int) -> Record:
    """A finished record in which a plain mean over benchmarks is another than that of the families."""
    families = {"a": ("x", 0.5), "b": ("x", 0.5), "c": ("x", 0.5), "d": ("y", 0.9)}
    benchmarks = {
        replace(fake_benchmark(name, returned(1)), family=family): share
        for name, (family, share) in families.items()
    }
    record = of_shares(benchmarks, count=count, on=(ASYNCIO, UVLOOP, TRIO))
    return replace(record, finished=RunFinished("2026-01-01T01:00:00+00:00", 0.5))


def test_a_badge_says_in_words_what_it_shows() -> None:
    cases: dict[str, list[tuple[str, float, float, float] | str]] = {
        ASYNCIO: ["same result"],
        UVLOOP: ["same result"],
    }
    board = leaderboard(summary(cases, overall={UVLOOP: Estimate(0.63, 0.62, 0.64, 20)}))
    uvloop = next(standing for standing in board.standings if standing.backend == UVLOOP)
    words = "1/1 as promised, 0.63× [0.62, 0.64] time"
    assert badge_message(board, uvloop) == words
    assert f'aria-label="loopcmp uvloop: {words}"' in badge(board, uvloop)


def test_a_badge_shows_no_ratio_that_has_no_interval() -> None:
    few = Estimate(0.5, None, None, 19)
    board = leaderboard(summary({ASYNCIO: ["same result"], UVLOOP: ["same result"]}, overall={UVLOOP: few}))
    assert {badge_message(board, standing) for standing in board.standings} == {"1/1 as promised"}


def test_a_case_that_was_not_observed_breaks_no_promise_and_keeps_none() -> None:
    board = leaderboard(
        summary(
            {
                ASYNCIO: ["same result", "same result"],
                UVLOOP: ["same result", "unavailable"],
                TRIO: ["same result", "different result"],
            }
        )
    )
    assert {one.backend: one.kept_text for one in board.standings} == {
        ASYNCIO: "2 of 2",
        UVLOOP: "1 of 1",
        TRIO: "1 of 2",
    }
    assert places(board) == {ASYNCIO: (1, 2), UVLOOP: (1, 2), TRIO: (3, 3)}
    colors = {one.backend: GOOD in badge(board, one) for one in board.standings}
    assert colors == {ASYNCIO: True, UVLOOP: True, TRIO: False}


def test_a_backend_without_an_observed_case_stands_last_and_has_no_count() -> None:
    board = leaderboard(
        summary({"x+gather": ["unavailable"], ASYNCIO: ["same result"], TRIO: ["different result"]})
    )
    assert places(board) == {ASYNCIO: (1, 1), TRIO: (2, 2), "x+gather": (3, 3)}
    last = board.standings[-1]
    assert (last.kept_text, badge_message(board, last)) == ("not observed", "not observed")
    assert not {color for color in (GOOD, BAD) if color in badge(board, last)}


@pytest.mark.parametrize("page", ["leaderboard.html", "loops/missing.html"])
def test_a_page_says_of_a_loop_that_is_not_there_that_it_was_not_observed(site: Path, page: str) -> None:
    lines = read((site / page).read_text()).all("tr")
    [words] = {
        line.text.partition("missing ")[2]
        for line in lines
        if "missing " in line.text and "no number" in line.text
    }
    assert "not observed" in words
    assert "0 of" not in words


# Changes


def noisy(*levels: tuple[float, int]) -> list[Figure]:
    draw = Random(4)
    return [Figure(level + draw.gauss(0, 0.01), 0.01) for level, count in levels for _ in range(count)]


def test_a_change_of_level_is_found_where_it_happens() -> None:
    assert change_points([noisy((0.0, 10), (0.2, 10))]) == ((10,),)
    assert change_points([noisy((0.0, 10), (0.2, 10), (-0.1, 8))]) == ((10, 20),)


def test_noise_alone_is_no_change() -> None:
    assert change_points([noisy((0.0, 40)), noisy((0.0, 1), (5.0, 1))]) == ((), ())
    assert change_points([[Figure(0.0, 0.0)] * 20]) == ((),)


def stable(noise: str, draw: Random) -> Figure:
    """A figure of a series that does not change."""
    match noise:
        case "normal":
            return Figure(draw.gauss(0, 0.01), 0.01)
        case "heavy tails":
            return Figure(0.01 * draw.gauss(0, 1) / math.sqrt(draw.gammavariate(1.5, 2) / 3), 0.01)
        case "mixed precision":
            error = draw.choice([0.002, 0.02])
            return Figure(draw.gauss(0, error), error)
    return Figure(draw.gauss(0, 0.02), 0.003)  # sessions differ by more than their intervals say


@pytest.mark.parametrize("noise", ["normal", "heavy tails", "mixed precision", "sessions"])
def test_of_sites_of_a_hundred_stable_series_one_in_twenty_has_a_mark(noise: str) -> None:
    draw, sites = Random(noise), 60
    marked = 0
    for _ in range(sites):
        series = [[stable(noise, draw) for _ in range(draw.randint(6, 10))] for _ in range(100)]
        marked += any(change_points(series))
    assert marked <= sites * 0.05


def test_a_change_is_found_among_a_hundred_stable_series() -> None:
    draw = Random(2)
    others = [[stable("normal", draw) for _ in range(8)] for _ in range(99)]
    moved = [Figure(draw.gauss(0.08 * (index >= 6), 0.01), 0.01) for index in range(12)]
    assert change_points([moved, *others]) == ((6,), *[()] * 99)


def test_a_new_version_of_the_method_is_no_change_of_the_loops() -> None:
    before = [ratios(0.5, ASYNCIO, month) for month in range(1, 7)]
    after = [msgspec.structs.replace(ratios(0.6, ASYNCIO, month), method="2") for month in range(7, 13)]
    assert not [point for one in series([*before, *after]) for point in one.points if point.changed]


OLD = "uvloop+gather@old"


def ratios(level: float, baseline: str, month: int) -> RecordSummary:
    value = level * (1 + month % 2 / 100)
    case = ("same result", value, value, value)
    return summary({ASYNCIO: ["same result"], UVLOOP: [case]}, started=f"2026-{month:02}", baseline=baseline)


def test_ratios_to_another_baseline_are_another_series_and_no_change() -> None:
    before = [ratios(0.5, ASYNCIO, month) for month in range(1, 7)]
    found = series([*before, *(ratios(1.5, TRIO, month) for month in range(7, 13))])
    assert [(one.baseline, len(one.points)) for one in found if one.backend == UVLOOP] == [
        (ASYNCIO, 6),
        (TRIO, 6),
    ]
    assert not [moment for one in found for moment in one.points if moment.changed]
    again = series([*before, *(ratios(1.5, ASYNCIO, month) for month in range(7, 13))])
    assert [moment.summary.name for one in again for moment in one.points if moment.changed] == ["2026-07"]


def beside_old(build: str, baseline: str = ASYNCIO) -> Record:
    """A record with uvloop in an environment of its own, whose Python is this build."""
    alone = replace(*backends(UVLOOP), environment=EnvironmentSpec("old", "3.12"))
    planned = replace(plan(ORDER, effort=FAST), backends=(*backends(ASYNCIO, TRIO), alone), baseline=baseline)
    there = BackendEnvironment(OLD, "3.12.1", build, (("anyio", "4.1.0"), ("uvloop", "0.19.0")))
    first = replace(begun(planned), machine=replace(ENVIRONMENT, environments=(there,)))
    times = {ASYNCIO: 600.0, TRIO: 900.0, OLD: 378.0, SELF_TEST_ARM: 600.0}
    seen = seen_alike(ORDER, twice(observation(returned([0, 1, 2]))), (ASYNCIO, TRIO, OLD))
    played = rounds(ORDER.id, times, 6)
    return RunState(first, (*seen, BenchmarkCalibrated(ORDER.id, PACE), *played)).record()


GCC, CLANG = "CPython 3.12.1, GCC 12.2.0", "CPython 3.12.1, Clang 18.1.0"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three records: two builds of Python in an environment, then another baseline."""
    folder = tmp_path_factory.mktemp("apart")
    put(folder / "results", "1-gcc", beside_old(GCC), "2026-01-01T00:00:00+00:00")
    put(folder / "results", "2-clang", beside_old(CLANG), "2026-02-01T00:00:00+00:00")
    put(folder / "results", "3-trio", beside_old(CLANG, baseline=TRIO), "2026-03-01T00:00:00+00:00")
    publish(folder / "results", folder / "site")
    return folder / "site"


def test_the_api_has_a_line_for_each_baseline_and_build_of_python(apart: Path) -> None:
    lines = json.loads((apart / "api/v2/scenarios/order.json").read_text())["series"]
    here, there = kind_of_python(ENVIRONMENT.build), kind_of_python(GCC)
    assert there == kind_of_python(CLANG) != here  # another compiler is warned of, and cuts no history
    assert {(one["backend"], one["build"], one["baseline"]): one["records"] for one in lines} == {
        (ASYNCIO, here, ASYNCIO): ["1-gcc", "2-clang"],
        (TRIO, here, ASYNCIO): ["1-gcc", "2-clang"],
        (OLD, there, ASYNCIO): ["1-gcc", "2-clang"],
        (ASYNCIO, here, TRIO): ["3-trio"],
        (TRIO, here, TRIO): ["3-trio"],
        (OLD, there, TRIO): ["3-trio"],
    }
    assert {one["baseline_build"] for one in lines} == {here}


def test_a_page_over_time_has_a_table_for_each_baseline_and_a_column_for_each_build(apart: Path) -> None:
    page = read((apart / "scenarios/order.html").read_text())
    tables = [one for one in page.all("section") if one.all("table")]
    for one, baseline in zip(tables, ("asyncio", "trio"), strict=True):
        assert f"against {baseline}" in one.text
    heads = [[head.text for head in one.all("th", scope="col")][1:] for one in tables]
    old = f"uvloop@old on {kind_of_python(GCC)}"
    assert [sorted(some) for some in heads] == [sorted(["asyncio", "trio", old])] * 2


def test_a_compiler_that_changed_is_named_where_a_case_is_drawn_over_time(apart: Path) -> None:
    page = read((apart / "scenarios/order.html").read_text())
    dots = [title.text for spark in page.all("svg", kind="spark") for title in spark.all("title")]
    assert any(f"Python {GCC} → {CLANG}" in words for words in dots)


def test_a_loop_in_an_environment_of_its_own_stands_under_its_own_versions(apart: Path, site: Path) -> None:
    own = read((apart / "loops/uvloop.html").read_text()).text
    assert f"uvloop@old: {GCC}; anyio 4.1.0, uvloop 0.19.0" in own
    assert "uvloop 0.23.0" not in own
    assert f"{ENVIRONMENT.build}; loopcmp 0.1.0" in read((apart / "loops/asyncio.html").read_text()).text
    assert "uvloop 0.23.0" in read((site / "loops/uvloop.html").read_text()).text


def test_an_environment_that_was_not_made_has_no_versions_to_print(tmp_path: Path) -> None:
    record = beside_old(GCC)
    unmade = replace(ENVIRONMENT, environments=(BackendEnvironment(OLD, unavailable="no such Python"),))
    begun_there = replace(record.run, machine=unmade)
    put(tmp_path / "results", "1", replace(record, run=begun_there), "2026-01-01T00:00:00+00:00")
    publish(tmp_path / "results", tmp_path / "site")
    page = read((tmp_path / "site/loops/uvloop.html").read_text())
    assert "uvloop@old: its environment was not made" in page.text


# In a browser, and in a hurry


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PAGES = (
    "index.html",
    "leaderboard.html",
    "method.html",
    "conformance.html",
    "which-loop.html",
    "loops/uvloop.html",
    "scenarios/order.html",
    "records/2026-01-01-tutorial.html",
)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_kind_of_page_works_in_a_browser(browser: Browser, address: str, size: tuple[int, int]) -> None:
    for page in PAGES:
        browser.open(address + page, size)
        browser.photograph(f"site-{page.replace('/', '-').removesuffix('.html')}-{size[0]}")
        assert browser.findings() == [], page
        assert browser.run("return document.documentElement.scrollWidth") == size[0], page
        assert browser.complaints() == [], page
        assert [one for one in browser.requests() if not one.startswith(address)] == []


def test_a_chart_on_the_site_is_drawn_by_the_shared_runtime(browser: Browser, address: str) -> None:
    browser.open(f"{address}records/2026-01-01-tutorial.html")
    browser.run("document.querySelector('#chart-forest').scrollIntoView()")
    browser.wait("'live' in document.querySelector('#chart-forest').dataset")
    assert f"{address}assets/vega.js" in browser.requests()
    assert browser.complaints() == []


def test_filters_show_the_records_that_fit(browser: Browser, address: str) -> None:
    browser.open(f"{address}index.html")
    browser.run(
        "const one = document.querySelector('[name=python]'); one.value = 'CPython 3.14';"
        "one.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    assert browser.run("return document.querySelector('output').textContent") == "1 of 4"
    assert browser.run("return document.querySelectorAll('#records tbody tr:not([hidden])').length") == 1
