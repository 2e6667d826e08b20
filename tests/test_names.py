"""Names from scenarios, loops and records never become a path of their own."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.records.store import write_timings
from harness.records.store.pyperf_files import file_name
from harness.report.evidence import case_of
from tests.records import everything
from tests.stored import BEGUN, timed_round

NAMES = [
    "../../up",
    "/etc/passwd",
    "a/b",
    "a\0b",
    "..",
    ".",
    "",
    "-rf",
    "a\nb",
    "$(id)",
    "x" * 300,
    "é",
    "\ud800",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_could_lead_elsewhere_becomes_one_plain_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{file_name(name)}.json"
    path.write_text("x")
    assert [path] == list(tmp_path.iterdir())
    assert not file_name(name).startswith((".", "-"))


def test_names_that_differ_have_files_that_differ() -> None:
    names = [*NAMES, "a-b", "a.b", "A/A", "A-A+gather", "asyncio+gather@3.13"]
    assert len({file_name(name) for name in names}) == len(names)


def test_an_ordinary_name_is_the_name_of_its_file() -> None:
    for name in ("asyncio+gather", "uvloop+gather@new", "my-loop+anyio"):
        assert file_name(name) == name


def test_timings_of_arms_with_hostile_names_stay_in_their_folder(tmp_path: Path) -> None:
    [played, _] = timed_round(0)
    arms = tuple(type(part)(name, part.warmups, part.values, part.summary)
                 for name, part in zip(NAMES, played.arms * 9, strict=False))  # fmt: skip
    write_timings(tmp_path / ".", BEGUN, [type(played)(played.benchmark, 0, 1.0, arms)])
    assert list(tmp_path.iterdir()) == [tmp_path / "timings"]
    assert len(list((tmp_path / "timings").iterdir())) == len(NAMES)


def test_the_evidence_names_the_file_that_an_arm_of_any_name_has() -> None:
    odd = "odd name/x"
    record = everything()
    line = next(line for line in record.results if line.rounds)
    loop = replace(record.run.plan.backends[0].loop, name=odd)
    backend = replace(record.run.plan.backends[0], loop=loop)
    cell = replace(next(cell for cell in line.cases if cell.timing), backend=backend.name)
    begun = replace(record.run, plan=replace(record.run.plan, backends=(backend,)))
    shown = case_of(replace(record, run=begun), line, cell).timings
    assert shown.endswith(f"timings/{file_name(backend.name)}.json.gz")
