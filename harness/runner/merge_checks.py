"""What shards must share to be merged: each check raises BadInput, naming folders and field."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from harness.records.machine import BackendEnvironment
from harness.records.plan import Plan
from harness.runner.merging import ShardRun, refuse
from harness.runner.units import units_of


def check_shards(shards: Sequence[ShardRun], *, mixed: bool, partial: bool) -> tuple[str, ...]:
    """Return the shards that are missing, as they are typed. Raises BadInput unless the rest is one run."""
    for shard in shards:
        _check_alone(shard)
    for shard in shards[1:]:
        _check_pair(shards[0], shard, mixed=mixed)
    _check_twice(shards)
    return _missing(shards, partial=partial)


def _check_alone(shard: ShardRun) -> None:
    if shard.run.shard is None or shard.run.audit is not None:
        raise refuse([shard], "shard: it is no shard of a run; loopcmp run … --shard I/N makes one")
    if shard.finished is None:
        raise refuse([shard], f"it is unfinished; loopcmp resume {shard.folder} finishes it")
    units = {unit.benchmarks for unit in units_of(shard.run.plan)}
    strange = [unit for unit in shard.units if unit not in units]
    if strange:
        raise refuse([shard], f"unit {strange[0][0]} is none of its plan.benchmarks")


def _check_pair(first: ShardRun, other: ShardRun, *, mixed: bool) -> None:
    for field, before, after in _fixed(first, other):
        if before != after:
            raise refuse([first, other], f"{field} differs, so they are not of one run: {before} and {after}")
    plans = first.run.plan, other.run.plan
    if (changed := _differing(*plans)) is not None:
        raise refuse([first, other], f"plan.{changed} differs: give every job the same options and scenarios")
    kinds = [shard.run.machine.kind for shard in (first, other)]
    if kinds[0] != kinds[1] and not mixed:
        raise refuse([first, other], f"machine differs: {kinds[0]} and {kinds[1]}; --mixed merges them")


def _fixed(first: ShardRun, other: ShardRun) -> Iterator[tuple[str, object, object]]:
    """Yield what is the same in all shards, beside the plan: each field and its two values."""
    yield "version", first.run.version, other.run.version
    yield "method", first.run.method, other.run.method
    yield "without_off_hosts", first.run.without_off_hosts, other.run.without_off_hosts
    yield "shard", f"N = {_count(first)}", f"N = {_count(other)}"
    machines = first.run.machine, other.run.machine
    for backend in first.run.plan.backends:
        yield from _versions(*(machine.of(backend.name) for machine in machines))


def _versions(here: BackendEnvironment, there: BackendEnvironment) -> Iterator[tuple[str, object, object]]:
    """Yield what a backend runs on: whether it can, its Python, and the version of every distribution."""
    yield f"machine.unavailable of {here.backend}", here.unavailable, there.unavailable
    yield f"machine.python of {here.backend}", here.python, there.python
    versions, others = dict(here.versions), dict(there.versions)
    for name in dict.fromkeys([*versions, *others]):
        yield f"machine.versions, {name} of {here.backend}", versions.get(name), others.get(name)


def _count(shard: ShardRun) -> int:
    return 0 if shard.run.shard is None else shard.run.shard.of


def _differing(plan: Plan, other: Plan) -> str | None:
    """Return the first field by which two plans differ; for benchmarks, which of them."""
    for field in fields(Plan):
        before, after = (getattr(each, field.name) for each in (plan, other))
        if before != after and field.name == "benchmarks":
            known = {benchmark.id: benchmark for benchmark in plan.benchmarks}
            changed = [each.id for each in after if known.get(each.id) != each]
            return f"benchmarks ({(changed or list(known))[0]})"
        if before != after:
            return field.name
    return None


def _check_twice(shards: Sequence[ShardRun]) -> None:
    numbers: dict[int, ShardRun] = {}
    units: dict[str, ShardRun] = {}
    for shard in shards:
        if (before := numbers.setdefault(shard.number, shard)) is not shard:
            raise refuse([before, shard], f"shard {shard.run.shard} is there twice: leave one out")
    for shard in shards:
        for name, *_ in shard.units:
            if name in units:
                raise refuse(
                    [units[name], shard], f"unit {name} is there twice: give every job the same --costs"
                )
            units[name] = shard


def _missing(shards: Sequence[ShardRun], *, partial: bool) -> tuple[str, ...]:
    """Return the missing shards. Raises BadInput for any unless `partial`, and for a unit that is nowhere."""
    of, numbers = _count(shards[0]), {shard.number for shard in shards}
    missing = tuple(f"{number}/{of}" for number in range(1, of + 1) if number not in numbers)
    if missing and not partial:
        raise refuse(shards, f"shard {', '.join(missing)} is missing; --partial merges the others")
    for shard in shards:
        measured = {name for unit in shard.units for name in unit}
        if lost := set(shard.run.benchmarks or ()) - measured:
            raise refuse([shard], f"benchmarks: {min(lost)} of the shard was never measured; run it again")
    planned = {unit.name for unit in units_of(shards[0].run.plan)}
    if not missing and (lost := planned - {unit[0] for shard in shards for unit in shard.units}):
        raise refuse(shards, f"unit {min(lost)} is in no shard: give every job the same --costs")
    return missing
