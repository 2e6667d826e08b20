"""Runs that a signal ends at random moments: resumed they are as unbroken ones, and nothing is left.

The moments are drawn from a seed that every failure names; LOOPCMP_ENDS and LOOPCMP_SEED choose others:

    LOOPCMP_ENDS=20 python -m pytest -m "long or slow" -s tests/test_ended_runs.py
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from harness.records import store
from tests.command_line import LOOPCMP
from tests.unbroken import table_of, times_each

pytestmark = pytest.mark.workers

SEED = int(os.environ.get("LOOPCMP_SEED", random.SystemRandom().getrandbits(32)))

PATIENCE = 300.0
"""Seconds in which any run ends, however busy the machine."""

ENDS = int(os.environ.get("LOOPCMP_ENDS", "2"))

MODULE = """
from anyio.lowlevel import checkpoint
from harness.scenario import scenario

@scenario(returns=1)
async def steady():
    await checkpoint()
    return 1

@scenario(returns=2, timed=False)
async def observed():
    return 2
"""

RUN = ("run", "mine.py", "-b", "asyncio", "-b", "uvloop", "--fast", "--seed", "1")
PUBLISHED = (*RUN, "--publish", "mine")
ELSEWHERE = ("run", "mine.py", "--env", "own=3.11", "-b", "asyncio@own", "--fast", "--seed", "1")

WORDS = {"run": RUN, "run --publish": PUBLISHED, "an environment": ELSEWHERE}

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


class Place:
    """A folder with a scenario, its own temporary files and its own cache, in which commands are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "temporary").mkdir(parents=True)
        (folder / "mine.py").write_text(MODULE)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [LOOPCMP, *words, "--no-progress"],
            cwd=self.folder,
            env={
                **os.environ,
                "TMPDIR": str(self.folder / "temporary"),
                "XDG_CACHE_HOME": str(self.folder / "cache"),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            restore_signals=True,
        )

    def finish(self, *words: str) -> float:
        """Run to the end; gives the seconds that it took."""
        began = time.monotonic()
        run = self.start(*words)
        _, said = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0, said
        return time.monotonic() - began

    @property
    def runs(self) -> list[Path]:
        """The runs here that have begun."""
        folders = (*self.folder.glob("results/local/*/"), *self.folder.glob("results/2*/"))
        return [run for run in folders if store.files.is_begun(run) or store.record_path(run).exists()]

    def next_words(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """What is typed to go on; None where all is done."""
        match self.runs:
            case []:
                return words
            case [run]:
                return None if store.is_concluded(run) else ("resume", str(run.relative_to(self.folder)))
        raise AssertionError(self.runs)

    @property
    def left(self) -> list[str]:
        """Temporary folders, and processes that have one of them for theirs."""
        temporary = self.folder / "temporary"
        names = [path.name for path in temporary.iterdir()]
        for about in Path("/proc").glob("[0-9]*"):
            try:
                if f"TMPDIR={temporary}/".encode() in (about / "environ").read_bytes():
                    names.append((about / "cmdline").read_bytes().decode())
            except OSError:
                continue
        return names

    @property
    def left_at_last(self) -> list[str]:
        """What is left once workers that were being started have ended: they see that nobody waits."""
        deadline = time.monotonic() + 5
        while (left := self.left) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left


def end(run: "subprocess.Popen[str]", seconds: float, number: signal.Signals) -> str:
    """End a run after these seconds, or let it stand still for a moment; "" if it was done before."""
    try:
        run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.send_signal(number)
        if number is signal.SIGTSTP:
            time.sleep(0.3)
            run.send_signal(signal.SIGCONT)
        _, said = run.communicate(timeout=PATIENCE)
        return said or "nothing"
    return ""


def check_whole(place: Place, unbroken: Place) -> None:
    """Everything is there once, and nothing else."""
    [run], [whole] = place.runs, unbroken.runs
    assert table_of(store.read_record(run)) == table_of(store.read_record(whole))
    assert times_each(run) == times_each(whole)
    assert set(times_each(run).values()) == {1}
    assert place.left == []
    assert not [path for path in (place.folder / "results").rglob(".*") if path.is_file()]


def end_and_resume(folder: Path, words: tuple[str, ...], number: signal.Signals, ends: int) -> Counter[str]:
    """End runs by a signal until it was done so often; gives what became of them."""
    print(f"LOOPCMP_SEED={SEED}")  # noqa: T201 - shown when a test fails, or asked for
    source, counts = random.Random(f"{SEED} {number} {words}"), Counter[str]()
    unbroken = Place(folder / "unbroken")
    seconds = unbroken.finish(*words)
    check_whole(unbroken, unbroken)
    while counts["ended"] < ends:
        place = Place(folder / f"run{counts['runs']}")
        counts["runs"] += 1
        while counts["ended"] < ends and (typed := place.next_words(words)) is not None:
            run = place.start(*typed)
            said = end(run, source.uniform(0, seconds), number)
            counts["ended"] += bool(said)
            if said and number in CODES and run.returncode != -number:  # before Python could ask for it
                assert run.returncode in {CODES[number], 0}, said
                assert place.left_at_last == [], said
            counts[f"exit {run.returncode}"] += 1
        if (typed := place.next_words(words)) is not None:
            place.finish(*typed)
        check_whole(place, unbroken)
        shutil.rmtree(place.folder)
    return counts


@pytest.mark.long
@pytest.mark.parametrize("words", ["run", "run --publish"])
def test_a_run_killed_at_random_moments_is_resumed_whole(tmp_path: Path, words: str) -> None:
    counts = end_and_resume(tmp_path, WORDS[words], signal.SIGKILL, ENDS)
    print(words, dict(counts))  # noqa: T201 - the figures, for the one who asked for them
    assert counts["ended"] == ENDS


@pytest.mark.slow
def test_a_run_killed_while_its_environment_is_made_is_resumed_whole(tmp_path: Path) -> None:
    counts = end_and_resume(tmp_path, ELSEWHERE, signal.SIGKILL, ENDS)
    print(dict(counts))  # noqa: T201 - the figures, for the one who asked for them
    assert counts["ended"] == ENDS


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_a_run_that_a_signal_ends_at_random_moments_leaves_nothing_and_is_resumed_whole(
    tmp_path: Path, number: signal.Signals
) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # under nohup it is ignored, by the runs as well
    try:
        counts = end_and_resume(tmp_path, RUN, number, ENDS)
    finally:
        signal.signal(number, before)
    print(number.name, dict(counts))  # noqa: T201 - the figures, for the one who asked for them
    assert counts["ended"] == ENDS
    assert number not in CODES or counts[f"exit {CODES[number]}"] > 0
