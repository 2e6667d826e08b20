"""The tables and sentences of an audit, from its trials."""

from collections.abc import Iterator, Mapping, Sequence

from harness.analysis.audit import (
    INVARIANCE_BAR,
    InvarianceCheck,
    Procedure,
    efficiency_gain,
    invariance,
    levels,
    procedure,
    shift,
)
from harness.analysis.detection import DetectionRate, planted
from harness.analysis.machine_pace import machine_pace
from harness.records.record import Record
from harness.report.backend_names import shown_names
from harness.report.formatting import format_ratio
from harness.report.tables.table import Table, names, numbers, texts

PROCEDURES = {"identical": "workers taking turns", "usual": "all of A, then all of B, by pyperf"}
"""The questions that identical code is put to, and the procedures that answer them."""


def tables(record: Record) -> tuple[Table, ...]:
    """Return what the audit found, as tables; none if the record is of a run."""
    made = (_procedures(record), _planted(record), _invariance(record))
    return tuple(table for table in made if table.rows)


def _procedures(record: Record) -> Table:
    procedures = ((words, procedure(record.trials, name)) for name, words in PROCEDURES.items())
    return Table(
        "Identical code compared with itself",
        (
            *texts("procedure"),
            *numbers("comparisons", "called different", "error rate at most"),
            *numbers("spread of the ratio", "spread it claims", "machine time each"),
        ),
        tuple(_procedure(words, answer) for words, answer in procedures if answer is not None),
        tuple(_procedure_notes(record)),
    )


def _procedure(words: str, answer: Procedure) -> tuple[str, ...]:
    errors = answer.errors
    return (
        words,
        f"{errors.trials}",
        f"{errors.wrong} ({errors.rate:.1%})",
        f"{errors.bound:.1%}",
        f"{answer.spread:.2%}",
        f"{answer.nominal:.2%}",
        f"{answer.seconds:.1f} s",
    )


def _procedure_notes(record: Record) -> Iterator[str]:
    yield "The bound is one-sided, at 95%."
    if procedure(record.trials, "usual") is not None:
        yield "Both procedures ran on the same CPU, and took about the same machine time."
    if (factor := efficiency_gain(record.trials)) is not None:
        yield f"Machine time × variance: {factor:.0f} times less by taking turns."
    if (moved := shift(record.trials)) is not None:
        yield (
            f"Identical code lies at {moved.mean:+.3%}, with a standard error of {moved.error:.3%}; "
            f"of its errors {moved.less} said less time and {moved.more} more."
        )
    if (pace := machine_pace(record.trials)) is not None:
        yield (
            "The machine's speed: nine in ten comparisons found the baseline's own time between "
            f"{pace.low:.2f} and {pace.high:.2f} times its median, the slowest {pace.most:.2f} times it. "
            "Arms that take turns are slowed down alike, so that their ratio does not move with it."
        )
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
        tuple(map(_detection, planted(record.trials))),
        ("Iterations that are run and not reported: the truth is exact. Found: the interval is above 1.",),
    )


def _detection(rate: DetectionRate) -> tuple[str, ...]:
    return (
        f"{rate.trial.truth - 1:.1%}",
        f"{rate.trials}",
        f"{rate.detected} ({rate.detected / rate.trials:.0%})",
        f"{rate.covered} ({rate.covered / rate.trials:.0%})",
        f"{rate.bias * 100:+.2f} pp",
        f"{rate.seconds:.1f} s",
    )


def _invariance(record: Record) -> Table:
    shown = shown_names(check.backend for check in invariance(record.trials))
    return Table(
        "The ratio at other loop and turn counts",
        (
            *names("backend"),
            *numbers("loops", "turns", "ratio", "apart from the usual", "totals apart from medians"),
        ),
        tuple(_invariant(check, shown) for check in invariance(record.trials)),
        tuple(_invariance_notes(invariance(record.trials))),
    )


def _invariance_notes(checks: Sequence[InvarianceCheck]) -> Iterator[str]:
    yield (
        "A ratio that depends on how it was taken is no property of the loop: it must lie within "
        f"±{INVARIANCE_BAR:.0%} of the usual."
    )
    if (sentence := invariance_sentence(checks)) is not None:
        yield sentence


def invariance_sentence(checks: Sequence[InvarianceCheck]) -> str | None:
    """Return whether ratios at other counts keep to the bar, and which is furthest off; None without any."""
    others = [check for check in checks if (check.trial.loops, check.trial.turns) != (1, 1)]
    if not others:
        return None
    bar = f"The bar of ±{INVARIANCE_BAR:.0%} at other loop and turn counts"
    missed = sum(check.is_missed for check in others)
    furthest = max(others, key=lambda check: abs(check.apart))
    backend = shown_names([furthest.backend])[furthest.backend]
    counts = f"loops × {furthest.trial.loops:g}, turns × {furthest.trial.turns:g}"
    most = f"the furthest is {furthest.apart:+.2%} ({backend}, {counts})"
    how = f"missed by {missed} of {len(others)}" if missed else f"kept by all {len(others)}"
    return f"{bar} is {how} ratios; {most}."


def _invariant(check: InvarianceCheck, shown: Mapping[str, str]) -> tuple[str, ...]:
    return (
        shown[check.backend],
        f"× {check.trial.loops:g}",
        f"× {check.trial.turns:g}",
        format_ratio(check.ratio),
        f"{check.apart:+.2%}{' misses the bar' if check.is_missed else ''}",
        f"{check.means:+.2%}",
    )


def sentences(record: Record) -> tuple[str, ...]:
    """Return the audit in plain sentences; none if the record is of a run."""
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
    for rate in planted(record.trials):
        yield (
            f"A planted difference of {rate.trial.truth - 1:.1%} was found in {rate.detected} of "
            f"{rate.trials} comparisons, after a median of {rate.seconds:.0f} s."
        )
    if (bar := invariance_sentence(invariance(record.trials))) is not None:
        yield bar
    moved = shift(record.trials)
    if moved is not None and moved.is_resolved:
        yield (
            f"Identical code lies at {moved.mean:+.3%}, more than two standard errors ({moved.error:.3%}) "
            "from 0: something tells arms of the same code apart, and no smaller difference means anything."
        )
    failed = [trial for trial in record.trials if not trial.comparisons]
    if failed:
        yield f"{len(failed)} trials failed and count in no figure; the first: {failed[0].reason}."
