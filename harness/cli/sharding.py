"""What `--shard I/N` and `--costs RECORD` say, checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.records.entries import RunStarted, Shard
from harness.records.store import read_record
from harness.runner.shards import Seconds, of_shard, recorded_seconds

MOST_SHARDS = 10_000
"""The most parts that a plan is divided into."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a plan that a run measures, and the recorded costs by which the plan is divided."""

    shard: Shard
    costs: Seconds

    def of_run(self, run: RunStarted) -> RunStarted:
        """Return the run that measures this part of its plan."""
        return of_shard(run, self.shard, self.costs)


def shard_of(typed: str | None, costs: Path | None, seed: int | None) -> Part | None:
    """Return the part that was asked for; None for the whole plan. Raises BadInput."""
    if typed is None:
        if costs is not None:
            raise BadInput("--costs divides a plan into shards: add --shard I/N, such as --shard 1/4")
        return None
    shard = _read(typed)
    if seed is None:
        raise BadInput("--shard needs a seed that all jobs share: add --seed NUMBER, the same in each")
    return Part(shard, read_costs(costs))


def read_costs(record: Path | None) -> Seconds:
    """Return what each benchmark cost in a record; nothing without one. Raises BadInput."""
    return {} if record is None else recorded_seconds(read_record(record))


def read_counts(typed: str) -> tuple[int, ...]:
    """Read numbers of hosts, such as "1,4,16". Raises BadInput."""
    if not re.fullmatch(r"\d{1,5}(,\d{1,5})*", typed, re.ASCII):
        raise BadInput(f"--hosts {typed!r} is no list of numbers: write such as --hosts 1,4,16,64")
    counts = tuple(dict.fromkeys(map(int, typed.split(","))))
    if not all(1 <= count <= MOST_SHARDS for count in counts):
        raise BadInput(f"--hosts {typed!r}: a plan is measured on 1 to {MOST_SHARDS:,} hosts")
    return counts


def _read(typed: str) -> Shard:
    """Read "2/4". Raises BadInput."""
    matched = re.fullmatch(r"(\d{1,5})/(\d{1,5})", typed, re.ASCII)
    number, of = map(int, matched.groups()) if matched else (0, 0)
    if not 1 <= number <= of <= MOST_SHARDS:
        raise BadInput(f"--shard {typed!r} is no part of a plan: write I/N, such as 1/4, 2/4, 3/4 or 4/4")
    return Shard(number, of)
