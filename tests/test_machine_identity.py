"""What makes two records comparable: the machine, its system and the kind of Python, not every update."""

from dataclasses import replace

import pytest

from harness.analysis.between import ComparisonBetween, between
from harness.errors import BadInput
from harness.records.machine import BackendEnvironment, kind_of_python
from harness.records.record import Record
from harness.report.tables.comparison import table_between
from tests.records import UVLOOP, everything

SYSTEM, BUILD = "Linux 6.1.0 x86_64", "CPython 3.13.0, GCC 12.2.0"


def on(**changes: object) -> Record:
    """Return a record of a machine that differs in these fields from the usual one."""
    record = everything()
    machine = replace(record.run.machine, system=SYSTEM, build=BUILD)
    return replace(record, run=replace(record.run, machine=replace(machine, **changes)))  # type: ignore[arg-type]


def told(comparison: ComparisonBetween) -> tuple[str, ...]:
    return table_between(comparison).notes


UPDATES = (
    {"system": "Linux 6.18.44-fc-v669 x86_64"},
    {"build": "CPython 3.13.9, GCC 12.2.0", "python": "3.13.9"},
    {"build": "CPython 3.13.0, Clang 18.1.3"},
)

OTHERS = (
    {"cpu": "Other 1"},
    {"cores": 64},
    {"system": "Linux 6.1.0 aarch64"},
    {"system": "Darwin 23.1.0 x86_64"},
    {"build": "CPython 3.14.0, GCC 12.2.0"},
    {"build": "CPython free-threaded 3.13.0, GCC 12.2.0"},
    {"build": "CPython JIT 3.13.0, GCC 12.2.0"},
    {"build": "PyPy 3.13.0, GCC 12.2.0"},
)


@pytest.mark.parametrize("update", UPDATES, ids=str)
def test_an_update_leaves_the_machine_what_it_was_and_is_warned_of(update: dict[str, object]) -> None:
    old, new = on(), on(**update)
    assert old.run.machine.identity == new.run.machine.identity
    name = "system" if "system" in update else "Python"
    assert any(f"{name} " in note and "→" in note for note in told(between([old], new)))
    assert not any("→" in note for note in told(between([old], old)))


@pytest.mark.parametrize("change", OTHERS, ids=str)
def test_another_machine_system_or_kind_of_python_is_not_compared(change: dict[str, object]) -> None:
    assert on().run.machine.identity != on(**change).run.machine.identity
    with pytest.raises(BadInput, match="not of the same machine and Python"):
        between([on()], on(**change))


def test_the_python_of_an_environment_counts_by_its_kind() -> None:
    def with_uvloop_on(build: str) -> Record:
        return on(environments=(BackendEnvironment(UVLOOP, python="3.14.1", build=build),))

    old = with_uvloop_on("CPython 3.14.1, GCC 12.2.0")
    comparison = between([old], with_uvloop_on("CPython 3.14.2, GCC 12.2.0"))
    assert any(f"Python of {UVLOOP} CPython 3.14.1" in note for note in told(comparison))
    with pytest.raises(BadInput, match="not of the same machine and Python"):
        between([old], with_uvloop_on("CPython free-threaded 3.14.1, GCC 12.2.0"))


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        ("CPython 3.13.0, GCC 12.2.0", "CPython 3.13"),
        ("CPython free-threaded JIT 3.15.0, Clang 18.1.3", "CPython free-threaded JIT 3.15"),
        ("PyPy 3.11.11, GCC 10.2.1", "PyPy 3.11"),
        ("", ""),
    ],
)
def test_a_kind_of_python_is_its_implementation_with_the_minor_version(build: str, kind: str) -> None:
    assert kind_of_python(build) == kind
