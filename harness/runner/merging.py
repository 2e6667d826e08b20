"""Makes one run of the shards of a plan, whatever the order in which their folders are named."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from harness.errors import BadInput
from harness.records import store
from harness.records.entries import Entry, RunFinished, RunStarted, UnitBegun, UnitFinished


@dataclass(frozen=True, slots=True)
class ShardRun:
    """A shard that was run: its folder, how it began, the units that are whole, and its end if it has one."""

    folder: Path
    run: RunStarted
    units: tuple[tuple[str, ...], ...]
    finished: RunFinished | None

    @property
    def number(self) -> int:
        """The shard's number, from 1; 0 for what is no shard."""
        return 0 if self.run.shard is None else self.run.shard.number


def read_shards(folders: Iterable[Path]) -> tuple[ShardRun, ...]:
    """Return the shards in these folders, ordered by what is in them. Raises BadInput."""
    shards = map(_read_shard, folders)
    return tuple(sorted(shards, key=lambda shard: (shard.number, shard.run.started, str(shard.folder))))


def _read_shard(folder: Path) -> ShardRun:
    run, entries = store.open_journal(folder)
    units, finished = [], None
    for entry in entries:
        match entry:
            case UnitFinished(benchmarks):
                units.append(benchmarks)
            case RunFinished():
                finished = entry
    return ShardRun(folder, run, tuple(units), finished)


def merged_run(shards: Sequence[ShardRun], name: str | None, *, publish: bool) -> RunStarted:
    """Return how the merged run begins: all its hosts, and the benchmarks that it has if some are missing."""
    first = shards[0].run
    measured = set(chain.from_iterable(chain.from_iterable(shard.units for shard in shards)))
    planned = tuple(benchmark.id for benchmark in first.plan.benchmarks)
    return replace(
        first,
        name=name or first.name,
        started=min(shard.run.started for shard in shards),
        command=_without_shard(first.command),
        hosts=tuple(shard.run.machine for shard in shards),
        shard=None,
        benchmarks=None if measured >= set(planned) else tuple(i for i in planned if i in measured),
        published=publish,
    )


def _without_shard(command: str) -> str:
    """Return the command that measures the whole plan."""
    words = iter(shlex.split(command))
    kept = []
    for word in words:
        if word in {"--shard", "--costs"}:
            next(words, None)
        elif not word.startswith(("--shard=", "--costs=")):
            kept.append(word)
    return shlex.join(kept)


def write_merged(folder: Path, run: RunStarted, shards: Sequence[ShardRun]) -> None:
    """Write the journal of a merged run: the units of each shard, under the number of its host."""
    with store.Journal(folder) as journal:
        journal.append(run)
        for host, shard in enumerate(shards, start=1):
            for unit in _units(shard, host):
                journal.append_unit(unit)
        ends = [shard.finished for shard in shards if shard.finished is not None]
        journal.append(RunFinished(max(end.ended for end in ends), ends[0].load))


def _units(shard: ShardRun, host: int) -> Iterator[list[Entry]]:
    """Yield the entries of each unit, which was measured on this host."""
    unit: list[Entry] = []
    for entry in store.open_journal(shard.folder)[1]:
        match entry:
            case UnitBegun():
                unit = [replace(entry, host=host)]
            case UnitFinished():
                yield [*unit, entry]
            case _:
                unit.append(entry)


def refuse(shards: Sequence[ShardRun], why: str) -> BadInput:
    """Return the error that names the folders and says why they cannot be merged."""
    folders = " and ".join(str(shard.folder) for shard in shards)
    return BadInput(f"{folders}: {why}")
