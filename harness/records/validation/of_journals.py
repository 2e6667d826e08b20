"""What must hold of what is planned, observed and measured: the parts of a journal's entries."""

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.protocol import latency_bins
from harness.protocol.benchmarks import Benchmark, Difference
from harness.protocol.descriptions import Description
from harness.protocol.laps import unpack
from harness.protocol.messages import LatencySketch, Value, WorkerSummary
from harness.protocol.observations import Leaks, ObservationCount
from harness.records.entries import (
    HostJoined,
    RoundMeasured,
    RunFinished,
    RunStarted,
    UnitBegun,
    UnitFinished,
)
from harness.records.machine import Machine
from harness.records.pace import ArmRound, RoundSettings
from harness.records.plan import Effort, Plan
from harness.records.references import repeated
from harness.records.trials import ArmComparison, AuditSchedule, Trial, TrialResult
from harness.records.validation.ranges import (
    LARGEST_NUMBER,
    LARGEST_RATIO,
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    no_logs,
    no_ratio,
    no_time,
    outside,
    problems,
)


@problems.register
def _(description: Description) -> Iterator[str]:
    if description.type == "field" and len(description.parts) != 1:
        yield "a field has one value"


@problems.register
def _(observed: ObservationCount) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, times=observed.times)
    yield from outside(0, LONGEST_SECONDS, seconds=observed.seconds)


@problems.register
def _(leaks: Leaks) -> Iterator[str]:
    counts = {name: getattr(leaks, name) for name in ("tasks", "threads", "descriptors", "children")}
    return outside(-1, LARGEST_NUMBER, **counts)


@problems.register
def _(benchmark: Benchmark) -> Iterator[str]:
    if not benchmark.scenario:
        yield "a benchmark has no name"
    yield from outside(1, LARGEST_NUMBER, cpus=benchmark.cpus)
    yield from outside(0, LONGEST_SECONDS, ideal=benchmark.ideal)
    yield from repeated("parameter", [name for name, _ in benchmark.parameters])


@problems.register
def _(difference: Difference) -> Iterator[str]:
    try:
        SpecifierSet(difference.python)
    except InvalidSpecifier as error:
        yield str(error)


@problems.register
def _(machine: Machine) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, cores=machine.cores)
    yield from outside(0, LARGEST_NUMBER, load=machine.load)
    yield from outside(SHORTEST_SECONDS, LARGEST_NUMBER, cpu_quota=machine.cpu_quota)
    yield from outside(0, LARGEST_NUMBER, cpu_stops=machine.cpu_stops)
    for cpu in machine.pinned:
        yield from outside(0, LARGEST_NUMBER, pinned=cpu)


@problems.register
def _(effort: Effort) -> Iterator[str]:
    yield from outside(1e-6, 1, precision=effort.precision)
    yield from outside(0, LONGEST_SECONDS, max_seconds=effort.max_seconds)
    yield from outside(SHORTEST_SECONDS, LONGEST_SECONDS, value_seconds=effort.value_seconds)
    yield from outside(1, LARGEST_NUMBER, turns=effort.turns, fixed_rounds=effort.fixed_rounds)


@problems.register
def _(plan: Plan) -> Iterator[str]:
    for name, parts in (("benchmarks", plan.benchmarks), ("backends", plan.backends)):
        if not parts:
            yield f"it has no {name}"
    yield from repeated("benchmark", [benchmark.id for benchmark in plan.benchmarks])
    yield from repeated("backend", [backend.name for backend in plan.backends])
    yield from outside(1e-6, 1, margin=plan.margin)
    yield from outside(SHORTEST_SECONDS, LONGEST_SECONDS, timeout=plan.timeout)
    yield from outside(0, LARGEST_NUMBER, seed=plan.seed, planted=plan.planted)


@problems.register
def _(settings: RoundSettings) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, loops=settings.loops, turns=settings.turns)
    others = {"warmups": settings.warmups, "untimed": settings.untimed, "pilot_rounds": settings.pilot_rounds}
    yield from outside(0, LARGEST_NUMBER, **others)


@problems.register
def _(run: RunStarted) -> Iterator[str]:
    yield from no_time(run.started, "started")


