"""What a scenario does beside its return value: lines, complaints, and what it leaves behind."""

# ruff: noqa: T201 - scenarios print

import gc
import logging
import os
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from harness.backends.registry import find_backend
from harness.backends.runtime import open_backend
from harness.protocol.descriptions import Description
from harness.protocol.observations import NO_LEAKS, Diagnostic, Leaks
from harness.worker import open_descriptors
from harness.worker.capture import Capture
from harness.worker.describing import Describer

describe = Describer().describe


@pytest.fixture(autouse=True, scope="module")
def _light_collections() -> Iterator[None]:
    """The hundred thousand objects of pytest's own are not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _own_folder_and_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's folder is empty and its hooks are Python's; pytest gets its own back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    gc.collect()


def watch(*loggers: str, pending: int = 0) -> Capture:
    """A watch over a library that keeps its threads called `kept` and complains on these loggers."""
    running = replace(
        open_backend(find_backend("asyncio")),
        pending_tasks=lambda: pending,
        is_pool_thread=lambda thread: thread.name == "kept",
        loggers=loggers,
    )
    return Capture(Describer(), running)


def complaints_of(act: Callable[[], object], *loggers: str) -> tuple[Diagnostic, ...]:
    with watch(*loggers) as capture:
        act()
        gc.collect()
    return capture.diagnostics


def test_lines_are_kept_in_order_comparable_text() -> None:
    with watch() as capture:
        print("one", object())
        sys.stdout.write("two\nthr")
        print("ee")
    assert capture.prints == ("one <object object at 0x…>", "two", "three")


def test_what_is_printed_after_the_watch_is_not_its_business(capsys: pytest.CaptureFixture[str]) -> None:
    with watch() as capture:
        print("inside")
    print("outside")
    assert capture.prints == ("inside",)
    assert capsys.readouterr().out == "outside\n"


def test_standard_error_is_evidence_and_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    with watch() as capture:
        print("aside", file=sys.stderr)
    assert capture.prints == ()
    assert capsys.readouterr().err == "aside\n"


async def idle() -> None:
    """A coroutine to forget."""


def open_and_forget() -> None:
    open(os.devnull)  # noqa: PTH123, SIM115 - left open on purpose


class Spiteful:
    def __del__(self) -> None:
        raise ValueError("from __del__")


def fail_in_a_thread() -> None:
    def fail() -> NoReturn:
        raise KeyError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (idle, Diagnostic("never-awaited")),
        (open_and_forget, Diagnostic("unclosed")),
        (lambda: warnings.warn("old", DeprecationWarning, stacklevel=1),
         Diagnostic("other", Description("DeprecationWarning"))),
        (lambda: warnings.warn("odd", RuntimeWarning, stacklevel=1),
         Diagnostic("other", Description("RuntimeWarning"))),
        (Spiteful, Diagnostic("other", describe(ValueError("from __del__")))),
        (fail_in_a_thread, Diagnostic("other", describe(KeyError("in a thread")))),
    ],
    ids=["never awaited", "unclosed", "deprecated", "another warning", "unraisable", "in a thread"],
)  # fmt: skip
def test_a_warning_or_an_error_that_nobody_caught_is_a_complaint(
    act: Callable[[], object], complaint: Diagnostic
) -> None:
    assert complaints_of(act) == (complaint,)


def test_the_same_warning_twice_is_two_complaints() -> None:
    def warn_twice() -> None:
        for _ in range(2):
            warnings.warn("again", UserWarning, stacklevel=1)

    assert len(complaints_of(warn_twice)) == 2


def test_complaints_have_an_order_of_their_own() -> None:
    acts = [idle, open_and_forget, fail_in_a_thread]
    forward = complaints_of(lambda: [act() for act in acts])
    backward = complaints_of(lambda: [act() for act in reversed(acts)])
    assert forward == backward
    assert len(forward) == 3


@pytest.mark.parametrize(
    ("words", "error", "complaint"),
    [
        ("Task exception was never retrieved\nfuture: …", ValueError(1),
         Diagnostic("never-retrieved", describe(ValueError(1)))),
        ("_GatheringFuture exception was never retrieved", None, Diagnostic("never-retrieved")),
        ("Task was destroyed but it is pending!\ntask: …", None, Diagnostic("destroyed-pending")),
        ("Unclosed transport", None, Diagnostic("unclosed")),
        ("Exception in callback", OSError(9, "bad"), Diagnostic("other", describe(OSError(9, "")))),
        ("first\nexception was never retrieved", None, Diagnostic("other")),
    ],
)  # fmt: skip
def test_what_the_library_logs_is_a_complaint_of_its_kind(
    words: str, error: Exception | None, complaint: Diagnostic
) -> None:
    assert complaints_of(
        lambda: logging.getLogger("a.library").error(words, exc_info=error), "a.library"
    ) == (complaint,)


def test_below_warning_and_from_other_loggers_nothing_is_a_complaint() -> None:
    def log() -> None:
        logging.getLogger("a.library").info("slow")
        logging.getLogger("another").error("exception was never retrieved")

    logging.getLogger("a.library").setLevel(logging.DEBUG)
    assert complaints_of(log, "a.library") == ()


def test_a_complaints_wording_is_kept_as_evidence_and_never_compared() -> None:
    one = complaints_of(lambda: warnings.warn("one", stacklevel=1))
    other = complaints_of(lambda: warnings.warn("other", stacklevel=1))
    assert one == other
    assert (one[0].message, other[0].message) == ("one", "other")


def test_nothing_said_keeps_the_exception_alive() -> None:
    class Fleeting(Exception):
        def __del__(self) -> None:
            gone.append("gone")

    gone: list[str] = []
    with watch("a.library") as capture:
        logging.getLogger("a.library").error("exception was never retrieved", exc_info=Fleeting())
        gc.collect()
        assert gone == ["gone"]
    assert capture.diagnostics[0].kind == "never-retrieved"


def test_an_error_that_cannot_be_described_is_named() -> None:
    class Odd(Exception):
        """One whose arguments are no tuple of values."""

    error = Odd({1})
    log = logging.getLogger("a.library").error
    assert [str(one) for one in complaints_of(lambda: log("x", exc_info=error), "a.library")] == [
        f"other: {describe(error)}"
    ]


def test_hooks_filters_loggers_and_output_are_given_back() -> None:
    logger = logging.getLogger("a.library")
    before = (sys.stdout, warnings.showwarning, warnings.filters[:], logger.handlers[:], logger.propagate)
    with watch("a.library"):
        assert sys.stdout is not before[0]
    assert (
        sys.stdout,
        warnings.showwarning,
        warnings.filters[:],
        logger.handlers[:],
        logger.propagate,
    ) == before
    assert (sys.unraisablehook, threading.excepthook) == (sys.__unraisablehook__, threading.__excepthook__)


def test_a_scenario_that_cleans_up_leaves_nothing() -> None:
    capture = watch()
    with open(os.devnull):  # noqa: PTH123
        fail = threading.Thread(target=int)
        fail.start()
        fail.join()
    Path("written").write_text("x")
    Path("written").unlink()
    subprocess.run(["true"], check=True)  # noqa: S607
    assert capture.leaks() == NO_LEAKS


def test_what_is_left_is_named_by_what_it_is(tmp_path: Path) -> None:
    capture = watch()
    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    ends = os.pipe()
    with (tmp_path / "open.txt").open("w"):
        left = capture.leaks()
        assert left == Leaks(descriptors=4, files=("open.txt",))
    assert left.details == (
        f"descriptor: socket TCP {host}:{port}",
        "descriptor: pipe",
        "descriptor: pipe",
        "descriptor: file open.txt",
    )
    listener.close()
    for end in ends:
        os.close(end)


def test_descriptors_left_open_are_counted() -> None:
    capture = watch()
    ends = os.pipe()
    assert capture.leaks() == Leaks(descriptors=2)
    for end in ends:
        os.close(end)


def test_a_thread_left_running_is_counted() -> None:
    capture = watch()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, daemon=True)
    thread.start()
    assert capture.leaks() == Leaks(threads=1)
    done.set()
    thread.join()


def test_a_thread_that_was_told_to_end_is_given_a_moment_to_do_so() -> None:
    class Ending(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            done.set()
            super().join(timeout)

    capture = watch()
    done = threading.Event()
    Ending(target=done.wait, daemon=True).start()
    assert capture.leaks() == NO_LEAKS


def test_a_thread_that_the_library_keeps_is_not_what_the_scenario_left() -> None:
    capture = watch()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="kept", daemon=True)
    thread.start()
    assert capture.leaks() == NO_LEAKS
    done.set()
    thread.join()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="this system does not tell of children")
def test_a_child_process_counts_until_somebody_has_waited_for_it() -> None:
    capture = watch()
    child = subprocess.Popen(["sleep", "600"])  # noqa: S607
    assert capture.leaks() == Leaks(children=1)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert capture.leaks() == Leaks(children=1)
    child.wait()
    assert capture.leaks() == NO_LEAKS


def test_a_thread_that_ends_while_children_are_counted_has_none() -> None:
    assert open_descriptors.children_of_thread("gone") == []


def test_files_are_named_by_their_path_in_the_workers_folder() -> None:
    capture = watch()
    Path("b").mkdir()
    Path("b/two").touch()
    Path("a").touch()
    assert capture.leaks() == Leaks(files=("a", "b/two"))


def test_what_was_there_before_is_not_left() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, daemon=True)
    thread.start()
    ends = os.pipe()
    capture = watch()
    assert capture.leaks() == NO_LEAKS
    for end in ends:
        os.close(end)
    done.set()
    thread.join()


def test_tasks_are_counted_by_the_library() -> None:
    assert watch(pending=3).leaks() == Leaks(tasks=3)
