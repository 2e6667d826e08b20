"""Every write, rename, sync and opening of a run fails in turn: nothing is lost, and `resume` finishes it.

A fault is committed once, at the n-th call, as SQLite's tests do. No worker takes part: what is tried is what
the parent does. LOOPCMP_IO_EVERY=1 tries every call; otherwise some of them are, spread evenly.
"""

import builtins
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.failures import failure_of
from harness.errors import LoopcmpError
from harness.records import store
from harness.records.entries import Entry, RunStarted
from harness.records.record import Record
from harness.report import writing
from harness.report.writing import write_report
from harness.runner import session
from harness.runner.session import Session
from tests.stored import BEGUN, ENTRIES

EVERY = int(os.environ.get("LOOPCMP_IO_EVERY", "7"))

CALLS = ("open", "write", "fsync", "replace", "rename", "mkdir", "ftruncate", "chmod", "fstat")
"""The functions of `os` by which a run reads, writes and names files."""


class Fault:
    """Fails the n-th call of these functions that concerns a file below a folder, and no other."""

    def __init__(self, number: int, error: int) -> None:
        self.calls = 0
        self.failed = ""
        self._number = number
        self._error = error

    def before(self, name: str, arguments: tuple[Any, ...]) -> None:
        self.calls += 1
        if self.calls == self._number:
            self.failed = f"{name}{arguments[:1]}"
            raise OSError(self._error, os.strerror(self._error), *map(str, arguments[:1]))


@contextmanager
def failing(fault: Fault) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, _counted(fault, name, getattr(os, name)))
        patch.setattr(builtins, "open", _counted(fault, "open", builtins.open))
        yield


def _counted(fault: Fault, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        fault.before(name, arguments)
        return function(*arguments, **named)

    return counted


def finish(run: Session, entries: list[Entry]) -> Record:
    """What `run` and `resume` do after each measurement, with these entries for measurements."""
    with run.journal as journal:
        for entry in entries:
            journal.append(entry)
            run.state.add(entry)
    record = write_report(run.folder, session.conclude(run))
    session.put_away(run)
    return record


def attempt(folder: Path, run: RunStarted, entries: list[Entry], fault: Fault) -> BaseException | None:
    try:
        with failing(fault):
            finish(session.start(run, folder, publish=True), entries)
    except (OSError, LoopcmpError) as error:
        return error
    return None


def held(folder: Path) -> list[Entry]:
    """What the journal of the only run here holds; nothing where there is none."""
    [run] = [path for path in folder.iterdir() if path.is_dir()]
    return list(store.read_journal(run)[1])


def calls_of_a_whole_run(folder: Path, run: RunStarted, entries: list[Entry]) -> int:
    fault = Fault(0, errno.EIO)
    assert attempt(folder, run, entries, fault) is None
    return fault.calls


@pytest.fixture
def _no_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report's files are written as they are, and are quick to make."""
    files = [("charts/one.svg", "<svg/>"), ("report.md", "# A report"), (store.PAGE, "<html>")]
    monkeypatch.setattr(writing, "files", lambda _: iter(files))


@pytest.mark.usefixtures("_no_images")
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_whatever_call_fails_nothing_is_lost_and_resume_finishes_the_run(tmp_path: Path, error: int) -> None:
    run, entries = BEGUN, list(ENTRIES)
    whole = calls_of_a_whole_run(tmp_path / "whole", run, entries)
    [unbroken] = (tmp_path / "whole").glob("*/")
    expected = store.read_record(unbroken)
    assert whole > len(entries) * 3
    assert expected.finished is not None
    outcomes = {"failed": 0, "went on": 0, "before the first entry": 0}
    for number in range(1, whole + 1, EVERY):
        here = tmp_path / str(number)
        here.mkdir()
        fault = Fault(number, error)
        failure = attempt(here, run, entries, fault)
        where = f"call {number} of {whole}: {fault.failed}"
        if failure is not None:
            said = failure_of(failure)
            assert said.exit_code in {2, 3}, where
            assert said.message.count("\n") == 0, where
            assert not said.frames, where
        assert fault.failed or failure is None, where
        outcomes["failed" if failure else "went on"] += 1
        folders = [path for path in here.iterdir() if path.is_dir()]
        if not folders or not (store.files.is_begun(folders[0]) or (folders[0] / store.RECORD).exists()):
            outcomes["before the first entry"] += 1
            continue
        if failure is not None and not store.is_concluded(folders[0]):
            kept = list(store.read_journal(folders[0])[1])
            assert kept == entries[: len(kept)], where
            resumed = session.resume(folders[0])
            finish(resumed, entries[len(kept) :])
        record = store.read_record(folders[0])
        assert record.run.plan == expected.run.plan, where
        assert replace(record, run=expected.run) == expected, where  # each measures the machine's company
        assert held(here) == entries, where
        assert not [path for path in here.rglob(".*") if path.is_file()], where
    print({"calls": whole, **outcomes})  # noqa: T201 - the figures, for the one who asked for them
    assert outcomes["failed"] + outcomes["went on"] >= min(16, whole // EVERY)
    assert outcomes["failed"] > 0
