"""`make`: which Python .venv is made from, when it is made anew, and what its targets run and leave behind.

`make` is really run, on a copy, but always finds the interpreters that a test puts on its PATH: shell
scripts that answer as Python would. Nothing is installed.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAKE = shutil.which("make") or "make"

GIT = shutil.which("git")

FITS = """\
case "$*" in
    *_base_executable*) echo "$0" ;;
    *version_info*) echo 3.13 ;;
    *ensurepip*) echo True ;;
esac"""
NO_ENSUREPIP = FITS.replace("echo True", "exit 1")
TOO_OLD = "exit 1"
SHIM = 'echo "pyenv: $0: command not found" >&2; exit 127'


class Clone:
    """What `make` reads of this project, alone in a directory, with a PATH of its own."""

    def __init__(self, top: Path) -> None:
        self.top = top / "clone"
        self.path = top / "bin"
        self.path.mkdir()
        self.top.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.top)

    def program(self, name: str, answers: str = "exit 0") -> Path:
        """Put a program on PATH, or at a path under `top`: a script that does what `answers` says."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{answers}\n")
        file.chmod(0o755)
        return file

    def set_up(self) -> None:
        """A .venv as it is left by a set-up that came to its end."""
        self.program(str(self.top / ".venv/bin/python"), "echo 3.13")
        for stamp in (".loopcmp-installed", ".loopcmp-installed-dev"):
            (self.top / ".venv" / stamp).touch()

    def make(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `make` in an environment of `settings`, without those of the `make test` around this test."""
        environment = {"PATH": str(self.path), "LC_ALL": "C", **settings}
        return subprocess.run(
            [MAKE, *words], cwd=self.top, env=environment, capture_output=True, text=True, check=False
        )

    def planned(self, *words: str) -> list[str]:
        """The commands that `make` would run."""
        ran = self.make("--dry-run", *words)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def refusal(ran: subprocess.CompletedProcess[str]) -> str:
    """The one line that `make` said before it gave up, having done nothing."""
    (line,) = ran.stderr.splitlines()
    assert (ran.returncode, ran.stdout) == (2, "")
    return line


def test_a_clean_clone_is_set_up_and_then_measured(clone: Clone) -> None:
    python = clone.program("python3.13", FITS)
    planned = clone.planned("bench")
    assert f'"{python}" -Im venv .venv' in planned
    assert planned.index("touch .venv/.loopcmp-installed") == len(planned) - 2
    assert planned[-1] == ".venv/bin/loopcmp run tutorial --fast"


def test_a_set_up_clone_is_measured_at_once(clone: Clone) -> None:
    clone.set_up()
    assert clone.planned("bench") == [".venv/bin/loopcmp run tutorial --fast"]


def test_tests_are_lint_format_types_and_pytest(clone: Clone) -> None:
    clone.set_up()
    assert clone.planned("test") == [
        ".venv/bin/ruff check",
        ".venv/bin/ruff format --check",
        ".venv/bin/mypy",
        ".venv/bin/lint-imports",
        ".venv/bin/python -m pytest --numprocesses=auto --dist=loadfile",
    ]


def test_the_documentation_is_built_with_every_warning_an_error(clone: Clone) -> None:
    clone.set_up()
    (clone.top / ".venv/.loopcmp-installed-docs").touch()
    [command] = clone.planned("docs")
    assert command.startswith(".venv/bin/python -m sphinx --fail-on-warning")


def test_the_tools_for_the_documentation_leave_those_for_tests_as_they_are(clone: Clone) -> None:
    clone.set_up()
    stamps = [clone.top / ".venv/.loopcmp-installed", clone.top / ".venv/.loopcmp-installed-dev"]
    before = [stamp.stat().st_mtime_ns for stamp in stamps]
    for tool in ("echo", "mv", "touch"):
        clone.program(tool, f'exec {shutil.which(tool)} "$@"')
    assert clone.make("docs").returncode == 0
    assert (clone.top / ".venv/.loopcmp-installed-docs").exists()
    assert [stamp.stat().st_mtime_ns for stamp in stamps] == before


def test_the_newest_python_that_answers_is_taken(clone: Clone) -> None:
    clone.program("python3.14", SHIM)
    clone.program("python3.13", TOO_OLD)
    wanted = clone.program("python3.12", FITS)
    clone.program("python3", FITS)
    assert f'"{wanted}" -Im venv .venv' in clone.planned("bench")


def test_a_python_that_is_asked_for_is_taken(clone: Clone) -> None:
    clone.program("python3.14", FITS)
    wanted = clone.program("elsewhere/python", FITS)
    assert f'"{wanted}" -Im venv .venv' in clone.planned("bench", f"PYTHON={wanted}")


def test_what_the_environment_calls_python_is_not_asked_for(clone: Clone) -> None:
    wanted = clone.program("python3.14", FITS)
    ran = clone.make("--dry-run", "bench", PYTHON=str(clone.program("elsewhere/python", FITS)))
    assert f'"{wanted}" -Im venv .venv' in ran.stdout


@pytest.mark.parametrize("target", ["bench", "test", "docs"])
def test_without_a_python_that_fits_one_line_says_what_is_missing(clone: Clone, target: str) -> None:
    clone.program("python3", TOO_OLD)
    assert "no CPython 3.11 or newer among python3.15" in refusal(clone.make(target))
    assert not (clone.top / ".venv").exists()


def test_a_python_that_is_asked_for_and_does_not_fit_is_named(clone: Clone) -> None:
    clone.program("python3.14", FITS)
    python = clone.program("elsewhere/python", TOO_OLD)
    assert f"no CPython 3.11 or newer at {python}" in refusal(clone.make("bench", f"PYTHON={python}"))


def test_without_ensurepip_one_line_names_the_package_that_brings_it(clone: Clone) -> None:
    clone.program("python3", NO_ENSUREPIP)
    assert "apt install python3.13-venv" in refusal(clone.make("bench"))


def test_without_ensurepip_uv_makes_the_environment(clone: Clone) -> None:
    python = clone.program("python3", NO_ENSUREPIP)
    clone.program("uv")
    assert f'uv venv --quiet --seed --python "{python}" .venv' in clone.planned("bench")


def test_on_windows_one_line_says_where_to_run_it(clone: Clone) -> None:
    assert "inside WSL" in refusal(clone.make("bench", "OS=Windows_NT"))


@pytest.mark.parametrize("target", ["bench", "test", "docs"])
def test_a_half_made_environment_is_made_anew(clone: Clone, target: str) -> None:
    clone.program("python3.13", FITS)
    clone.set_up()
    (clone.top / ".venv/.loopcmp-installed").unlink()
    assert "rm -rf .venv" in clone.planned(target)


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Clone) -> None:
    clone.program("python3.13", FITS)
    clone.set_up()
    (clone.top / ".venv/bin/python").unlink()
    assert "rm -rf .venv" in clone.planned("bench")


def test_an_environment_of_another_python_than_is_asked_for_is_made_anew(clone: Clone) -> None:
    clone.set_up()
    other = clone.program("python3.12", FITS.replace("3.13", "3.12"))
    assert "rm -rf .venv" in clone.planned("bench", f"PYTHON={other}")


@pytest.mark.parametrize("target", ["bench", "test", "docs"])
def test_an_environment_older_than_the_list_of_dependencies_is_made_anew(clone: Clone, target: str) -> None:
    clone.program("python3.13", FITS)
    clone.set_up()
    stamp = clone.top / ".venv/.loopcmp-installed"
    os.utime(clone.top / "pyproject.toml", (stamp.stat().st_mtime + 10,) * 2)
    assert "rm -rf .venv" in clone.planned(target)


def test_nothing_interrupted_looks_complete(clone: Clone) -> None:
    clone.program("python3.13", FITS)
    planned = clone.planned("test")
    tools = planned.index("rm -f .venv/.loopcmp-installed")
    assert [line for line in planned if "pip install" in line and planned.index(line) > tools] != []
    assert planned.index("touch .venv/.loopcmp-installed .venv/.loopcmp-installed-dev") == len(planned) - 6


def test_everything_is_installed_by_the_environments_own_python(clone: Clone) -> None:
    clone.program("python3.13", FITS)
    installing = [line for line in clone.planned("test", "bench") if "pip install " in line]
    assert len(installing) == 3
    assert {line.partition(" -Im pip install ")[0] for line in installing} == {".venv/bin/python"}


@pytest.mark.parametrize("variable", ["PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME"])
def test_commands_do_not_see_a_setting_that_leads_out_of_the_environment(clone: Clone, variable: str) -> None:
    clone.set_up()
    clone.program(str(clone.top / ".venv/bin/loopcmp"), f'test -z "${variable}" && echo "not seen"')
    ran = clone.make("bench", **{variable: "/elsewhere"})
    assert ran.stdout.splitlines()[-1] == "not seen"


@pytest.mark.parametrize(
    "left",
    [
        ".venv/bin/loopcmp",
        ".hypothesis/examples",
        ".mypy_cache/x",
        ".pytest_cache/x",
        ".ruff_cache/x",
        "docs/_build/html/index.html",
        "harness/__pycache__/store.cpython-313.pyc",
        "results/local/a-run/record.json",
        "results/local/a-run/report.md",
        "results/2026-11-25-tutorial/report.html",
    ],
)
def test_what_the_commands_leave_behind_is_ignored_by_git(left: str) -> None:
    if GIT is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    assert subprocess.run([GIT, "check-ignore", "--quiet", left], cwd=ROOT, check=False).returncode == 0
