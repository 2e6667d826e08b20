"""Disks that are full or read-only, and two processes at one run: said in a sentence, and nothing lost."""

import errno
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import BadInput, CannotWrite
from harness.records import store
from harness.records.store import files
from harness.runner import session
from tests.records import everything
from tests.stored import BEGUN, ENTRIES, no_file_larger_than, write_journal

LOOPCMP = [sys.executable, "-P", "-c", "from harness.cli import main; main()"]

PROBE = """
from harness.scenario import scenario

@scenario(params={"n": [1, 2, 3]}, returns=lambda n: "x" * 2000, timed=False)
async def probe(n):
    return "x" * 2000
"""


def in_own_mounts() -> list[str]:
    """How a command is run whose mounts nobody else sees, or a skip with the reason."""
    for command in (["unshare", "-m"], ["unshare", "-rm"]):
        if not shutil.which("unshare"):
            break
        tried = subprocess.run(
            [*command, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
        )
        if tried.returncode == 0:
            return command
    pytest.skip("this system lets nobody here mount a file system of its own")


def script(folder: Path, *lines: str) -> "subprocess.CompletedProcess[str]":
    """What a shell script does in this folder, in a namespace of its own mounts."""
    program = shlex.join(LOOPCMP)
    return subprocess.run(
        [*in_own_mounts(), "sh", "-c", "\n".join([f'loopcmp() {{ {program} "$@" --no-progress; }}', *lines])],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.workers
def test_a_run_on_a_disk_that_fills_keeps_what_it_measured_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.py").write_text(PROBE)
    (tmp_path / "results").mkdir()
    done = script(
        tmp_path,
        "mount -t tmpfs -o size=20k none results",
        "loopcmp run mine.py -b asyncio; echo first $?",
        "cat results/local/*/journal.jsonl | wc -l",
        "mount -o remount,size=20m results",
        "loopcmp resume; echo then $?",
        "zcat results/local/*/journal.jsonl.gz | wc -l; ls results/local/*/record.json",
    )
    said = done.stderr.splitlines()[0]
    assert "journal.jsonl cannot be written: No space left on device; what was measured is kept" in said, said
    assert "make room, then loopcmp resume results/local/" in said
    words = done.stdout.split()
    assert words[:2] == ["first", "3"]
    kept = int(words[2])
    assert 1 <= kept < int(words[-2])
    assert words[words.index("then") + 1] == "0", done.stderr
    assert words[-2] == "11"
    assert words[-1].endswith("record.json")


@pytest.mark.workers
def test_a_results_folder_that_is_read_only_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PROBE)
    (tmp_path / "results").mkdir()
    done = script(
        tmp_path,
        "mount --bind results results && mount -o remount,bind,ro results",
        "loopcmp run mine.py -b asyncio; echo first $?",
    )
    assert done.stdout.split() == ["first", "2"]
    assert "cannot be made: Read-only file system; --results DIR chooses" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.workers
def test_a_run_that_became_read_only_is_not_resumed_and_says_so(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    write_journal(run, ENTRIES[:1])
    done = script(
        tmp_path,
        "mount --bind run run && mount -o remount,bind,ro run",
        "loopcmp resume run; echo first $?",
    )
    assert done.stdout.split() == ["first", "3"]
    assert "Read-only file system; what was measured is kept; make it writable, then loopcmp" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_entry_that_does_not_fit_leaves_no_half_of_it(tmp_path: Path) -> None:
    path = write_journal(tmp_path, ENTRIES[:1])
    whole = path.read_bytes()
    with (
        store.Journal(tmp_path) as journal,
        no_file_larger_than(len(whole) + 20),
        pytest.raises(CannotWrite, match="what was measured is kept; make room, then loopcmp resume"),
    ):
        journal.append(ENTRIES[0])
    assert path.read_bytes() == whole


def test_a_first_entry_that_does_not_fit_asks_for_another_folder(tmp_path: Path) -> None:
    with (
        store.Journal(tmp_path) as journal,
        no_file_larger_than(20),
        pytest.raises(CannotWrite, match="make room, or --results DIR chooses another"),
    ):
        journal.append(BEGUN)
    with pytest.raises(BadInput, match="no unfinished run"):
        store.unfinished(tmp_path.parent)


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: store.write_record(folder, everything()),
        lambda folder: store.write_file(folder / "report.md", b"x" * 10_000),
        lambda folder: store.write_timings(folder, BEGUN, ENTRIES),
    ],
    ids=["record", "report", "timings"],
)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_a_finished_run_cannot_write_is_written_when_it_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object], number: int
) -> None:
    """The disk is a fake here: it takes no byte."""
    write_journal(tmp_path)

    def full(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files, "write_all", full)
    with pytest.raises(
        CannotWrite, match=f"{os.strerror(number)}; what was measured is kept; make .*loopcmp resume"
    ):
        write(tmp_path)
    assert not list(tmp_path.glob("**/.*"))


def test_a_run_is_resumed_by_one_process_at_a_time(tmp_path: Path) -> None:
    write_journal(tmp_path, ENTRIES[:2])
    first = session.resume(tmp_path)
    for again in (lambda: session.resume(tmp_path), lambda: store.Journal(tmp_path)):
        with pytest.raises(BadInput, match=f"another loopcmp is at work in {tmp_path}: wait for its end"):
            again()
    with first.journal:
        pass
    with session.resume(tmp_path).journal as journal:
        journal.append(ENTRIES[2])
    assert store.read_journal(tmp_path) == (BEGUN, ENTRIES[:3])


def test_a_run_that_somebody_is_at_is_not_the_one_to_resume(tmp_path: Path) -> None:
    older, newer = (tmp_path / "local" / name for name in ("1-a", "2-b"))
    for folder in (older, newer):
        folder.mkdir(parents=True)
        write_journal(folder)
    with store.Journal(newer):
        assert store.unfinished(tmp_path) == older
    assert store.unfinished(tmp_path) == newer


def test_a_run_whose_first_entry_is_torn_is_not_the_one_to_resume(tmp_path: Path) -> None:
    folder = tmp_path / "local" / "1-a"
    folder.mkdir(parents=True)
    (folder / store.JOURNAL).write_bytes(b'{"kind":"Begun"')
    with pytest.raises(BadInput, match="no unfinished run"):
        store.unfinished(tmp_path)


def test_halves_of_files_that_a_killed_run_has_left_are_removed_when_it_is_resumed(tmp_path: Path) -> None:
    write_journal(tmp_path, ENTRIES[:2])
    (tmp_path / "timings").mkdir()
    for name in (".record.json-abcd1234", "timings/.self-test.json-abcd_234", ".keep", "report.md"):
        (tmp_path / name).write_text("half")
    with session.resume(tmp_path).journal:
        pass
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".keep", "journal.jsonl", "report.md"]


@pytest.mark.workers
def test_two_runs_that_begin_at_once_do_each_other_no_harm(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PROBE)
    command = [*LOOPCMP, "run", "mine.py", "-b", "asyncio", "--no-progress"]
    runs = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    folders = list((tmp_path / "results/local").iterdir())
    assert len(folders) == 2
    for folder in folders:
        assert [len(line.cases) for line in store.read_record(folder).results] == [1, 1, 1]
        assert (
            len(store.read_journal(folder)[1]) == 10
        )  # two for each of three units, beside three cases and the end
