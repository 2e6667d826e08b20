"""What loops can do as one value: made of both tables, written, published, and shown on the site."""

import json
from pathlib import Path

import msgspec
import pytest

from harness.analysis.conformance import conformance_record
from harness.errors import BadInput
from harness.protocol.cpython_tests import UnittestOutcome, UnittestReport
from harness.records.campaigns import CampaignBackend, CampaignFinding, CampaignRecord, CampaignTotals
from harness.records.conformance import UnittestLack
from harness.records.cpython_tests import Conformance, LoopTests
from harness.records.store.publications import published_campaigns, published_conformance, read_conformance
from harness.report.site import campaigns, conformance
from harness.report.site.build import publish
from tests.capable import MISSING, RIGHT, record
from tests.conforming import mine
from tests.records import everything
from tests.stored import put

PASSED = UnittestReport(UnittestOutcome.PASSED)
FAILED = UnittestReport(UnittestOutcome.FAILED, ("AssertionError: no",))


def test_both_tables_meet_in_the_loop_and_its_python() -> None:
    seen = record(RIGHT, MISSING)
    python = seen.run.machine.python
    control = LoopTests("asyncio+gather", "", python, (("test_a", PASSED), ("test_b", PASSED)))
    loop = LoopTests("uvloop+gather", "0.23", python, (("test_a", PASSED), ("test_b", FAILED)))
    tested = (Conformance(control, None), Conformance(loop, control))
    asyncio, uvloop = conformance_record("2026", "a CPU", seen, tested).loops
    assert (asyncio.loop, asyncio.abilities, str(asyncio.cpython_tests)) == ("asyncio", "2 yes", "2 of 2")
    assert (uvloop.loop, uvloop.abilities, str(uvloop.cpython_tests)) == ("uvloop", "1 yes, 1 no", "1 of 2")
    assert uvloop.cpython_tests is not None
    assert uvloop.cpython_tests.lacks == (UnittestLack("test_b", "failed", "AssertionError: no"),)


def test_a_loop_without_capabilities_has_its_tests_alone() -> None:
    tests = LoopTests("mine+gather@old", "1.0", "3.12.1", (("test_a", PASSED),))
    (loop,) = conformance_record("2026", "a CPU", None, (Conformance(tests, None),)).loops
    assert (loop.heading, loop.capabilities) == ("mine@old 1.0", ())


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "conformance.json"
    path.write_bytes(msgspec.json.encode(mine()))
    assert read_conformance(path) == mine()


def test_a_file_that_is_something_else_says_what_writes_one(tmp_path: Path) -> None:
    path = tmp_path / "conformance.json"
    path.write_text("[]")
    with pytest.raises(BadInput, match=r"is not what `loopcmp check .* -o` writes"):
        read_conformance(path)


def test_the_newest_file_speaks_for_a_loop_and_its_badges_have_addresses_that_stay(tmp_path: Path) -> None:
    for folder, published in {"1-old": mine("2025-01-01", "1.0"), "2-new": mine(), "local": mine()}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "conformance.json").write_bytes(msgspec.json.encode(published))
    newest_first = published_conformance(tmp_path)
    assert [published.started[:4] for published in newest_first] == ["2026", "2025"]
    assert [tried.version for _, tried in conformance.newest_of_each(newest_first)] == ["2.0"]
    badges = dict(conformance.badges(newest_first))
    assert sorted(badges) == [
        f"badges/mine.{name}.{suffix}"
        for name in ("capabilities", "cpython-tests")
        for suffix in ("json", "svg")
    ]
    assert json.loads(badges["badges/mine.capabilities.json"]) == {
        "schemaVersion": 1,
        "label": "loopcmp mine",
        "message": "2 capabilities: 1 yes",
        "color": "red",
    }


def test_a_loops_page_has_its_totals_and_what_a_yes_but_leaves() -> None:
    totals, lacks, tests = conformance.loop_tables("mine", [mine()])
    assert totals.rows[0][:4] == ("mine 2.0", "3.13.0", '1 yes, 1 "yes, but"', "1 of 2")
    assert lacks.rows[0][2] == "leaves tasks: 1"
    assert tests.rows == (("m.T.test_b", "failed", "AssertionError: no"),)
    assert [*conformance.loop_tables("other", [mine()])] == []


def test_the_page_of_all_loops_compares_them_and_says_how_to_make_a_file() -> None:
    assert "can_listen in words" in conformance.page([mine()])
    assert "loopcmp check --capabilities --cpython-tests -o" in conformance.page([])


def campaign() -> CampaignRecord:
    found = CampaignFinding("mine+gather", "trace", "late", "streams 0 0\nsleep until=1   # 0\n", 10, 10)
    known = CampaignFinding("mine+gather", "law", "warned", "raise\n", 9, 10, known="it warns")
    backend = CampaignBackend("mine+gather", CampaignTotals(5000))
    return CampaignRecord(1, "all", (backend,), (found,), (known,), (("it warns", "https://example.org/1"),))


def test_what_random_programs_found_stands_on_the_loops_page(tmp_path: Path) -> None:
    (tmp_path / "2026-fuzz").mkdir()
    (tmp_path / "2026-fuzz" / "fuzz.json").write_bytes(msgspec.json.encode(campaign()))
    (table,) = campaigns.loop_tables("mine", published_campaigns(tmp_path))
    program = "streams 0 0; sleep until=1 # 0"
    assert table.rows[0] == ("trace: late", "new", "10 of 10 runs; 1 programs", program)
    assert table.rows[1][1] == "it warns"
    assert table.notes == ("5,000 programs were judged, seed 1.", "it warns: https://example.org/1")


def test_a_site_has_the_page_of_all_loops_and_one_of_a_loop_without_any_record(tmp_path: Path) -> None:
    put(tmp_path / "results", "2026-01-01-tutorial", everything(), "2026-01-01T00:00:00+00:00")
    published = {"conformance.json": mine(), "fuzz.json": campaign()}
    for name, value in published.items():
        (tmp_path / "results" / "2026-01-01-tutorial" / name).write_bytes(msgspec.json.encode(value))
    publish(tmp_path / "results", tmp_path / "site")
    assert "2 capabilities: 1 yes" in (tmp_path / "site/badges/mine.capabilities.svg").read_text()
    assert "1 of 2" in (tmp_path / "site/conformance.html").read_text()
    loop = (tmp_path / "site/loops/mine.html").read_text()
    assert "leaves tasks: 1" in loop
    assert "trace: late" in loop
    publish(tmp_path / "results", tmp_path / "site")
