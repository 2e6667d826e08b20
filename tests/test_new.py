"""`loopcmp new` writes a file that runs as it is, and overwrites nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.new import Like
from tests.command_line import LOOPCMP, here
from tests.stored import no_file_larger_than


def new(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> int | str | None:
    """The exit code of the command, typed in this folder."""
    monkeypatch.chdir(folder)
    return here(monkeypatch, "new", *words)


@pytest.mark.workers
def test_what_is_written_agrees_on_every_default_backend_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(monkeypatch, tmp_path, "mine.py") == 0
    assert "loopcmp check mine.py" in capsys.readouterr().out
    checked = subprocess.run(
        [LOOPCMP, "check", "mine.py", "--no-progress"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert [checked.stdout.count(word) for word in ("handle_many:n=100 ", "ping ", "✓ same result")] == [
        1,
        1,
        9,
    ]


@pytest.mark.workers
@pytest.mark.parametrize("like", [like for like in Like if like is not Like.PLAIN])
def test_every_template_agrees_on_every_loop_that_it_is_for_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, like: Like
) -> None:
    assert new(monkeypatch, tmp_path, "--like", like, "mine.py") == 0
    checked = subprocess.run(
        [LOOPCMP, "check", "mine.py", "--no-progress"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("✓ same result") >= (6 if like is Like.ASYNCIO else 3)


@pytest.mark.parametrize("like", Like)
def test_what_is_written_is_formatted_and_typed_as_ours_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, like: Like
) -> None:
    new(monkeypatch, tmp_path, "mine.py", "--like", like)
    for tool in (["ruff", "check", "--select", "E,F,I,UP,B,ASYNC"], ["ruff", "format", "--check"]):
        words = [sys.executable, "-m", *tool, "--isolated", "--line-length", "110", "mine.py"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("there.py", "there.py is there already: choose another name"),
        ("mine", "mine is no Python file: its name must end in .py"),
        ("nowhere/mine.py", "nowhere/mine.py cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line_and_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    (tmp_path / "there.py").write_text("mine")
    assert new(monkeypatch, tmp_path, name) == 2
    assert capsys.readouterr().err == f"loopcmp: {said}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["there.py"]
    assert (tmp_path / "there.py").read_text() == "mine"


def test_a_disk_that_is_full_keeps_no_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with no_file_larger_than(20):
        assert new(monkeypatch, tmp_path, "mine.py") == 2
    assert list(tmp_path.iterdir()) == []
