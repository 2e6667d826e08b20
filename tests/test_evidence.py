"""The evidence under a difference: errors, warnings, leaks and waiting tasks, alike in every format."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from harness.protocol.descriptions import Outcome
from harness.protocol.evidence import Frame, RaisedError, WaitingTask
from harness.protocol.observations import (
    Diagnostic,
    Leaks,
    Observation,
    ObservationCount,
    ProcessObservations,
    WorkerExit,
)
from harness.records.entries import CaseObserved
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report import Format, render
from harness.report.differences import differences, remarks
from harness.report.formats import cases
from harness.report.formats.terminal import render_details, show_check
from tests.records import (
    ASYNCIO,
    TRIO,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    raised,
    record_of,
    returned,
    twice,
)

PROBE = fake_benchmark("probe", returned(1))
OWN = Frame("mine.py", 12, "probe", 'parse("x")', own=True)
THEIRS = Frame("library/parser.py", 5, "parse", "raise TypeError(text)")


def record(
    uvloop: tuple[ProcessObservations, ...], trio: tuple[ProcessObservations, ...] | None = None
) -> Record:
    fine = twice(observation(returned(1)))
    seen = {ASYNCIO: fine, UVLOOP: uvloop, TRIO: fine if trio is None else trio}
    return record_of(plan(PROBE), *(CaseObserved(PROBE.id, name, looks) for name, looks in seen.items()))


def failing(text: str) -> Observation:
    error = RaisedError(f"TypeError: {text}", (OWN, THEIRS))
    warning = Diagnostic("unclosed", message=f"unclosed <socket of {text}>")
    left = Leaks(descriptors=1, details=("descriptor: socket TCP 127.0.0.1:1234",))
    return replace(observation(raised(TypeError())), errors=(error,), diagnostics=(warning,), leaks=left)


EVIDENCE = (
    "TypeError: no such keyword",
    '  mine.py:12 in probe: parse("x")',
    "  library/parser.py:5 in parse: raise TypeError(text)",
    "unclosed: unclosed <socket of no such keyword>",
    "left descriptor: socket TCP 127.0.0.1:1234",
)


def test_under_a_difference_stand_messages_lines_warnings_and_what_is_left() -> None:
    [difference] = differences(record(twice(failing("no such keyword"))), Verdict.DIFFERENT_RESULT)
    assert difference.evidence == EVIDENCE


@pytest.mark.parametrize(
    "rendered",
    [
        render_details,
        partial(render, form=Format.MARKDOWN),
        partial(render, form=Format.HTML),
        partial(render, form=Format.JSON),
    ],
    ids=["terminal", "markdown", "html", "json"],
)
def test_every_format_shows_the_messages(rendered: Callable[[Record], str]) -> None:
    shown = rendered(record(twice(failing("no such keyword"))))
    for words in ("TypeError: no such keyword", "socket TCP 127.0.0.1:1234"):
        assert words in shown


def test_check_as_json_shows_the_evidence_of_every_case() -> None:
    shown = cases.render(record(twice(failing("no such keyword"))))
    for line in EVIDENCE:
        assert line.strip().replace('"', '\\"') in shown


def test_messages_are_never_compared() -> None:
    assert failing("one") == failing("other")


def test_backends_whose_evidence_differs_are_named() -> None:
    seen = record(twice(failing("one")), twice(failing("other")))
    [difference] = differences(seen, Verdict.DIFFERENT_RESULT)
    assert "on uvloop:" in difference.evidence
    assert "  TypeError: one" in difference.evidence
    assert "on trio:" in difference.evidence
    assert "  TypeError: other" in difference.evidence


def test_where_the_baseline_raised_and_nothing_is_promised_its_error_stands_under_the_difference() -> None:
    probe = fake_benchmark("probe")
    seen = {
        ASYNCIO: twice(failing("no such keyword")),
        UVLOOP: twice(failing("no such keyword")),
        TRIO: twice(observation(returned(1))),
    }
    entries = [CaseObserved(probe.id, name, looks) for name, looks in seen.items()]
    [difference] = differences(record_of(plan(probe), *entries), Verdict.DIFFERENT_RESULT)
    assert (difference.case, difference.expected) == ("probe on trio", "first seen on asyncio")
    assert difference.evidence[:3] == ("on asyncio:", *(f"  {line}" for line in EVIDENCE[:2]))


def test_a_hang_shows_where_each_task_waits() -> None:
    ended = WorkerExit("gave no answer for 3 s", timed_out=True, waiting=(WaitingTask("task probe", (OWN,)),))
    [difference] = differences(record(twice_ended(ended)), Verdict.TIMED_OUT)
    assert difference.evidence == ("task probe is at", '  mine.py:12 in probe: parse("x")')


def twice_ended(ended: WorkerExit) -> tuple[ProcessObservations, ...]:
    return (ProcessObservations(ended=ended), ProcessObservations(ended=ended))


def test_a_case_that_returns_and_leaves_nothing_has_no_evidence() -> None:
    fine = record(twice(observation(Outcome("returned", returned(2).what))))
    [difference] = differences(fine, Verdict.DIFFERENT_RESULT)
    assert difference.evidence == ()


def test_what_only_the_first_run_left_is_said_of_a_case_that_is_as_promised() -> None:
    fine = observation(returned(1))
    first = replace(fine, leaks=Leaks(children=1, details=("child process: tracker",)))
    process = ProcessObservations((ObservationCount(first, 1), ObservationCount(fine, 7)))
    seen = record((process, process))
    [remark] = remarks(seen)
    assert remark.case == "probe on uvloop"
    assert remark.reason == "left at the first run in a process only: children: 1"
    assert remark.evidence == ("left child process: tracker",)
    for shown in (render(seen, Format.MARKDOWN), render_details(seen)):
        assert "left child process: tracker" in shown


def test_check_prints_the_versions_of_every_backend(capsys: pytest.CaptureFixture[str]) -> None:
    seen = record(twice(observation(returned(1))))
    show_check(seen)
    lines = capsys.readouterr().out.splitlines()
    for backend in seen.run.plan.backends:
        assert any(line.startswith(f"{backend.loop.name}: ") and "CPython" in line for line in lines)


def test_check_as_json_holds_the_versions_of_every_case() -> None:
    seen = json.loads(cases.render(record(twice(observation(returned(1))))))
    assert [case["versions"]["python"].partition(" ")[0] for case in seen] == ["CPython"] * 3
