"""A run whose units two hosts measured agrees with the same run on one machine."""

import subprocess
from pathlib import Path

import pytest

from harness.records import store
from harness.records.entries import RoundMeasured
from harness.records.record import Record
from tests.command_line import LOOPCMP

pytestmark = [pytest.mark.slow, pytest.mark.workers]

SCENARIOS = ("order:n=1", "right_way", "keep_error", "first_error")
LONGEST = 400.0


def run_in(folder: Path, *options: str) -> Path:
    """Run the scenarios with one seed, and return the record's folder."""
    words = ["run", *SCENARIOS, "-b", "asyncio", "-b", "uvloop", "--fast", "--seed", "7", "--no-progress"]
    subprocess.run(
        [LOOPCMP, *words, "--results", folder, *options],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=LONGEST,
    )
    [record] = (folder / "local").iterdir()
    return record


def conclusions(record: Record) -> list[tuple[object, ...]]:
    """Return what does not depend on how fast anything was."""
    return [
        (
            result.benchmark.id,
            result.rounds,
            result.stop_reason,
            [(case.backend, case.verdict, case.timing is not None) for case in result.cases],
        )
        for result in record.results
    ]


def drawn(folder: Path) -> list[tuple[object, ...]]:
    """Return what was drawn for each round, by the seed and the plan."""
    _, entries = store.read_journal(folder)
    rounds = [entry for entry in entries if isinstance(entry, RoundMeasured)]
    return sorted((each.benchmark, each.number, str(each.layout_seed)) for each in rounds)


def test_a_run_on_a_cluster_comes_to_what_an_unbroken_one_does(tmp_path: Path) -> None:
    alone, clustered = run_in(tmp_path / "alone"), run_in(tmp_path / "hosts", "--cluster", "local:2")
    first, second = store.read_record(alone), store.read_record(clustered)
    assert len(second.run.hosts) == 2
    assert conclusions(first) == conclusions(second)
    assert first.ledger == second.ledger
    assert first.run.plan == second.run.plan
    assert drawn(alone) == drawn(clustered)
    assert len(drawn(alone)) == 6
