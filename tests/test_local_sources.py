"""Packages of the current folder in an environment, and the interpreter that an environment is made of."""

import json
import platform
import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from harness.backends.local_sources import SOURCE, local_path, source_digest, version_with_source
from harness.backends.registry import find_backend
from harness.errors import BadInput
from harness.execution.environments import define, local_requirements, read_environment
from harness.execution.environments.building import folder_of, requested_python
from harness.execution.environments.interpreters import constraints_of
from harness.runner.preparing import refuse_unpublishable

OWN = "{}.{}".format(*sys.version_info)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the current folder, with what is no source of it."""
    monkeypatch.chdir(tmp_path)
    for name in ("pyproject.toml", "mine.py", "build/old.py", ".git/config.py", "notes.txt", "results/x.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one")
    (tmp_path / "lib").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("requirement", "path"),
    [(".", "."), ("-e .", "."), ("./lib", "lib"), (".[fast]", "."), ("-e ./lib[a,b]", "lib"), ("lib", None),
     ("/lib", None), ("./../lib", None), ("..", None), ("lib @ https://example.org/lib.whl", None)],
)  # fmt: skip
def test_a_path_is_at_or_below_the_current_folder(requirement: str, path: str | None) -> None:
    assert local_path(requirement) == (None if path is None else Path(path))


@pytest.mark.usefixtures("package")
def test_an_environment_may_hold_the_package_of_this_folder_and_its_words_define_it_again() -> None:
    environment = read_environment(f"mine={OWN} -e . ./lib uvloop==0.22.1")
    assert environment.requirements == ("-e .", "./lib", "uvloop==0.22.1")
    assert local_requirements(environment) == ("-e .", "./lib")
    assert read_environment(environment.definition) == environment


@pytest.mark.usefixtures("package")
def test_a_path_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="there is no nowhere in this folder"):
        read_environment(f"mine={OWN} ./nowhere")


@pytest.mark.usefixtures("package")
def test_a_run_with_a_package_of_this_machine_is_not_published() -> None:
    backend = find_backend("asyncio@mine", [], [read_environment(f"mine={OWN} -e .")])
    with pytest.raises(BadInput, match=r"'-e \.' is on this machine only.*leave out --publish"):
        refuse_unpublishable([backend])
    refuse_unpublishable([find_backend("asyncio@old", [], [read_environment(f"old={OWN} uvloop")])])


@pytest.mark.parametrize(
    ("name", "changes"), [("mine.py", True), ("build/old.py", False), (".git/config.py", False),
                          ("notes.txt", False), ("results/x.py", False)],
)  # fmt: skip
def test_a_change_of_its_source_makes_a_package_and_its_environment_others(
    package: Path, name: str, *, changes: bool
) -> None:
    environment = read_environment(f"mine={OWN} -e .")
    before = source_digest(package), folder_of(environment)
    (package / name).write_text("two")
    assert ((source_digest(package), folder_of(environment)) != before) is changes


def test_a_version_carries_the_digest_of_a_source_that_lies_here(package: Path, tmp_path: Path) -> None:
    about = tmp_path / "mine-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    assert version_with_source(PathDistribution(about)) == "1.0"
    (about / "direct_url.json").write_text(json.dumps({"url": package.as_uri(), "dir_info": {}}))
    assert version_with_source(PathDistribution(about)) == f"1.0+{SOURCE}{source_digest(package)}"


def test_an_environment_that_is_made_anew_takes_the_users_own_package_as_it_is() -> None:
    assert constraints_of([("uvloop", "0.22.1"), ("mine", f"1.0+{SOURCE}0123")]) == ["uvloop==0.22.1"]


@pytest.mark.parametrize(
    "python", [OWN, platform.python_version(), f"cpython@{OWN}", f">={OWN}", f"python{OWN}"]
)
def test_a_python_that_loopcmps_own_fits_is_that_very_build(python: str) -> None:
    assert Path(requested_python(define("x", python))).samefile(
        getattr(sys, "_base_executable", sys.executable)
    )


@pytest.mark.parametrize("python", ["3.99", f"{OWN}t", f"pypy{OWN}", f"<{OWN}", f"{OWN}+freethreaded"])
def test_another_python_is_asked_for_as_it_was_written(python: str) -> None:
    assert requested_python(define("x", python)) == python
