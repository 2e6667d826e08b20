"""What a run's end means as an exit code."""

from dataclasses import replace

import pytest

from harness.cli.exit_codes import exit_code, unmeasured
from harness.records.record import Record
from harness.records.verdict import CaseVerdict, Verdict
from tests.records import everything


def of(*verdicts: Verdict) -> Record:
    """A record of one row on as many backends."""
    record = everything()
    line = record.results[0]
    cells = tuple(replace(line.cases[0], verdict=CaseVerdict(one, "no such library")) for one in verdicts)
    return replace(record, results=(replace(line, cases=cells),))


@pytest.mark.parametrize(
    ("verdicts", "named", "code"),
    [
        ([Verdict.SAME_RESULT, Verdict.UNAVAILABLE], [], 0),
        ([Verdict.SAME_RESULT, Verdict.UNAVAILABLE], ["uvloop: gone"], 3),
        ([Verdict.DIFFERENT_RESULT, Verdict.UNAVAILABLE], ["uvloop: gone"], 1),
        ([Verdict.UNSUPPORTED], [], 0),
        ([Verdict.UNAVAILABLE, Verdict.UNAVAILABLE], [], 3),
        ([Verdict.SAME_RESULT, Verdict.COULD_NOT_MEASURE], [], 3),
        ([Verdict.DIFFERENT_RESULT, Verdict.COULD_NOT_MEASURE], [], 1),
    ],
)
def test_findings_are_1_and_what_was_asked_for_and_cannot_run_is_3(
    verdicts: list[Verdict], named: list[str], code: int
) -> None:
    assert exit_code(of(*verdicts), named) == code


def test_why_nothing_could_be_measured_is_said_once() -> None:
    assert [*unmeasured(of(Verdict.UNAVAILABLE, Verdict.UNAVAILABLE))] == ["anything: no such library"]


def test_cases_that_could_not_be_measured_for_one_reason_are_named_together_with_it() -> None:
    record = of(Verdict.COULD_NOT_MEASURE, Verdict.COULD_NOT_MEASURE, Verdict.SAME_RESULT)
    benchmark = record.results[0].benchmark.id
    assert [*unmeasured(record)] == [f"{benchmark} on asyncio and 1 more: no such library"]
