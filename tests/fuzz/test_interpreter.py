"""The interpreter as a child process: in virtual and real time, and with loops that do anything to it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import Backend, Loop
from harness.backends.registry import find_backend
from harness.fuzz.generator import Series
from harness.fuzz.kinds import Profile
from harness.fuzz.known import KnownRow, read_known, rows_about, versions_here, with_quirks
from harness.fuzz.outcomes import Problem, assess
from harness.fuzz.running import CannotRun, Interpreter
from harness.fuzz.subject import Subject, make_subject
from harness.fuzz.text import read_program

pytestmark = pytest.mark.workers

HOSTILE = Path(__file__).with_name("hostile_loops.py")


def subject_of(name: str, *, real_time: bool = False) -> Subject:
    subject = make_subject(find_backend(name), sys.executable, real_time=real_time)
    return with_quirks(subject, rows_about(read_known(), subject, versions_here(subject)))


def with_fault(fault: str) -> Subject:
    return replace(subject_of("asyncio"), faults=(f"{HOSTILE}::{fault}",))


@pytest.mark.parametrize("name", ["asyncio", "trio", "asyncio+anyio", "asyncio+taskgroup"])
@pytest.mark.parametrize("profile", Profile)
def test_asyncio_and_trio_do_as_the_specification_says(name: str, profile: Profile) -> None:
    series, subject = Series(11, profile), subject_of(name)
    programs = [series.program(number) for number in range(150)]
    with Interpreter(subject) as interpreter:
        runs = [*interpreter.run(programs)]
    assert [assess(subject, *pair).symptoms for pair in zip(programs, runs, strict=True)] == [()] * 150


@pytest.mark.parametrize("name", ["asyncio", "trio", "uvloop"])
def test_so_they_do_in_real_time(name: str) -> None:
    series, subject = Series(12), subject_of(name, real_time=True)
    programs = [series.program(number) for number in range(10)]
    with Interpreter(subject) as interpreter:
        for program in programs:
            scales = (run for scale in subject.scales if (run := interpreter.run_one(program, scale)))
            assert any(assess(subject, program, run).is_well for run in scales), program


@pytest.mark.parametrize("row", read_known(), ids=lambda row: row.name)
def test_the_program_of_a_known_row_shows_it(row: KnownRow) -> None:
    name = "trio" if row.loops == ("family:trio",) else "asyncio"
    subject = subject_of(name, real_time=row.real_time)
    program = read_program(row.program)
    with Interpreter(subject) as interpreter:
        run = interpreter.run_one(program)
    assert run is not None
    assessment = assess(subject, program, run)
    assert assessment.quirks == {row.quirk}


@pytest.mark.parametrize(
    ("fault", "problem", "words"),
    [
        ("exits", Problem.DIED, "exited with status N"),
        ("crashes", Problem.DIED, "was killed by SIGSEGV"),
        ("floods_stderr", Problem.DIED, "was killed by SIGABRT"),
        ("hangs", Problem.HUNG, "nothing more happens"),
        ("logs", Problem.LAW, "logged: something is wrong"),
        ("leaks_descriptors", Problem.LAW, "descriptors left"),
        ("raises", Problem.ESCAPED, "RuntimeError: the loop is broken"),
    ],
)
def test_what_a_loop_does_to_its_process_is_the_symptom_of_its_program_alone(
    fault: str, problem: Problem, words: str
) -> None:
    subject = with_fault(fault)
    programs = [read_program(text) for text in ("checkpoint", "sleep until=3\ncheckpoint", "checkpoint")]
    with Interpreter(subject) as interpreter:
        interpreter.patience = 1.0
        runs = [*interpreter.run(programs)]
    symptoms = [assess(subject, *pair).symptoms for pair in zip(programs, runs, strict=True)]
    assert [bool(one) for one in symptoms] == [False, True, False]
    assert [one.problem for one in symptoms[1]] == [problem]
    assert words in symptoms[1][0].signature


def test_a_loop_that_cannot_be_imported_is_said_to_be_so() -> None:
    subject = make_subject(Backend(Loop("none", factory="no_such_module:loop"), "gather"), sys.executable)
    with Interpreter(subject) as interpreter, pytest.raises(CannotRun, match="no_such_module"):
        interpreter.run_one(read_program("checkpoint"))
