"""Which backends run where: what was typed, and what the project's pyproject.toml defines."""

from pathlib import Path

import pytest

from harness.backends.backend import EnvironmentSpec, Loop
from harness.errors import BadInput
from harness.runner.choosing import choose_backends, known

PROJECT = """
[tool.loopcmp.loops]
selected = "asyncio:SelectorEventLoop"
[tool.loopcmp.environments.old]
python = "3.12"
requirements = ["uvloop==0.21"]
[tool.loopcmp.environments.new]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(backends: list[str], environments: list[str]) -> list[str]:
    chosen = choose_backends(known([], environments), backends, environments)
    return [backend.name for backend in chosen]


def test_what_the_project_defines_is_not_run_unless_it_is_named() -> None:
    assert names([], []) == ["asyncio+gather", "uvloop+gather", "trio+nursery"]


def test_backends_that_name_no_environment_run_in_each_that_is_given() -> None:
    assert names(["asyncio", "uvloop"], ["here", "old"]) == [
        "asyncio+gather", "asyncio+gather@old", "uvloop+gather", "uvloop+gather@old",
    ]  # fmt: skip


def test_an_environment_that_a_backend_names_is_for_that_one_only() -> None:
    assert names(["asyncio", "uvloop@last"], ["last=3.13"]) == ["asyncio+gather", "uvloop+gather@last"]
    assert names(["asyncio@here", "asyncio@old"], []) == ["asyncio+gather", "asyncio+gather@old"]


def test_what_was_typed_counts_before_what_the_project_defines() -> None:
    assert known([], ["old=3.13"]).venvs[0] == EnvironmentSpec("old", "3.13")
    assert {venv.name for venv in known([], ["old=3.13"]).venvs} == {"old", "new"}
    typed = known(["selected=mine:new"], [])
    assert typed.loops == typed.typed == (Loop("selected", factory="mine:new"),)


@pytest.mark.parametrize(
    ("loops", "environments", "words"),
    [
        (["a=m:f", "a=m:g"], [], "two loops are called 'a'"),
        ([], ["a=3.12", "a=3.13"], "two environments are called 'a'"),
        ([], ["nowhere"], "no environment is called 'nowhere'"),
        ([], ["../x=3.12"], "cannot name an environment"),
    ],
)
def test_what_cannot_be_meant_is_refused(loops: list[str], environments: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        choose_backends(known(loops, environments), ["asyncio"], environments)


@pytest.mark.parametrize("name", ["asyncio", "asyncio-eager", "a b", "../x"])
def test_a_hostile_name_of_a_loop_in_the_project_is_refused(project: Path, name: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.loopcmp.loops]\n'{name}' = 'm:f'\n")
    with pytest.raises(BadInput, match="cannot name a loop"):
        known([], [])


@pytest.mark.workers
def test_a_loop_of_the_project_is_made_once_when_it_is_named(project: Path) -> None:
    assert names(["selected"], []) == ["selected+gather"]
    (project / "pyproject.toml").write_text("[tool.loopcmp.loops]\nselected = 'os:getcwd'\n")
    with pytest.raises(BadInput, match="which is no asyncio event loop"):
        names(["selected"], [])
