"""The table of faults in docs/reliability.md, counted from the tests themselves.

    python -m tests.fault_table

prints it as it is to stand there.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: the tests that commit it, by parts of their ids, and what comes of each."""

    words: str
    file: str
    outcome: str
    names: tuple[str, ...] = ("",)
    marks: str = ""
    attempts: int = 1
    """How many each test commits."""

    @property
    def command(self) -> str:
        """What repeats it."""
        chosen = f" -k '{' or '.join(self.names)}'" if any(self.names) else ""
        marks = f" -m {self.marks}" if self.marks else ""
        return f"python -m pytest{marks} {self.file}{chosen}"

    def count(self, ids: Sequence[str]) -> int:
        """How many are committed by the tests of these ids."""
        own = [name for name in ids if name.startswith(f"{self.file}::")]
        return self.attempts * sum(any(part in name for part in self.names) for name in own)


KINDS = (
    FaultKind(
        "a scenario or a loop does something to its worker",
        "tests/test_faults.py",
        "a verdict with its evidence; nothing is left",
        ("a_fault_has_its_verdict",),
        "long",
    ),
    FaultKind(
        "a daemon changes its session, limits, environment and oom_score_adj",
        "tests/test_containment.py",
        "ended; counted among what the scenario left",
        ("daemon",),
    ),
    FaultKind(
        "a parent is killed and leaves folders and processes",
        "tests/test_containment.py",
        "the next start removes them, and nothing else",
        ("dead_parent",),
    ),
    FaultKind(
        "a value of a record is out of range, leads nowhere or is there twice",
        "tests/test_strange_records.py",
        "one sentence with its place, exit 2",
        ("no_run_gives", "there_twice", "no_number"),
    ),
    FaultKind(
        "one value of a record is changed at random",
        "tests/test_strange_records.py",
        "one sentence, or shown in every format without doing anything",
        ("a_record_with_one_value_changed",),
        attempts=200,
    ),
    FaultKind(
        "one value of a journal is changed at random",
        "tests/test_strange_records.py",
        "one sentence, or a record that is shown in every format",
        ("a_journal_with_one_value_changed",),
    ),
    FaultKind(
        "a pipe, a device, a folder or a sparse file of 9 GiB stands for a record or a journal",
        "tests/test_strange_records.py",
        "refused at once; a finished run is written all the same",
        ("no_regular_file", "without_an_end", "grows_beyond", "strangers_left"),
    ),
    FaultKind(
        "a scenario empties, removes, overwrites or replaces the journal of its run",
        "tests/test_strange_records.py",
        "the journal is written anew, whole",
        ("changes_the_journal",),
    ),
    FaultKind(
        "a text would end a block of code, be a link or a formula, or be obeyed by a terminal",
        "tests/test_strange_records.py",
        "shown as it is, and does nothing",
        ("not_ended", "link_leads", "begins_no", "takes_no_text", "hidden_characters", "only_begins"),
    ),
    FaultKind(
        "a journal asks for what no command line can ask for, or leads elsewhere",
        "tests/test_strange_folders.py",
        "named before anything is started",
        ("no_command_line", "symbolic_link", "a_pipe", "cut_off", "a_constraint"),
    ),
    FaultKind(
        "a site's folder leads elsewhere, lists what is not its own, or holds files of the user's",
        "tests/test_site_folder.py",
        "nothing outside is written or removed",
        (
            "symbolic_link", "no_file", "half_written", "another_name", "no_build", "users_under",
            "manifest_can", "whatever_a_manifest", "becomes_a_link",
        ),
    ),
    FaultKind(
        "a disk is full or read-only; the system refuses a call",
        "tests/test_disks.py",
        "what was measured is kept; one sentence, exit 3",
        ("disk", "read_only", "does_not_fit", "cannot_write"),
    ),
    FaultKind(
        "a standard descriptor is closed or full; descriptors, folders or the program itself fail",
        "tests/test_failures.py",
        "one sentence, exit 3",
        ("descriptor", "output", "removed", "refuses", "fault_of_our_own", "traceback"),
    ),
    FaultKind(
        "each call that opens, reads, writes, names or syncs a file fails once: a sample of them",
        "tests/test_failing_io.py",
        "nothing is lost; exit 3; `resume` finishes the run",
        ("whatever_call_fails",),
        attempts=16,
    ),
    FaultKind(
        "SIGKILL at a random moment of a run",
        "tests/test_killed_runs.py",
        "resumed: every case once, the same table",
        ("fifty_random_moments",),
        "slow",
        attempts=50,
    ),
    FaultKind(
        "SIGINT, SIGTERM, SIGHUP or Ctrl-Z at a random moment; SIGKILL of a run that is published",
        "tests/test_ended_runs.py",
        "nothing is left; resumed: every case once, the same table",
        ("random_moments",),
        "long",
        attempts=2,
    ),
)  # fmt: skip


def collected() -> list[str]:
    """The ids of all tests, those that take their time among them."""
    files = sorted({kind.file for kind in KINDS})
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "", "-p", "no:cacheprovider", *files],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return [line for line in said.stdout.splitlines() if "::" in line]


def table(ids: Sequence[str]) -> str:
    """The table, with how many faults of each kind are committed."""
    rows = [f"| {kind.words} | {kind.count(ids)} | {kind.outcome} | `{kind.command}` |" for kind in KINDS]
    heads = ("| fault | times | what comes of it | the command that repeats it |", "|---|---:|---|---|")
    return "\n".join([*heads, *rows, f"| all | {total(ids)} | | |"])


def total(ids: Sequence[str]) -> int:
    """How many faults are committed in all."""
    return sum(kind.count(ids) for kind in KINDS)


if __name__ == "__main__":
    print(table(collected()))  # noqa: T201 - what it prints is what it is for
