"""What the README tells a user to type works as it is written."""

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


def test_the_picture_is_what_its_record_says() -> None:
    [picture] = README.blocks("text")
    [folder] = re.findall(r"^From \[[^\]]+\]\((results/[^/]+)/report\.md\)", README.text, re.MULTILINE)
    shown = render(read_record(ROOT / folder), Format.TERMINAL)
    plain = re.sub(r"\s+", " ", shown)
    rows = [line for line in picture.splitlines() if re.search(r"\[.*\]", line) and not line.startswith("•")]
    assert len(rows) == 8
    assert [row for row in rows if row.strip() not in shown] == []
    paragraphs = re.split(r"\n(?=[✓!•])", picture[picture.index("✓ Self-test") :])
    assert [text for text in paragraphs if re.sub(r"\s+", " ", text).strip() not in plain] == []
