"""How a record was made, in ten sentences; every figure is the record's or the program's own."""

from collections.abc import Iterator

from harness.records.entries import FIRST_METHOD
from harness.records.plan import PROCESSES
from harness.records.record import AuditSummary, Record
from harness.report.formatting import count_benchmarks, format_self_test
from harness.report.tables import audit


def method(record: Record) -> tuple[str, ...]:
    """Return ten sentences, in the order in which things happen."""
    plan = record.run.plan
    effort = plan.effort
    self_test = f"{plan.baseline} takes part twice, also against itself (the self-test)"
    value = (
        f"one value of {effort.value_seconds * 1000:g} ms or more; one loop count serves the whole benchmark"
    )
    return (
        f"Each case is observed in {PROCESSES} fresh processes, several times in each on a new loop.",
        "What disagrees with its promise, type for type, crashes or hangs has a verdict and never a number.",
        f"Timed: {count_benchmarks(len(plan.timed_benchmarks))}; {self_test}.",
        " ".join(_workers(record)),
        f"They take turns in an order drawn anew for each (seed {plan.seed}): {_turns(record)}.",
        f"A turn: a full collection, {_untimed(record)}, the clock around {value}.",
        "A round's sample is the median over its turns of ln(t / t of the baseline) within the same turn.",
        _interval(record),
        _stopping(record),
        " ".join(_trial(record)),
    )


def _workers(record: Record) -> Iterator[str]:
    """Say where the workers of a round live, and in which benchmarks it is otherwise."""
    pinned = record.run.machine.pinned
    where = f"pinned to CPU {', '.join(map(str, pinned))}" if pinned else "not pinned, for this system cannot"
    yield f"In every round each backend has a fresh worker; all are alive at once, {where}."
    timed = [result for result in record.results if result.settings is not None]
    if two := [result for result in timed if result.benchmark.cpus > 1]:
        yield f"In {count_benchmarks(len(two))}, of scenarios that need two CPUs, they have two."
    if apart := [result for result in timed if result.settings is not None and result.settings.one_at_a_time]:
        count = count_benchmarks(len(apart))
        yield f"In {count}, of long iterations, they live one after the other and give one value each."


def _interval(record: Record) -> str:
    """How a ratio's interval is made, and at which level."""
    plan = record.run.plan
    adjusted = f"adjusted for {plan.comparisons} comparisons" if plan.effort.adjusted else "not adjusted"
    level = f"{plan.level:.2%} ({adjusted})"
    if record.run.method == FIRST_METHOD:
        return f"An estimate is the median over rounds, its interval exact at {level}."
    return f"A ratio is the middle of its rounds by signed ranks, its interval exact at {level}."


def _untimed(record: Record) -> str:
    """Say how many iterations warm the caches again before the clock, in the benchmarks that have any."""
    counts = {result.settings.untimed for result in record.results if result.settings is not None} - {0}
    if not counts:
        return "no untimed iterations"
    few, many = min(counts), max(counts)
    return f"{few} to {many} untimed iterations" if few < many else f"untimed iterations ({few})"


def _turns(record: Record) -> str:
    """Say with how many turns a round begins, and how many the benchmarks' rounds came to take."""
    first = record.run.plan.effort.turns
    taken = {result.settings.turns for result in record.results if result.settings is not None} or {first}
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
    """Yield the method's check on itself: by this record, and by an audit, be it this record or another."""
    if record.run.audit is None:
        yield _self_test(record)
        yield _audit(record.audit)
    yield from audit.sentences(record)


def _self_test(record: Record) -> str:
    check = record.self_test
    if check is None:
        return "The baseline has no interval against itself in this record: the method was not checked by it."
    widest = max(
        (
            result
            for result in record.results
            if result.self_test is not None and result.self_test.has_interval
        ),
        key=lambda result: result.self_test.half_width if result.self_test else 0.0,
    )
    shown = f"; its widest, on {widest.benchmark.id}: {format_self_test(widest)}"
    return (
        f"Identical code was called different in {check.differing} of {check.benchmarks} benchmarks, "
        f"at 95% (chance allows {check.allowed}){shown}."
    )


def _audit(summary: AuditSummary | None) -> str:
    if summary is None:
        return "No audit of this machine and Python was on record: loopcmp audit puts the method on trial."
    return (
        f"An audit on this machine, {summary.folder} of {summary.started[:10]}: {' '.join(summary.sentences)}"
    )
