"""What a worker lists of a scenario: its benchmarks, each with what its backends are promised to do."""

from dataclasses import dataclass

from harness.protocol.descriptions import Outcome, Parameter
from harness.protocol.observations import Diagnostic, Leaks
from harness.protocol.traffic import Serves

SCALE = "scale"
"""The tag of benchmarks that take gigabytes or minutes, and are left out unless asked for."""


@dataclass(frozen=True, slots=True)
class Prints:
    """Lines promised on standard output, in order unless `any_order`."""

    lines: tuple[str, ...]
    any_order: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """What a backend is expected to do; a part that is None is not promised here."""

    outcome: Outcome | None = None
    prints: Prints | None = None
    diagnostics: tuple[Diagnostic, ...] | None = None
    leaks: Leaks | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A documented difference: replaces parts of the promise on the backends it matches.

    `on` are patterns over backend names, `python` a version specifier such as ">=3.12", and
    `source` says where the difference is documented.
    """

    on: tuple[str, ...]
    promise: Promise
    reason: str
    source: str
    python: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a document says would be observed, in our words; its answer is computed."""

    words: str
    where: str
    promise: Promise


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A scenario with one choice of its parameters, as a worker lists it.

    `ideal` is in seconds per iteration. `source` is the scenario's file and line. `native` is
    the scenario whose twin this one is, without AnyIO; `only` the family of loops that it runs on.
    `needs` are modules that must be importable for it to run. `set_up` says whether it yields an operation.
    `text` is the scenario as its module has it, decorators and all. `title` is the name of a capability in
    tables, and `reported` names the public reports that it comes from ("uvloop#561").
    """

    scenario: str
    family: str
    module: str
    summary: str
    source: str
    parameters: tuple[tuple[str, Parameter], ...] = ()
    uses_gather: bool = False
    timed: bool = True
    cpus: int = 1
    tags: tuple[str, ...] = ()
    ideal: float | None = None
    native: str = ""
    only: str | None = None
    needs: tuple[str, ...] = ()
    set_up: bool = False
    text: str = ""
    promise: Promise = Promise()
    differences: tuple[Difference, ...] = ()
    claims: tuple[Claim, ...] = ()
    digests: tuple[tuple[str, str], ...] | None = None
    """The files that make up the scenario, each with its SHA-256 digest; None where that is not recorded."""
    title: str = ""
    reported: tuple[str, ...] = ()
    idle: bool = False
    """Whether it promises only to wait, so that a loop may use no CPU time meanwhile."""
    connections: int = 0
    """The connections that a driver keeps open to a service; 0 for what is no service."""

    app: str = ""
    """The application of the user's own that is served, such as package.module:app; empty for any other."""

    serves: Serves | None = None
    """What a service serves; None for what is no service, and where that is not recorded."""

    stacks: tuple[tuple[str, str], ...] = ()
    """What serves on each family of loops, where loop and server change together; empty for any other."""

    @property
    def is_service(self) -> bool:
        """Whether the scenario serves, and a driver in another process asks it."""
        return self.connections > 0

    @property
    def id(self) -> str:
        """The benchmark's name on the command line: `order:n=100`."""
        return ":".join([self.scenario, *(f"{name}={value}" for name, value in self.parameters)])


def changed_files(before: Benchmark, after: Benchmark) -> tuple[str, ...]:
    """Return the files of a scenario that are not the same in both; none where either does not say."""
    if before.digests is None or after.digests is None:
        return ()
    once, now = dict(before.digests), dict(after.digests)
    return tuple(sorted(name for name in once.keys() | now.keys() if once.get(name) != now.get(name)))
