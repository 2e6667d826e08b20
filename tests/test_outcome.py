"""What a run's end means as an exit code."""

from dataclasses import replace

import pytest

from harness.cli.outcome import exit_code
from harness.record import Record
from harness.verdict import Finding, Verdict
from tests.records import everything


def of(*verdicts: Verdict) -> Record:
    """A record of one row on as many backends."""
    record = everything()
    line = record.lines[0]
    cells = tuple(replace(line.cells[0], finding=Finding(one, "no such library")) for one in verdicts)
    return replace(record, lines=(replace(line, cells=cells),))


@pytest.mark.parametrize(
    ("verdicts", "named", "code"),
    [
        ([Verdict.AGREES, Verdict.UNAVAILABLE], [], 0),
        ([Verdict.AGREES, Verdict.UNAVAILABLE], ["uvloop: gone"], 3),
        ([Verdict.DIFFERS, Verdict.UNAVAILABLE], ["uvloop: gone"], 1),
        ([Verdict.UNSUPPORTED], [], 0),
        ([Verdict.UNAVAILABLE, Verdict.UNAVAILABLE], [], 3),
    ],
)
def test_findings_are_1_and_what_was_asked_for_and_cannot_run_is_3(
    verdicts: list[Verdict], named: list[str], code: int
) -> None:
    assert exit_code(of(*verdicts), named) == code


def test_why_nothing_could_be_measured_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code(of(Verdict.UNAVAILABLE, Verdict.UNAVAILABLE))
    assert capsys.readouterr().err == "loopcmp: could not measure anything: no such library\n"
