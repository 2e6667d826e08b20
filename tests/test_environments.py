"""Environments: what may define one, what is added to it, and real ones on every Python that uv finds."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import uv

from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.backends.registry import find_backend
from harness.errors import BadInput
from harness.execution.environments import (
    built_from,
    define,
    installed_pythons,
    interpreter_for,
    is_built,
    read_environment,
    with_worker_requirements,
)
from harness.execution.environments.building import environment_of_uv, folder_of, python_in
from harness.records.entries import RunStarted
from harness.records.verdict import Verdict
from harness.runner.checking import check
from harness.runner.planning import RunRequest, plan_run, verify_unchanged
from harness.runner.state import RunState

UVLOOP = Loop("uvloop", factory="uvloop:new_event_loop", distribution="uvloop")
MINE = """
from harness.scenario import Gather, scenario

async def one(number: int) -> int:
    return number

@scenario(returns=[0, 1])
async def mine(gather: Gather) -> list[int]:
    return await gather(one(0), one(1))
"""


def test_an_environment_is_defined_on_one_line() -> None:
    assert read_environment("old=3.12 uvloop==0.21 anyio>4") == EnvironmentSpec(
        "old", "3.12", ("uvloop==0.21", "anyio>4")
    )


def test_without_a_python_an_environment_has_the_one_that_loopcmp_runs_on() -> None:
    assert define("old").python == ".".join(map(str, sys.version_info[:3]))


def test_the_words_of_an_environment_define_it_again() -> None:
    venv = EnvironmentSpec("old", "3.12", ("uvloop==0.21", "anyio==4.9"))
    assert read_environment(venv.definition) == venv


@pytest.mark.parametrize(
    "name",
    ["", "../x", "a/b", "a b", "-p", ".", ".hidden", "a@b", "a+b", "x" * 42, "здесь", "<b>", "a\n", "here"],
)
def test_a_name_that_is_no_plain_word_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot name an environment"):
        define(name, "3.12")


@pytest.mark.parametrize(
    "python", ["--help", "/usr/bin/python3", "../python", "~/python", "3.12 --x", "3.12\n", "-"]
)
def test_a_python_is_a_version_and_never_a_path_or_an_option(python: str) -> None:
    with pytest.raises(BadInput, match="write one such as"):
        define("old", python)


@pytest.mark.parametrize(
    "requirement",
    ["-r x.txt", "--index-url=https://x", "./mine", "/mine.whl", "", "a b", "..",
     "-e ..", "./a/../../b", "~/x", "-e", "mine @ file:///home/me/mine",
     "mine @ https://me:secret@example.org/mine.whl", "mine @ git+ssh://git@example.org/mine"],
)  # fmt: skip
def test_a_requirement_is_one_that_a_reader_of_the_record_could_install(requirement: str) -> None:
    with pytest.raises(BadInput, match="environment old: "):
        define("old", "3.12", [requirement])


def test_what_a_worker_and_a_loop_need_is_added_in_the_version_that_is_installed_here() -> None:
    added = with_worker_requirements(EnvironmentSpec("bare", "3.12"), UVLOOP, ()).requirements
    assert [one.partition("==")[0] for one in added] == ["anyio", "pyperf", "uvloop"]
    assert all(one.partition("==")[2] for one in added)


def test_what_is_asked_for_by_name_is_left_as_it_is() -> None:
    venv = with_worker_requirements(
        EnvironmentSpec("old", "3.12", ("UVloop<0.22", "anyio==4.9")), UVLOOP, ("no-such-thing>=1", "anyio")
    )
    names = [one.partition("==")[0] for one in venv.requirements]
    assert names == ["pyperf", "no-such-thing>=1", "UVloop<0.22", "anyio"]


def test_an_environment_is_found_again_by_what_was_asked_for_and_not_by_its_name() -> None:
    venv = EnvironmentSpec("old", "3.12", ("uvloop==0.21",))
    assert folder_of(replace(venv, name="other")) == folder_of(venv)
    others = [replace(venv, python="3.13"), replace(venv, requirements=())]
    assert len({folder_of(one) for one in (venv, *others)}) == 3


def test_uv_searches_pyenvs_pythons_in_place_of_its_shims(tmp_path: Path) -> None:
    for version in ("3.9.1", "3.12.1", "2.7.18"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
    path = os.pathsep.join([str(tmp_path / "shims"), "/usr/bin"])
    searched = environment_of_uv({"PYENV_ROOT": str(tmp_path), "PATH": path, "VIRTUAL_ENV": "x"})
    versions = [str(tmp_path / "versions" / version / "bin") for version in ("3.12.1", "3.9.1")]
    assert searched["PATH"].split(os.pathsep) == ["/usr/bin", *versions]
    assert "VIRTUAL_ENV" not in searched


# Real ones.


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of environments that is empty; uv's own stays, so that nothing is downloaded again."""
    own = subprocess.check_output([uv.find_uv_bin(), "cache", "dir"], text=True).strip()
    monkeypatch.setenv("UV_CACHE_DIR", own)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


