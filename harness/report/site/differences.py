"""Where a loop does otherwise than promised, as the newest record of each benchmark has it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from harness.records.counting import counted
from harness.records.verdict import FINDINGS, Verdict
from harness.report.site.summary import CaseSummary, RecordSummary, loop_of
from harness.report.verdict_signs import VERDICTS


@dataclass(frozen=True, slots=True)
class LoopDifference:
    """A case that is not the same result, and the record that it was observed in."""

    summary: RecordSummary
    case: CaseSummary

    @property
    def address(self) -> str:
        """Where its evidence stands, from the site's root."""
        return f"records/{self.summary.name}.html#{self.case.page}"

    @property
    def shown(self) -> str:
        """The name of its backend that people see."""
        return self.summary.shown(self.case.backend)

    @property
    def css_class(self) -> str:
        """The class of its verdict."""
        return VERDICTS[Verdict(self.case.verdict)].css_class


def differences_of(loop: str, newest_first: Sequence[RecordSummary]) -> tuple[LoopDifference, ...]:
    """Return where a loop gives another result, none at all, or what is documented; that comes last.

    Each benchmark on each backend is told once, as the newest finished record has it that observed it.
    """
    newest: dict[tuple[str, str], LoopDifference] = {}
    for summary in newest_first:
        for case in summary.cases if summary.finished else ():
            if loop_of(case.backend) == loop and case.was_observed:
                newest.setdefault((case.benchmark, case.backend), LoopDifference(summary, case))
    differing = (each for each in newest.values() if each.case.verdict != Verdict.SAME_RESULT)
    return tuple(sorted(differing, key=lambda each: (_gravity(each.case), each.case.reason, each.shown)))


def _gravity(case: CaseSummary) -> int:
    """Return where a case stands: findings first, then what is unsupported, then known differences."""
    return 0 if case.verdict in FINDINGS else 2 if case.is_right else 1


def alike_together(differences: Sequence[LoopDifference]) -> tuple[tuple[LoopDifference, ...], ...]:
    """Return the differences of one benchmark for one reason together, whatever backends have them."""
    groups: dict[tuple[str, str, str], list[LoopDifference]] = {}
    for each in differences:
        groups.setdefault((each.case.benchmark, each.case.verdict, each.case.reason), []).append(each)
    return tuple(map(tuple, groups.values()))


def differences_text(differences: Sequence[LoopDifference]) -> str:
    """Return how many benchmarks differ, in words: "1 finding, 4 known differences"."""
    findings = _benchmarks(differences, FINDINGS)
    unsupported = _benchmarks(differences, {Verdict.UNSUPPORTED})
    known = _benchmarks(differences, {Verdict.KNOWN_DIFFERENCE})
    parts = [counted(len(findings), "finding")] if findings else []
    parts += [f"{len(unsupported)} unsupported"] if unsupported else []
    parts += [counted(len(known), "known difference")] if known else []
    return ", ".join(parts) or "no known difference"


def _benchmarks(differences: Sequence[LoopDifference], verdicts: Collection[Verdict]) -> set[str]:
    return {each.case.benchmark for each in differences if each.case.verdict in verdicts}
