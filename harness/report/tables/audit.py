"""An audit's trials → its tables and sentences."""

from collections.abc import Iterator

from harness.analysis.audit import (
    DetectionRate,
    InvarianceCheck,
    Procedure,
    drift,
    efficiency_gain,
    invariance,
    levels,
    planted,
    procedure,
)
from harness.records.record import Record
from harness.report.formatting import format_ratio
from harness.report.tables.table import Table, names, numbers, texts

PROCEDURES = {"identical": "workers taking turns", "usual": "all of A, then all of B, by pyperf"}
"""The questions that identical code is put to, and the procedures that answer them."""


def tables(record: Record) -> tuple[Table, ...]:
    """What the audit found, as tables; none if the record is of a run."""
    made = (_procedures(record), _planted(record), _invariance(record))
    return tuple(table for table in made if table.rows)


def _procedures(record: Record) -> Table:
    found = ((words, procedure(record.trials, name)) for name, words in PROCEDURES.items())
    return Table(
        "Identical code compared with itself",
        (
            *texts("procedure"),
            *numbers("comparisons", "called different", "error rate at most"),
            *numbers("spread of the ratio", "spread it claims", "machine time each"),
        ),
        tuple(_procedure(words, one) for words, one in found if one is not None),
        tuple(_procedure_notes(record)),
    )


def _procedure(words: str, one: Procedure) -> tuple[str, ...]:
    errors = one.errors
    return (
        words,
        f"{errors.trials}",
        f"{errors.wrong} ({errors.rate:.1%})",
        f"{errors.bound:.1%}",
        f"{one.spread:.2%}",
        f"{one.nominal:.2%}",
        f"{one.seconds:.1f} s",
    )


def _procedure_notes(record: Record) -> Iterator[str]:
    yield (
        "The bound is one-sided, at 95%. Both procedures ran on the same CPU, and took about the same "
        "machine time."
    )
    if (factor := efficiency_gain(record.trials)) is not None:
        yield f"Machine time × variance: {factor:.0f} times less by taking turns."
    if (apart := drift(record.trials)) is not None:
        yield f"The baseline's own time drifted by {apart:.0%} of its median over the audit."
    if (spread := levels(record.trials)) is not None:
        yield (
            f"Standard deviation of identical code's times: {spread.turn:.2%} from turn to turn, "
            f"{spread.worker:.2%} from worker to worker, {spread.round:.2%} from round to round."
        )


def _planted(record: Record) -> Table:
    return Table(
        "Planted differences",
        numbers(
            "planted", "comparisons", "found", "truth inside the interval", "bias", "machine time, median"
        ),
        tuple(map(_found, planted(record.trials))),
        ("Iterations that are run and not reported: the truth is exact. Found: the interval is above 1.",),
    )


def _found(one: DetectionRate) -> tuple[str, ...]:
    return (
        f"{one.trial.truth - 1:.1%}",
        f"{one.trials}",
        f"{one.detected} ({one.detected / one.trials:.0%})",
        f"{one.covered} ({one.covered / one.trials:.0%})",
        f"{one.bias * 100:+.2f} pp",
        f"{one.seconds:.1f} s",
    )


def _invariance(record: Record) -> Table:
    return Table(
        "The ratio at other loop and turn counts",
        (
            *names("backend"),
            *numbers("loops", "turns", "ratio", "apart from the usual", "totals apart from medians"),
        ),
        tuple(map(_invariant, invariance(record.trials))),
        ("A ratio that depends on how it was taken is no property of the loop: these must lie within ±1%.",),
    )


def _invariant(one: InvarianceCheck) -> tuple[str, ...]:
    return (
        one.backend,
        f"× {one.trial.loops:g}",
        f"× {one.trial.turns:g}",
        format_ratio(one.ratio),
        f"{one.apart:+.2%}",
        f"{one.means:+.2%}",
    )


def sentences(record: Record) -> tuple[str, ...]:
    """The audit in plain sentences; none if the record is of a run."""
    return tuple(_sentences(record))


def _sentences(record: Record) -> Iterator[str]:
    ours, theirs = (procedure(record.trials, name) for name in PROCEDURES)
    if ours is not None:
        errors = ours.errors
        yield (
            f"Identical code was called different in {errors.wrong} of {errors.trials} comparisons: "
            f"{errors.rate:.1%}, at most {errors.bound:.1%} with 95% confidence."
        )
    if theirs is not None:
        errors = theirs.errors
        yield (
            f"The usual procedure, all of A and then all of B, did so in {errors.wrong} of {errors.trials}; "
            f"its ratio spread by {theirs.spread:.2%} where it claims {theirs.nominal:.2%}."
        )
    for one in planted(record.trials):
        yield (
            f"A planted difference of {one.trial.truth - 1:.1%} was found in {one.detected} of {one.trials} "
            f"comparisons, after a median of {one.seconds:.0f} s."
        )
    failed = [tried for tried in record.trials if not tried.comparisons]
    if failed:
        yield f"{len(failed)} trials failed and count in no figure; the first: {failed[0].reason}."
