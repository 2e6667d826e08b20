"""`loopcmp run` ended with SIGKILL at random moments, again and again, and resumed until it is done.

The moments are drawn from a seed that every failure names; LOOPCMP_KILLS and LOOPCMP_SEED choose others:

    LOOPCMP_KILLS=50 python -m pytest -m slow -s tests/test_killed_runs.py
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from harness.records import store
from tests.unbroken import table_of, times_each

pytestmark = pytest.mark.workers

PATIENCE = 300.0
"""Seconds in which any run ends, however busy the machine."""

SEED = int(os.environ.get("LOOPCMP_SEED", random.SystemRandom().getrandbits(32)))

MODULE = """
import os
from anyio.lowlevel import checkpoint
from harness.scenario import scenario

@scenario(returns=1)
async def steady():
    await checkpoint()
    return 1

@scenario(returns="promised")
async def wrong():
    return "something else"

@scenario(timed=False)
async def crashes():
    os.abort()
"""

LOOPCMP = "from harness.cli import main; main()"

RUN = ("run", "mine.py", "-b", "asyncio", "-b", "uvloop", "--fast", "--seed", "1")


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-c", LOOPCMP, *words, "--no-progress"]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(folder: Path, *words: str) -> float:
    """Run to the end; gives the seconds that it took."""
    began = time.monotonic()
    run = start(folder, *words)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, said  # there are findings, and they are known
    return time.monotonic() - began


def killed(folder: Path, seconds: float, *words: str) -> bool:
    """Whether a run was still under way after these seconds, and was ended with SIGKILL."""
    run = start(folder, *words)
    try:
        _, said = run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate(timeout=PATIENCE)
        return True
    assert run.returncode == 1, said
    return False


def begun(folder: Path) -> list[Path]:
    """The runs here that `loopcmp resume` would go on with, or that are finished."""
    runs = sorted((folder / "results" / "local").glob("*/"))
    plain = [run for run in runs if (run / store.JOURNAL).exists()]
    whole = {run for run in plain if b"\n" in (run / store.JOURNAL).read_bytes()}
    return [run for run in runs if run in whole or (run / store.COMPRESSED_JOURNAL).exists()]


def check_whole(run: Path, unbroken: Path) -> None:
    """A run that was killed holds what an unbroken one does, each case once, and no half of a file.

    One that was killed after its record was written may have its journal twice.
    """
    assert table_of(store.read_record(run)) == table_of(store.read_record(unbroken))
    assert times_each(run) == times_each(unbroken)
    assert set(times_each(run).values()) == {1}
    names = [{str(path.relative_to(one)) for path in one.rglob("*")} for one in (run, unbroken)]
    assert names[0] - {store.JOURNAL} == names[1]


def kill_and_resume(folder: Path, kills: int, seed: int) -> Counter[str]:
    """End runs with SIGKILL until it was done `kills` times; gives what became of each."""
    print(f"LOOPCMP_SEED={seed}")  # noqa: T201 - shown when a test fails, or asked for
    draw = random.Random(seed)
    home = folder / "unbroken"
    home.mkdir()
    (home / "mine.py").write_text(MODULE)
    seconds = finish(home, *RUN)
    [unbroken] = begun(home)
    told: Counter[str] = Counter()
    while told["killed"] < kills:
        here = folder / f"run{told['runs']}"
        here.mkdir()
        (here / "mine.py").write_text(MODULE)
        told["runs"] += 1
        while told["killed"] < kills and not done(here):
            began = time.monotonic()
            if not killed(here, draw.uniform(0, seconds), *_words(here)):
                seconds = min(seconds, time.monotonic() - began)  # the machine is less busy than it was
                break
            told["killed"] += 1
            told["before its first entry"] += not begun(here)
            told["after its record"] += done(here)
        if not done(here):
            finish(here, *_words(here))
        for run in begun(here):
            check_whole(run, unbroken)
    return told


def done(folder: Path) -> bool:
    """Whether a run here has its page, which is written last."""
    return any((run / "report.html").exists() for run in begun(folder))


def _words(folder: Path) -> tuple[str, ...]:
    return ("resume",) if begun(folder) else RUN


@pytest.mark.long
def test_a_run_killed_at_a_few_random_moments_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    told = kill_and_resume(tmp_path, 3, SEED)
    assert told["killed"] == 3, SEED


@pytest.mark.slow
def test_a_run_killed_at_fifty_random_moments_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    kills = int(os.environ.get("LOOPCMP_KILLS", "50"))
    told = kill_and_resume(tmp_path, kills, SEED)
    print(dict(told))  # noqa: T201 - the figures, for the one who asked for them
    assert told["killed"] == kills, SEED
