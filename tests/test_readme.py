"""What the README tells a user to type works as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.records.store import read_record
from harness.report import Format, render
from tests.command_line import LOOPCMP
from tests.documents import README, ROOT


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


def test_the_readme_is_two_screens() -> None:
    assert len(README.text.splitlines()) <= 100


@pytest.mark.workers
def test_the_first_commands_are_targets_of_the_makefile() -> None:
    commands = [line.partition("#")[0].split() for line in README.blocks("sh")[0].splitlines()]
    assert commands == [["make", "bench"], ["make", "test"]]
    for words in commands:
        assert run(*words, "--dry-run", cwd=ROOT).returncode == 0


@pytest.mark.workers
def test_the_example_runs_as_written(tmp_path: Path) -> None:
    example = README.blocks("python")[0]
    assert len([line for line in example.splitlines() if line]) <= 10
    (tmp_path / "mine.py").write_text(example)
    ran = run(str(LOOPCMP), "run", "mine.py", "--fast", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "doubles:n=100" in ran.stdout
    assert len(list(tmp_path.glob("results/local/*/record.json"))) == 1


@pytest.mark.slow
def test_both_commands_work_from_a_clean_clone_and_leave_git_status_clean(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    assert run("git", "clone", "--quiet", str(ROOT), str(clone), cwd=tmp_path).returncode == 0
    for target in ("bench", "test"):
        made = run("make", target, f"PYTHON={sys.executable}", cwd=clone)
        assert made.returncode == 0, made.stdout + made.stderr
    assert run("git", "status", "--porcelain", cwd=clone).stdout == ""
    assert list(clone.glob("results/local/*/report.md"))


def test_the_picture_is_what_its_command_prints() -> None:
    [picture] = README.blocks("text")
    command, _, printed = picture.partition("\n")
    [folder] = re.findall(r"^\$ loopcmp report (results/\S+)$", command)
    answer = render(read_record(ROOT / folder), Format.TERMINAL)
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        readme = ROOT / "README.md"
        readme.write_text(readme.read_text().replace(printed, f"{answer}"))
    assert printed.strip("\n") == answer.strip("\n")
