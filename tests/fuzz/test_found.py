"""Findings in loops of other projects: the script of each shows the fault, where the loop is installed."""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from harness.backends.registry import find_backend
from harness.fuzz.conclusion import conclude
from harness.fuzz.findings import Finding
from harness.fuzz.outcomes import Problem
from harness.fuzz.subject import make_subject
from harness.fuzz.text import read_program, write_program

FOUND = tomllib.loads(Path(__file__).with_name("found.toml").read_text())["found"]


def installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


@pytest.mark.parametrize("row", FOUND, ids=lambda row: f"{row['loop']}: {row['signature'][:40]}")
def test_what_is_written_down_can_be_read(row: dict[str, str]) -> None:
    assert Problem(row["problem"])
    assert row["signature"]
    program = read_program(row["program"])
    assert read_program(write_program(program)) == program


@pytest.mark.workers
@pytest.mark.parametrize("row", FOUND, ids=lambda row: f"{row['loop']}: {row['signature'][:40]}")
def test_the_script_of_a_finding_shows_it_where_its_loop_is_installed(row: dict[str, str]) -> None:
    if installed(row["loop"]) != row["version"]:
        pytest.skip(f"{row['loop']} {row['version']} is not installed")
    subject = make_subject(find_backend(row["loop"]), sys.executable)
    program = write_program(read_program(row["program"]))
    finding = Finding(
        subject.name, Problem(row["problem"]), row["signature"], program, program, 0, confirmed=10, tries=10
    )
    script = conclude(finding, subject, []).script
    assert script is not None
    assert script.shows, script.printed