def wanted(environments: list[str], *backends: str) -> RunRequest:
    return RunRequest(["mine.py"], backends, [], None, 60.0, environments=environments)


def checked(begun: RunStarted) -> RunState:
    tally = RunState(begun)
    for entry in check(tally):
        tally.add(entry)
    return tally


@pytest.mark.workers
def test_an_environment_that_cannot_be_made_is_unavailable_with_uvs_words_and_the_rest_goes_on(
    cache: Path,
) -> None:
    begun = plan_run(wanted(["none=>=3.99"], "asyncio", "asyncio@none"))
    ours, theirs = checked(begun).record().results[0].cases
    assert (ours.verdict.kind, theirs.verdict.kind) == (Verdict.SAME_RESULT, Verdict.UNAVAILABLE)
    assert theirs.verdict.reason.startswith("environment none cannot be made: ")
    assert "3.99" in theirs.verdict.reason
    assert str(cache) not in theirs.verdict.reason
    assert list(cache.rglob("pyvenv.cfg")) == []


@pytest.mark.workers
@pytest.mark.usefixtures("cache")
def test_a_worker_runs_on_every_python_that_uv_finds_and_says_which() -> None:
    found = installed_pythons()
    if len(found) < 2:
        pytest.skip(f"uv finds one Python only: {', '.join(found)}")
    definitions = [f"py{version}={version}" for version in found]
    loops = ["asyncio", "asyncio-debug", "asyncio-select", "asyncio-eager"]
    begun = plan_run(wanted(definitions, *loops))
    cells = {cell.backend: cell.verdict.kind for cell in checked(begun).record().results[0].cases}
    old = [f"asyncio-eager+gather@py{version}" for version in found if version.startswith("3.11.")]
    assert {name for name, verdict in cells.items() if verdict is Verdict.UNAVAILABLE} == set(old)
    assert {verdict for name, verdict in cells.items() if name not in old} == {Verdict.SAME_RESULT}
    there = {one.backend: one for one in begun.machine.environments}
    assert [there[f"asyncio+gather@py{version}"].python for version in found] == list(found)
    assert {dict(one.versions)["anyio"] for one in there.values()} == {dict(begun.machine.versions)["anyio"]}


@pytest.mark.workers
def test_a_run_goes_on_only_on_the_machine_and_beside_the_versions_it_was_begun_with() -> None:
    begun = plan_run(RunRequest(["order:n=1"], [], [], None, 30.0))
    verify_unchanged(begun)
    here = begun.machine
    with pytest.raises(BadInput, match=r"begun on Abacus, .*begin another"):
        verify_unchanged(replace(begun, machine=replace(here, cpu="Abacus")))
    older = tuple((name, "0.0.1" if name == "uvloop" else version) for name, version in here.versions)
    with pytest.raises(BadInput, match=r"cannot go on: uvloop 0\.0\.1 is now "):
        verify_unchanged(replace(begun, machine=replace(here, versions=older)))


def _without_digests(run: RunStarted) -> RunStarted:
    benchmarks = tuple(replace(benchmark, digests=None) for benchmark in run.plan.benchmarks)
    return replace(run, plan=replace(run.plan, benchmarks=benchmarks))


