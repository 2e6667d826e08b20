"""How a record was made, in ten lines; every figure in them is the record's or the program's own."""

from collections.abc import Iterator

from harness.records.entries import FIRST_METHOD
from harness.records.plan import PROCESSES
from harness.records.record import AuditSummary, Record
from harness.report.formatting import count_benchmarks, format_self_test
from harness.report.tables import audit


def method(record: Record) -> tuple[str, ...]:
    """Ten sentences, in the order in which things happen."""
    plan = record.run.plan
    effort = plan.effort
    again = f"{plan.baseline} takes part twice, also against itself (the self-test)"
    value = (
        f"one value of {effort.value_seconds * 1000:g} ms or more; one loop count serves the whole benchmark"
    )
    return (
        f"Each case is observed in {PROCESSES} fresh processes, several times in each on a new loop.",
        "What disagrees with its promise, type for type, crashes or hangs has a verdict and never a number.",
        f"Timed: {count_benchmarks(len(plan.timed_benchmarks))}; {again}.",
        " ".join(_workers(record)),
        f"They take turns in an order drawn anew for each (seed {plan.seed}): {_turns(record)}.",
        f"A turn: a full collection, {_untimed(record)}, the clock around {value}.",
        "A round's sample is the median over its turns of ln(t / t of the baseline) within the same turn.",
        _interval(record),
        _stopping(record),
        " ".join(_trial(record)),
    )


def _workers(record: Record) -> Iterator[str]:
    """Where the workers of a round live, and in which rows it is otherwise."""
    pinned = record.run.machine.pinned
    where = f"pinned to CPU {', '.join(map(str, pinned))}" if pinned else "not pinned, for this system cannot"
    yield f"In every round each backend has a fresh worker; all are alive at once, {where}."
    timed = [line for line in record.results if line.settings is not None]
    if two := [line for line in timed if line.benchmark.cpus > 1]:
        yield f"In {count_benchmarks(len(two))}, of scenarios that need two CPUs, they have two."
    if apart := [line for line in timed if line.settings is not None and line.settings.one_at_a_time]:
        count = count_benchmarks(len(apart))
        yield f"In {count}, of long iterations, they live one by one and give one value each."


def _interval(record: Record) -> str:
    """How a ratio's interval is made, and at which level."""
    plan = record.run.plan
    adjusted = f"adjusted for {plan.comparisons} comparisons" if plan.effort.adjusted else "not adjusted"
    level = f"{plan.level:.2%} ({adjusted})"
    if record.run.method == FIRST_METHOD:
        return f"An estimate is the median over rounds, its interval exact at {level}."
    return f"A ratio is the middle of its rounds by signed ranks, its interval exact at {level}."


def _untimed(record: Record) -> str:
    """Iterations before the clock, which warm the caches again: of the rows that had any."""
    counts = {line.settings.untimed for line in record.results if line.settings is not None} - {0}
    if not counts:
        return "no untimed iterations"
    few, many = min(counts), max(counts)
    return f"{few} to {many} untimed iterations" if few < many else f"untimed iterations ({few})"


def _turns(record: Record) -> str:
    """Turns of a round: with how many a row begins, and how many its rows came to take."""
    first = record.run.plan.effort.turns
    taken = {line.settings.turns for line in record.results if line.settings is not None} or {first}
    if taken == {first}:
        return f"{first} a round"
    came_to = f"{min(taken)} to {max(taken)}" if len(taken) > 1 else str(min(taken))
    return f"{first} a round, then {came_to}, as many as a benchmark's first rounds showed to pay"


def _stopping(record: Record) -> str:
    effort, margin = record.run.plan.effort, record.run.plan.margin
    interval = "interval" if record.run.method == FIRST_METHOD else "95% interval"
    if effort.fixed_rounds:
        until = f"Every benchmark has exactly {effort.fixed_rounds} rounds"
    else:
        until = (
            f"Rounds are taken until every {interval} of the benchmark is within ±{effort.precision:.1%}, "
            f"or {effort.max_seconds:g} s are over"
        )
    return f"{until}; ratios within {margin * 100:g}% of 1 are equal."


def _trial(record: Record) -> Iterator[str]:
    """The method's check on itself: by this record, and by an audit, be it this record or another."""
    if record.run.audit is None:
        yield _again(record)
        yield _audit(record.audit)
    yield from audit.sentences(record)


def _again(record: Record) -> str:
    repeats = record.self_test
    if repeats is None:
        return "The baseline has no interval against itself in this record: the method was not checked by it."
    widest = max(
        (line for line in record.results if line.self_test is not None and line.self_test.has_interval),
        key=lambda line: line.self_test.half_width if line.self_test else 0.0,
    )
    shown = f"; its widest, on {widest.benchmark.id}: {format_self_test(widest)}"
    return (
        f"Identical code was called different in {repeats.differing} of {repeats.benchmarks} benchmarks, "
        f"at 95% (chance allows {repeats.allowed}){shown}."
    )


def _audit(found: AuditSummary | None) -> str:
    if found is None:
        return "No audit of this machine and Python was on record: loopcmp audit puts the method on trial."
    return f"An audit on this machine, {found.folder} of {found.started[:10]}: {' '.join(found.sentences)}"