@problems.register
def _(run: RunFinished) -> Iterator[str]:
    yield from no_time(run.ended, "ended")
    yield from outside(0, LARGEST_NUMBER, load=run.load, cpu_stops=run.cpu_stops)


@problems.register
def _(value: Value) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, loops=value.loops, wall=value.wall)
    parts = {"cpu": value.cpu, "collecting": value.collecting, "waited": value.waited}
    yield from outside(0, LARGEST_NUMBER, **parts, idle_cpu=value.idle_cpu, helper_cpu=value.helper_cpu)
    for count in (*value.switches, *value.collections, *value.full_collections):
        yield from outside(0, LARGEST_NUMBER, count=count)
    yield from outside(0, LARGEST_NUMBER, instructions=value.instructions)
    if value.laps:
        yield from _laps(value)


def _laps(value: Value) -> Iterator[str]:
    """Yield what is wrong with the laps of a value: what are none, or too many."""
    try:
        laps = len(unpack(value.laps))
    except ValueError as error:
        yield str(error)
        return
    yield from outside(2, value.loops + value.unreported, laps=laps)
    for lap, _ in value.lap_collections:
        yield from outside(0, laps - 1, lap_collections=lap)


@problems.register
def _(sketch: LatencySketch) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, operations=sketch.operations)
    for quantile in sketch.quantiles or ():
        yield from outside(SHORTEST_SECONDS, LARGEST_NUMBER, quantiles=quantile)
    if sketch.bins or sketch.quantiles is None:
        yield from _bins(sketch)


def _bins(sketch: LatencySketch) -> Iterator[str]:
    """Yield what is wrong with the bins of a sketch: what are none, or of other operations."""
    try:
        counted = sum(latency_bins.unpack(sketch.bins).values())
    except ValueError as error:
        yield str(error)
        return
    if counted != sketch.operations:
        yield f"a sketch of {sketch.operations} operations has {counted} in its bins"


@problems.register
def _(summary: WorkerSummary) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, startup=summary.startup, threads=summary.threads)


@problems.register
def _(arm: ArmRound) -> Iterator[str]:
    if not arm.values:
        yield f"{arm.arm} has no values"


@problems.register
def _(round_: RoundMeasured) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, number=round_.number)
    yield from outside(0, LONGEST_SECONDS, seconds=round_.seconds)
    yield from repeated("arm", [arm.arm for arm in round_.arms])
    if len({len(arm.values) for arm in round_.arms}) > 1:
        yield "its arms have different numbers of values"


@problems.register
def _(schedule: AuditSchedule) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, trials=schedule.trials)
    yield from outside(0, LONGEST_SECONDS, seconds=schedule.seconds)


@problems.register
def _(trial: Trial) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, extra=trial.extra)
    yield from outside(1 / LARGEST_RATIO, LARGEST_RATIO, loops=trial.loops, turns=trial.turns)


@problems.register
def _(comparison: ArmComparison) -> Iterator[str]:
    yield from no_ratio(ratio=comparison.ratio)
    yield from no_logs("samples", comparison.samples)
    yield from no_logs("means", comparison.means)
    if comparison.means and len(comparison.means) != len(comparison.samples):
        yield "its means and samples are of different numbers of rounds"


@problems.register
def _(result: TrialResult) -> Iterator[str]:
    yield from outside(0, LONGEST_SECONDS, seconds=result.seconds)
    yield from outside(0, LARGEST_NUMBER, number=result.number, processes=result.processes)
    yield from outside(SHORTEST_SECONDS, LONGEST_SECONDS, typical=result.typical)
    yield from repeated("backend", [comparison.backend for comparison in result.comparisons])


@problems.register
def _(joined: HostJoined) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, number=joined.number)


@problems.register
def _(unit: UnitBegun) -> Iterator[str]:
    if not unit.benchmarks or unit.host < 1:
        yield f"host {unit.host} began {len(unit.benchmarks)} benchmarks"


@problems.register
def _(unit: UnitFinished) -> Iterator[str]:
    if len(unit.costs) != len(unit.benchmarks):
        yield f"{len(unit.benchmarks)} benchmarks have {len(unit.costs)} costs"