@pytest.mark.workers
@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("helper.py", "import helper"),
        ("steps.txt", "STEPS = __import__('pathlib').Path(__file__).with_name('steps.txt').read_text()"),
    ],
    ids=["helper", "data"],
)
def test_a_run_is_not_resumed_once_a_file_of_its_scenario_has_changed(
    file: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(file).write_text("number = 1\n")
    Path("mine.py").write_text(f"{line}\n{MINE}")
    begun = plan_run(RunRequest(["mine.py"], [], [], None, 30.0))
    verify_unchanged(begun)
    Path(file).write_text("number = 2\n")
    with pytest.raises(BadInput, match=rf"undo what was changed in {re.escape(file)}, or begin another run"):
        verify_unchanged(begun)


@pytest.mark.workers
def test_a_run_goes_on_only_with_the_scenarios_it_was_begun_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(MINE)
    begun = plan_run(RunRequest(["mine.py", "order:n=1"], [], [], None, 30.0))
    begun = msgspec.json.decode(msgspec.json.encode(begun), type=RunStarted)  # as a journal has it
    verify_unchanged(begun)
    Path("mine.py").write_text(f"# Two numbers.\n{MINE}")
    with pytest.raises(BadInput, match=r"undo what was changed in mine\.py"):
        verify_unchanged(begun)
    verify_unchanged(_without_digests(begun))  # as it was recorded before files had digests
    Path("mine.py").write_text(MINE.replace("one(0), one(1)", "one(0), one(+1)"))
    with pytest.raises(
        BadInput, match=r"mine is no longer the scenario .* undo what was changed in mine\.py"
    ):
        verify_unchanged(begun)
    Path("mine.py").unlink()
    with pytest.raises(BadInput, match=r"mine\.py is not here: go on in the folder where the run was begun"):
        verify_unchanged(begun)


@pytest.mark.workers
def test_an_environment_is_found_again_and_made_again_and_refused_if_it_is_another(cache: Path) -> None:
    version = installed_pythons()[0]
    begun = plan_run(wanted([f"one={version}"], "asyncio@one"))
    venv = begun.plan.backends[0].environment
    assert venv is not None
    assert is_built(venv)
    python_in(folder_of(venv)).unlink()
    assert not is_built(venv)
    verify_unchanged(begun)
    assert is_built(venv)
    assert [made.python for made in built_from(define("one", version))] == [version]
    there = begun.machine.environments[0]
    changed = replace(there, versions=tuple((name, "0.0.1") for name, _ in there.versions))
    with pytest.raises(BadInput, match=r"is no longer what it was: .*pyperf 0\.0\.1 is now "):
        verify_unchanged(replace(begun, machine=replace(begun.machine, environments=(changed,))))
    assert list((cache / "cache").rglob(".making-*")) == []


@pytest.mark.workers
@pytest.mark.usefixtures("cache")
def test_a_loop_that_is_not_in_an_environment_is_unavailable_there() -> None:
    missing = Loop("fast", factory="no_such_package.loops:make")
    venv = with_worker_requirements(define("one", installed_pythons()[0]), missing, ())
    assert interpreter_for(Backend(missing, "gather", venv)).unavailable == (
        "no module named 'no_such_package': install the package that brings it"
    )


def test_an_interpreter_that_ends_before_it_says_what_it_is_is_told_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nkill -SEGV $$\n")
    python.chmod(0o755)
    monkeypatch.setattr("harness.execution.environments.building.build", lambda _: None)
    monkeypatch.setattr("harness.execution.environments.building.python_in", lambda _: python)
    broken = replace(find_backend("asyncio"), environment=EnvironmentSpec("broken", "3.12"))
    assert interpreter_for(broken).unavailable == (
        "environment broken cannot be made: a worker there was killed by SIGSEGV: "
    )


def test_a_backend_in_an_environment_has_its_name_too() -> None:
    venv = EnvironmentSpec("old", "3.12")
    assert find_backend("uvloop@old", (), [venv]).name == "uvloop+gather@old"
    assert find_backend("trio+anyio@old", (), [venv]) == replace(find_backend("trio+anyio"), environment=venv)
    with pytest.raises(BadInput, match="no environment is called 'new': define it"):
        find_backend("uvloop@new", (), [venv])
