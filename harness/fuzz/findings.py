"""What a campaign finds: values that are written to files and read again."""

import hashlib

import msgspec

from harness.fuzz.outcomes import Problem, RawEntry


class Suspect(msgspec.Struct, frozen=True):
    """A program that went wrong once; it is on disk before it is looked into."""

    backend: str
    number: int
    program: str
    before: str
    """The program that ran before it in the same process; empty if none did."""
    problem: Problem
    signature: str


class BackendOutcome(msgspec.Struct, frozen=True):
    """What one backend did with the program of a finding: the words of its verdict, and its trace."""

    backend: str
    verdict: str
    trace: tuple[RawEntry, ...] = ()


class Script(msgspec.Struct, frozen=True):
    """A standalone script, and what came of it: what it printed on the loop, and on the one beside it."""

    text: str
    shows: bool
    printed: str = ""
    beside: str = ""
    printed_beside: str = ""


class Finding(msgspec.Struct, frozen=True):
    """One fault: the smallest program that shows it, and everything that is known of it.

    `confirmed` of `tries` runs of the program showed it. `times` is how many programs did.
    """

    backend: str
    problem: Problem
    signature: str
    program: str
    original: str
    number: int
    confirmed: int
    tries: int
    trace: tuple[RawEntry, ...] = ()
    position: int = -1
    allowed: tuple[str, ...] = ()
    before: str = ""
    stderr: str = ""
    times: int = 1
    known: str = ""
    """The reason of the known row that it is, and its source; empty for a new one."""
    versions: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[BackendOutcome, ...] = ()
    script: Script | None = None

    @property
    def id(self) -> str:
        """What it is called: the same for the same fault on the same backend."""
        words = f"{self.backend}\n{self.problem}\n{self.signature}"
        return f"{self.backend.replace('+', '-')}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"
