"""Writes into README.md and docs/method.md how often the method errs: no figure there is typed.

    python docs/how_sure.py

The figures are of all published audits by the newest version of the method that has any.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.analysis.audit import ErrorRate, efficiency_gain, procedure, shift
from harness.analysis.detection import DetectionRate, planted
from harness.analysis.machine_pace import drift
from harness.records.counting import counted
from harness.records.record import Record
from harness.records.store import published, read_record
from harness.records.trials import TrialResult

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
BEGIN, END = "<!-- written by docs/how_sure.py -->", "<!-- until here -->"

ASKED_ABOUT = 0.01
"""The planted difference whose rate of detection the README tells: the one that people ask about."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A published audit: the name of its folder, and its record."""

    name: str
    record: Record

    @property
    def benchmark(self) -> str:
        """The id of the benchmark that was timed."""
        return self.record.run.plan.benchmarks[0].id

    @property
    def trials(self) -> tuple[TrialResult, ...]:
        """The trials of the audit."""
        return self.record.trials


def main() -> None:
    """Write the figures between the marks of both documents."""
    audits = newest_audits(RESULTS)
    for document, text in (
        (ROOT / "README.md", sentence(audits)),
        (ROOT / "docs" / "method.md", table(audits)),
    ):
        document.write_text(replaced(document.read_text(encoding="utf-8"), text), encoding="utf-8")


def newest_audits(results: Path) -> tuple[Audit, ...]:
    """Return the published audits by the newest version of the method that has any, oldest first."""
    audits = [Audit(folder.name, read_record(folder)) for folder in published(results)]
    audits = [audit for audit in audits if audit.record.run.audit is not None]
    newest = max((audit.record.run.method or "1" for audit in audits), default="1")
    return tuple(audit for audit in audits if (audit.record.run.method or "1") == newest)


def replaced(document: str, text: str) -> str:
    """Return a document with this text between its marks. Raises ValueError where it lacks them."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def sentence(audits: Sequence[Audit]) -> str:
    """Return the README's sentence: how often identical code was called different, and 1% found."""
    errors, found = _errors(audits), _found(_rates(audits, ASKED_ABOUT))
    links = ", ".join(f"[{number}](results/{audit.name}/report.md)" for number, audit in enumerate(audits, 1))
    return (
        f"In {counted(len(audits), 'audit')} ({links}) identical code was\n"
        f"called different in {errors.wrong} of {errors.trials} comparisons ({errors.rate:.1%}), "
        f"and a planted difference of 1% was found in {found}."
    )


def table(audits: Sequence[Audit]) -> str:
    """Return the table of docs/method.md: a column for each audit, and one for all of them."""
    places = ", ".join(f"`results/{audit.name}`" for audit in audits)
    pythons = ", ".join(sorted({audit.record.run.machine.build for audit in audits}))
    rows = "\n".join(map(_line, _rows(audits)))
    version = audits[0].record.run.method or "1"
    return f"Audits by version {version} of the method: {places},\non asyncio of {pythons}.\n\n{rows}"


def _rows(audits: Sequence[Audit]) -> Iterator[Sequence[str]]:
    yield ["what was tried", *(f"`{audit.benchmark}`" for audit in audits), "all"]
    yield ["---"] * (len(audits) + 2)
    errors = _errors(audits)
    bound = f"{errors.rate:.1%}, at most {errors.bound:.1%} with 95% confidence"
    yield ["identical code called different", *_counts(audits, "identical"), f"{_counted(errors)}: {bound}"]
    yield ["identical code's ratio lies at", *map(_shift, audits), ""]
    yield ["its spread, and what intervals claim", *_spreads(audits, "identical"), ""]
    for size in sorted({rate.trial.truth - 1 for audit in audits for rate in planted(audit.trials)}):
        found = [_found_with_bias(chosen, size) for chosen in (*([audit] for audit in audits), audits)]
        yield [f"a planted {size:.1%} found, and the bias", *found]
    usual = "the usual procedure called identical code different"
    yield [usual, *_counts(audits, "usual"), _counted(_errors(audits, "usual"))]
    yield ["its spread, and what it claims", *_spreads(audits, "usual"), ""]
    yield ["machine time × variance, against it", *map(_gain, audits), ""]
    yield ["the machine's own speed moved by", *map(_drift, audits), ""]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _errors(audits: Sequence[Audit], question: str = "identical") -> ErrorRate:
    """Return how often identical code was called different, over all audits."""
    answers = [answer for audit in audits if (answer := procedure(audit.trials, question)) is not None]
    return ErrorRate(
        sum(answer.errors.wrong for answer in answers), sum(answer.errors.trials for answer in answers)
    )


def _counts(audits: Sequence[Audit], question: str) -> Iterator[str]:
    return (_counted(_errors([audit], question)) for audit in audits)


def _counted(errors: ErrorRate) -> str:
    return f"{errors.wrong} of {errors.trials}" if errors.trials else ""


def _shift(audit: Audit) -> str:
    moved = shift(audit.trials)
    return "" if moved is None else f"{moved.mean:+.3%} (standard error {moved.error:.3%})"


def _spreads(audits: Sequence[Audit], question: str) -> Iterator[str]:
    answers = (procedure(audit.trials, question) for audit in audits)
    return ("" if answer is None else f"{answer.spread:.2%}, {answer.nominal:.2%}" for answer in answers)


def _rates(audits: Sequence[Audit], size: float) -> list[DetectionRate]:
    return [rate for audit in audits for rate in planted(audit.trials) if _is_of(rate.trial.truth, size)]


def _found(rates: Sequence[DetectionRate]) -> str:
    return f"{sum(rate.detected for rate in rates)} of {sum(rate.trials for rate in rates)}"


def _found_with_bias(audits: Sequence[Audit], size: float) -> str:
    rates = _rates(audits, size)
    trials = sum(rate.trials for rate in rates)
    if not trials:
        return ""
    bias = sum(rate.bias * rate.trials for rate in rates) / trials
    return f"{_found(rates)}, {bias * 100:+.2f} points"


def _is_of(truth: float, size: float) -> bool:
    return abs(truth - 1 - size) < size / 10


def _gain(audit: Audit) -> str:
    factor = efficiency_gain(audit.trials)
    return "" if factor is None else f"{factor:.0f} times less"


def _drift(audit: Audit) -> str:
    apart = drift(audit.trials)
    return "" if apart is None else f"{apart:.0%}"


if __name__ == "__main__":
    main()
