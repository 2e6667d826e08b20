"""The specification's sensitivity: every fault that is planted is found soon, and made small.

Which faults, and why each is one, `planted` says. A fault that heals itself is not in it: AnyIO delivers a
cancellation again in every iteration of the loop, so that one which is swallowed once comes again, and a
timer of a scope that has been left finds nothing to cancel: nothing that a program could see would differ.
"""

import resource
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.registry import find_backend
from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.generator import Series
from harness.fuzz.investigation import Investigation
from harness.fuzz.kinds import Profile
from harness.fuzz.known import read_known, rows_about, versions_here, with_quirks
from harness.fuzz.language import size
from harness.fuzz.outcomes import assess
from harness.fuzz.running import Interpreter
from harness.fuzz.state import ENOUGH
from harness.fuzz.subject import Subject, make_subject
from harness.fuzz.text import read_program, write_program
from tests.fuzz.planted import FAULTS

PLANTED = Path(__file__).with_name("planted.py")
SECONDS = 60.0
SMALL = 6
"""Statements that a program has at most that shows a fault."""

BATCH, BATCHES = 50, 40


def cpu_seconds() -> float:
    """What this process and the children that it has waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def healthy() -> Subject:
    subject = make_subject(find_backend("asyncio"), sys.executable)
    return with_quirks(subject, rows_about(read_known(), subject, versions_here(subject)))


def next_suspect(subject: Subject, series: Series, first: int) -> Suspect | None:
    """The first program from this number on that goes wrong, within the seconds of CPU that are allowed."""
    begun = cpu_seconds()
    while cpu_seconds() - begun < SECONDS:
        with Interpreter(subject) as interpreter:  # ended now and then: only then is its CPU time counted
            for _ in range(BATCHES):
                if suspect := suspect_in(subject, interpreter, series, first):
                    return suspect
                first += BATCH
    return None


def suspect_in(subject: Subject, interpreter: Interpreter, series: Series, first: int) -> Suspect | None:
    before = ""
    programs = [series.program(number) for number in range(first, first + BATCH)]
    for number, (program, run) in enumerate(zip(programs, interpreter.run(programs), strict=True), first):
        text = write_program(program)
        if symptoms := assess(subject, program, run).symptoms:
            problem, signature = symptoms[0].problem, symptoms[0].signature
            return Suspect(subject.name, number, text, before, problem, signature)
        before = text
    return None


def look_into(subject: Subject, suspect: Suspect) -> Finding:
    with Interpreter(subject) as interpreter:
        return Investigation(subject, interpreter, suspect).conclude()


def smallest_finding(subject: Subject, series: Series) -> Finding | None:
    """What a campaign makes of a fault: it looks into a few suspects, and keeps the smallest program."""
    found: Finding | None = None
    first = 0
    for _ in range(ENOUGH):
        suspect = next_suspect(subject, series, first)
        if suspect is None:
            break
        finding = look_into(subject, suspect)
        if found is None or size(read_program(finding.program)) < size(read_program(found.program)):
            found = finding
        if size(read_program(found.program)) <= SMALL:
            break
        first = suspect.number + 1
    return found


def test_every_part_has_faults_enough() -> None:
    profiles = [profile for profile, _ in FAULTS.values()]
    assert len(FAULTS) >= 24
    for profile in Profile:
        if profile is not Profile.ALL:
            assert profiles.count(profile.value) >= 2, profile


ONE_OF_EACH_PROFILE = sorted({profile: name for name, (profile, _) in FAULTS.items()}.values())
"""A fault of each profile, which continuous integration has the time for."""


@pytest.mark.long
@pytest.mark.workers
@pytest.mark.parametrize("name", ONE_OF_EACH_PROFILE)
def test_a_planted_fault_of_each_profile_is_found_and_made_small(name: str) -> None:
    find_and_make_small(name, seed=1)


@pytest.mark.slow
@pytest.mark.workers
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", FAULTS)
def test_every_planted_fault_is_found_and_made_small_whatever_the_seed(name: str, seed: int) -> None:
    find_and_make_small(name, seed)


def find_and_make_small(name: str, seed: int) -> None:
    profile, _ = FAULTS[name]
    broken = replace(healthy(), faults=(f"{PLANTED}::{name}",))
    finding = smallest_finding(broken, Series(seed, Profile(profile)))
    assert finding is not None, f"not found in {SECONDS} s of CPU"
    program = read_program(finding.program)
    assert finding.confirmed > 0  # not always in all: in which order tasks are cancelled, a set decides
    assert size(program) <= SMALL, finding.program
    with Interpreter(healthy()) as interpreter:
        runs = [run for _ in range(3) if (run := interpreter.run_one(program))]
    assert [assess(healthy(), program, run).symptoms for run in runs] == [()] * 3, finding.program
