"""Resuming the folder of a stranger: nothing is started that no command line could have asked for."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.backends.backend import EnvironmentSpec, Loop
from harness.backends.registry import find_backend
from harness.errors import BadInput
from harness.execution.environments.definition import check_versions
from harness.records import store
from harness.records.entries import RunStarted
from harness.records.machine import BackendEnvironment
from harness.runner import session
from harness.runner.resume_checks import check_typed
from tests.command_line import here
from tests.records import ASYNCIO, UVLOOP, begun, fake_benchmark, plan

ORDER = fake_benchmark("order")
BEGUN = begun(plan(ORDER, on=[ASYNCIO, UVLOOP]))
OLD = EnvironmentSpec("old", "3.12", ("uvloop==0.21", "anyio @ git+https://example.org/anyio"))
MINE = Loop("mine", factory="mine.loops:new_event_loop")
ELSEWHERE = BackendEnvironment(
    "asyncio+gather@old", "3.12.1", "CPython 3.12.1", (("anyio", "4.9.0+local.1"),)
)

PLAIN = replace(
    BEGUN,
    plan=replace(
        BEGUN.plan,
        benchmarks=(ORDER, replace(ORDER, scenario="own", module="some/where/mine.py", family="mine")),
        backends=(
            *BEGUN.plan.backends,
            replace(find_backend("asyncio"), environment=OLD),
            find_backend("asyncio-debug+taskgroup"),
            find_backend("mine+anyio", [MINE]),
        ),
    ),
    machine=replace(BEGUN.machine, environments=(ELSEWHERE,)),
)
"""A journal's first entry with a bit of everything that can be typed."""

EVIL = "/tmp/evil"  # noqa: S108 - nothing is there, and nothing is to look

Change = tuple[tuple[str | int, ...], Any, str, str]

HOSTILE: dict[str, Change] = {
    "python-path": (
        ("plan", "backends", 2, "environment", "python"),
        f"{EVIL}/python",
        "plan.backends[2].environment",
        "is no version",
    ),
    "python-option": (
        ("plan", "backends", 2, "environment", "python"),
        "--help",
        "plan.backends[2].environment",
        "is no version",
    ),
    "python-none": (
        ("plan", "backends", 2, "environment", "python"),
        "",
        "plan.backends[2]",
        "not the backend",
    ),
    "option": (
        ("plan", "backends", 2, "environment", "requirements"),
        ["--index-url=https://evil.example"],
        "plan.backends[2].environment",
        "is no requirement",
    ),
    "requirement-path": (
        ("plan", "backends", 2, "environment", "requirements"),
        [f"anyio @ file://{EVIL}"],
        "plan.backends[2].environment",
        "where no reader",
    ),
    "requirement-bare-path": (
        ("plan", "backends", 2, "environment", "requirements"),
        [f"{EVIL}/evil.whl"],
        "plan.backends[2].environment",
        "is no requirement",
    ),
    "environment-name": (
        ("plan", "backends", 2, "environment", "name"),
        "../evil",
        "plan.backends[2].environment",
        "cannot name",
    ),
    "constraint-option": (
        ("machine", "environments", 0, "versions"),
        [["anyio", "1\n--index-url=https://evil.example"]],
        "machine.environments[0].versions",
        "is no version",
    ),
    "constraint-url": (
        ("machine", "environments", 0, "versions"),
        [[f"anyio @ file://{EVIL} #", "1"]],
        "machine.environments[0].versions",
        "names no distribution",
    ),
    "factory-of-uvloop": (
        ("plan", "backends", 1, "loop", "factory"),
        "evil:run",
        "plan.backends[1].loop",
        "cannot name a loop",
    ),
    "factory-of-asyncio": (
        ("plan", "backends", 0, "loop", "factory"),
        "evil:run",
        "plan.backends[0].loop",
        "cannot name a loop",
    ),
    "factory-shape": (("plan", "backends", 4, "loop", "factory"), "evil", "plan.backends[4].loop", "shape"),
    "loop-name": (("plan", "backends", 4, "loop", "name"), "../evil", "plan.backends[4].loop", "cannot name"),
    "distribution": (
        ("plan", "backends", 4, "loop", "distribution"),
        "evil",
        "plan.backends[4]",
        "not the backend",
    ),
    "gatherer": (("plan", "backends", 4, "gatherer"), "../evil", "plan.backends[4]", "no backend is called"),
    "module": (
        ("plan", "benchmarks", 0, "module"),
        "evil.module",
        "plan.benchmarks.module",
        "no scenario module",
    ),
    "family": (("plan", "benchmarks", 0, "family"), "tasks", "plan.benchmarks.module", "no scenario module"),
    "module-path": (
        ("plan", "benchmarks", 1, "module"),
        f"{EVIL}/evil",
        "plan.benchmarks.module",
        "no Python file",
    ),
    "name": (("name",), "../../evil", "name", "cannot name a folder"),
    "baseline": (("plan", "baseline"), "evil\x1b[2J", "plan.baseline", "not among the backends"),
}
"""Fields of a journal that end in a command, a path or an import: where, the value, and what is said."""


