"""docs/which-loop.md is made of the published records, and says where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest

from docs.which_loop import NO_SERVICES, PAGE, RESULTS, page
from harness.protocol.traffic import Serves
from harness.records.machine import BackendEnvironment
from harness.records.record import Record
from harness.records.store import published, read_record
from tests.records import TRIO, everything

KIND = {"services": "## HTTP services", "tasks": "## Tasks, locks and cancellation"}


SERVING: dict[str, Any] = {"connections": 32, "serves": Serves.HTTP}


def measured(family: str, *, without: str = "") -> Record:
    """A record whose benchmarks are all of one family; a backend's cases may be left out."""
    record = everything()
    results = tuple(
        replace(
            result,
            benchmark=replace(result.benchmark, family=family, **(SERVING if family == "services" else {})),
            cases=tuple(case for case in result.cases if case.backend != without),
        )
        for result in record.results
    )
    return replace(record, results=results)


def section(text: str, family: str) -> str:
    return text.partition(KIND[family])[2].partition("\n## ")[0]


@pytest.mark.long
def test_the_page_is_what_the_command_makes_of_the_published_records() -> None:
    records = [(folder.name, read_record(folder)) for folder in published(RESULTS)]

    assert PAGE.read_text(encoding="utf-8") == page(records)


def test_where_no_record_has_services_the_page_says_so_and_gives_no_figure() -> None:
    for records in ([], [("2026-05-04-tasks", measured("tasks"))]):
        assert NO_SERVICES in page(records).partition("\n## ")[0]
        assert section(page(records), "services").strip() == "No published record has measured this yet."


def test_a_kind_of_work_is_answered_from_the_newest_record_that_measured_it() -> None:
    records = [
        ("2026-05-04-first", measured("services")),
        ("2026-05-05-second", measured("services")),
        ("2026-05-06-tasks", measured("tasks")),
    ]

    answer = section(page(records), "services")

    assert "`results/2026-05-05-second`" in answer
    assert "| `order:n=100` | 0.63" in answer
    assert "2026-05-06-tasks" in section(page(records), "tasks")


def test_every_benchmark_that_is_counted_is_listed() -> None:
    records = [("2026-05-04-first", measured("services", without=TRIO))]

    answer = section(page(records), "services")

    listed = sum(line.startswith("| `") for line in answer.splitlines())
    assert "no clear difference" in answer
    assert f"uvloop: equal within 1% in 1 of {listed} benchmarks" in answer


def test_the_page_begins_with_a_line_for_each_kind_of_service() -> None:
    head = page([("2026-05-04-first", measured("services"))]).partition("\n## ")[0]

    [line] = [line for line in head.splitlines() if line.startswith("- ")]
    assert line.startswith("- HTTP services: uvloop takes ")
    assert "time than asyncio ±" in line
    assert NO_SERVICES not in head


def test_what_breaks_is_told_loop_by_loop_and_a_known_difference_once_with_its_reason() -> None:
    breaks = page([("a", everything()), ("b", everything())]).partition("## What breaks")[2]

    assert breaks.count("a task group raises the error inside an exception group") == 1
    [uvloop] = [line for line in breaks.splitlines() if line.startswith("- **uvloop**: ")]
    assert "crashed in 1 (`echo`)" in uvloop
    assert "missing" not in breaks


def test_a_newer_record_with_a_small_part_of_the_benchmarks_does_not_answer() -> None:
    broad = measured("services")
    timed = [result for result in broad.results if any(case.timing for case in result.cases)]
    assert len(timed) > 2
    small = replace(broad, results=tuple(timed[:1]))

    answer = section(page([("2026-05-04-broad", broad), ("2026-05-05-small", small)]), "services")

    assert "`results/2026-05-04-broad`" in answer


def test_a_record_of_several_pythons_says_what_another_python_changes() -> None:
    record = everything()
    newer = BackendEnvironment(TRIO, "3.14.0", "CPython 3.14.0, GCC 14.2.0", ())
    machine = replace(record.run.machine, environments=(newer,))
    several = replace(record, run=replace(record.run, machine=machine))

    text = page([("2026-05-04-pythons", several), ("2026-05-05-one", record)])

    answer = text.partition("## Another Python")[2].partition("\n## ")[0]
    assert "`results/2026-05-04-pythons`" in answer
    assert "| trio | CPython 3.14 | " in answer or "| trio+nursery | CPython 3.14 | " in answer
    assert "## Another Python" not in page([("2026-05-05-one", record)])
