"""Another build of Python beside the baseline's is pointed out beside the ratios."""

from dataclasses import replace

import pytest

from harness.backends.builds import implementation
from harness.records.machine import BackendEnvironment
from harness.records.record import Record
from harness.report.notices import NoticeKind
from harness.report.warnings import notices
from tests.records import UVLOOP, everything


def on(build: str) -> Record:
    """Return a record whose uvloop ran on this build of Python."""
    record = everything()
    machine = replace(
        record.run.machine, environments=(BackendEnvironment(UVLOOP, python="3.12.1", build=build),)
    )
    return replace(record, run=replace(record.run, machine=machine))


def told(record: Record) -> list[str]:
    return [notice.text for notice in notices(record) if notice.kind is NoticeKind.ANOTHER_BUILD]


def test_another_compiler_is_pointed_out_with_both_builds() -> None:
    [text] = told(on("CPython 3.13.0, Clang 18.1.3"))
    assert f"{UVLOOP} on CPython 3.13.0, Clang 18.1.3" in text
    assert everything().run.machine.build in text


@pytest.mark.parametrize("build", ["", "CPython 3.12.1, {compiler}"])
def test_another_version_of_the_same_compiler_is_what_was_asked_for(build: str) -> None:
    compiler = everything().run.machine.build.partition(", ")[2]
    assert told(on(build.format(compiler=compiler))) == []
    assert told(everything()) == []


def test_a_build_begins_with_its_implementation() -> None:
    assert implementation().partition(" ")[0] in {"CPython", "PyPy"}