def journal(folder: Path, entry: Any) -> Path:
    folder.mkdir()
    path = folder / store.JOURNAL
    path.write_text(json.dumps({"kind": "run-started", "entry": entry}) + "\n")
    return path


def entry_of(first: RunStarted) -> Any:
    """The entry as a journal has it."""
    return msgspec.json.decode(msgspec.json.encode(first))


def put(entry: Any, where: tuple[str | int, ...], value: Any) -> None:
    *path, last = where
    for key in path:
        entry = entry[key]
    assert entry[last] != value
    entry[last] = value


def never(*words: object, **_: object) -> None:
    raise AssertionError(f"something was started: {words}")


def test_what_a_command_line_can_ask_for_may_be_resumed(tmp_path: Path) -> None:
    check_typed(tmp_path, PLAIN)
    journal(tmp_path / "run", entry_of(PLAIN))
    with (run := session.resume(tmp_path / "run")).journal:
        assert run.state.run == PLAIN


def test_a_run_that_another_method_began_is_not_finished_by_this_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"begun by version 1 of the method.*begin another run"):
        check_typed(tmp_path, replace(PLAIN, method=None))


@pytest.mark.parametrize("change", HOSTILE)
def test_what_no_command_line_can_ask_for_is_named_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    where, value, field, why = HOSTILE[change]
    entry = entry_of(PLAIN)
    put(entry, where, value)
    path = journal(tmp_path / "run", entry)
    before = path.read_bytes()
    monkeypatch.setattr(subprocess, "Popen", never)
    monkeypatch.setattr(os, "posix_spawn", never)
    assert here(monkeypatch, "resume", tmp_path / "run") == 2
    said = capsys.readouterr().err
    assert said.startswith(f"loopcmp: {path}, {field}: ")
    assert why in said
    assert said.count("\n") == 1
    assert said[:-1].isprintable()
    assert path.read_bytes() == before
    assert [one.name for one in (tmp_path / "run").iterdir()] == [store.JOURNAL]


@pytest.mark.parametrize("name", ["", "-r", "a b", "a\n", "../a", "a;b", "a[b]", "a @ https://x"])
def test_a_constraint_names_a_distribution_and_nothing_else(name: str) -> None:
    check_versions([("a", "1.0"), ("A.b_c-d", "1!2.0rc1.post2.dev3+x.1")])
    with pytest.raises(BadInput, match="names no distribution"):
        check_versions([(name, "1.0")])


@pytest.mark.parametrize("name", [store.JOURNAL, "timings", "report.md", "record.json"])
def test_a_run_is_resumed_through_no_symbolic_link(tmp_path: Path, name: str) -> None:
    entry = entry_of(PLAIN)
    path = journal(tmp_path / "run", entry)
    (tmp_path / "docs").mkdir()
    outside = {tmp_path / "docs/.a.b-12345678": b"mine", tmp_path / "thesis.txt": path.read_bytes() + b"torn"}
    for file, data in outside.items():
        file.write_bytes(data)
    (tmp_path / "run" / name).unlink(missing_ok=True)
    (tmp_path / "run" / name).symlink_to("../docs" if name == "timings" else "../thesis.txt")
    with pytest.raises(BadInput, match=f"run/{name} is a symbolic link.*: move it away"):
        session.resume(tmp_path / "run")
    assert {file: file.read_bytes() for file in outside} == outside


@pytest.mark.parametrize("name", [store.JOURNAL, "report.md"])
def test_a_run_with_a_pipe_in_its_folder_is_refused_and_hangs_nobody(tmp_path: Path, name: str) -> None:
    journal(tmp_path / "run", entry_of(PLAIN))
    (tmp_path / "run" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "run" / name)
    with pytest.raises(BadInput, match=f"run/{name} is neither a file nor a folder: move it away"):
        session.resume(tmp_path / "run")


@pytest.mark.parametrize("first", [b"My thesis, on one line ", b"My thesis\n", b"{}\n"])
def test_a_file_that_does_not_begin_as_a_journal_is_not_cut_off(tmp_path: Path, first: bytes) -> None:
    path = journal(tmp_path / "run", entry_of(PLAIN))
    spoilt = first + path.read_bytes() + b"torn"
    path.write_bytes(spoilt)
    (tmp_path / "run/.a.b-12345678").write_text("mine")
    with pytest.raises(BadInput):
        session.resume(tmp_path / "run")
    assert path.read_bytes() == spoilt
    assert (tmp_path / "run/.a.b-12345678").read_text() == "mine"
