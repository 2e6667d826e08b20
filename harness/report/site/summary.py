"""What the site keeps of a record: enough for every page but the record's own.

These are also the files of the JSON API; their schema is published beside them.
"""

import msgspec

from harness.analysis.families import FamilyFigure
from harness.analysis.overall import OverallFigures
from harness.protocol.descriptions import Parameter
from harness.records.estimate import Estimate
from harness.records.machine import kind_of_python
from harness.records.record import SelfTestCheck
from harness.records.verdict import Verdict
from harness.report.answer.moving import Measured, MoveAnswer, python_answer
from harness.report.answer.strips import StripChart
from harness.report.answer.twins import ThroughAnyIO
from harness.report.answer.values import Remark
from harness.report.backend_names import shown_names
from harness.report.tables.table import Table


class CaseSummary(msgspec.Struct, frozen=True):
    """One case: seconds per iteration, the ratio to the baseline, µs beyond the ideal of one that sleeps."""

    benchmark: str
    scenario: str
    backend: str
    verdict: str
    page: str
    """The fragment of the record's page that holds the evidence."""
    seconds: Estimate | None = None
    ratio: Estimate | None = None
    excess: Estimate | None = None
    judgement: str = ""
    parameters: tuple[tuple[str, Parameter], ...] = ()
    reason: str = ""
    """Why it has its verdict; empty where it is the same result."""

    @property
    def was_observed(self) -> bool:
        """Whether it could be run: a case that could not breaks no promise and keeps none."""
        return self.verdict not in (Verdict.UNAVAILABLE, Verdict.COULD_NOT_MEASURE)

    @property
    def is_right(self) -> bool:
        """Whether it does what is promised or documented."""
        return self.verdict in (Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE)


class MachineSummary(msgspec.Struct, frozen=True):
    """What makes records comparable: the machine, and the kind of Python that loopcmp itself ran on.

    `system` is without its release, and `python` has the implementation with its minor version alone.
    """

    cpu: str
    cores: int
    system: str
    python: str

    @property
    def name(self) -> str:
        """The machine in words."""
        return f"{self.cpu}, {self.cores} CPUs, {self.system}"


class BackendEnvironmentSummary(msgspec.Struct, frozen=True):
    """What a backend in an environment of its own ran on; empty where that could not be made."""

    build: str
    versions: dict[str, str]


class ScenarioSummary(msgspec.Struct, frozen=True):
    """A scenario of a record: its family, what it says of itself, its file and line, and its code."""

    name: str
    family: str
    summary: str
    docstring: str
    source: str
    code: str


class RecordSummary(msgspec.Struct, frozen=True):
    """A record in short. `digest` is the SHA-256 of its record.json, `started` an ISO 8601 time.

    `build` and `versions` are those of loopcmp's own environment, in which every backend ran that
    `environments` does not name. `overall` holds the figures that the record's own page says of all of its
    benchmarks together.
    """

    name: str
    title: str
    digest: str
    started: str
    finished: bool
    machine: MachineSummary
    baseline: str
    backends: tuple[str, ...]
    system: str
    """The system with its release."""
    build: str
    versions: dict[str, str]
    environments: dict[str, BackendEnvironmentSummary]
    benchmarks: int
    findings: int
    sentences: tuple[str, ...]
    cases: tuple[CaseSummary, ...]
    overall: OverallFigures | None = None
    audit: bool = False
    """Whether it is of an audit: of the method, not of the loops."""
    method: str | None = None
    """The version of the method that it was measured by; None where that is not recorded: the first."""
    headline: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    strips: StripChart | None = None
    """The chart that its page begins with; None where nothing was compared."""
    through_anyio: ThroughAnyIO | None = None
    """What AnyIO does to the answer; None where no benchmark was written for loops themselves as well."""
    scenarios: tuple[ScenarioSummary, ...] = ()
    families: tuple[FamilyFigure, ...] = ()
    """The figure of every kind of work on every backend that was compared in it."""
    self_test: SelfTestCheck | None = None
    margin: float = 0.0
    """Ratios within it of 1 are equal."""
    audit_tables: tuple[Table, ...] = ()
    """What an audit found, in full; nothing for a run."""

    def shown(self, backend: str) -> str:
        """Return the name of a backend that people see."""
        return shown_names(self.backends)[backend]

    @property
    def shown_backends(self) -> tuple[str, ...]:
        """The names of all backends that people see."""
        return tuple(map(self.shown, self.backends))

    @property
    def differs(self) -> bool:
        """Whether any case of it that was observed is not the same result."""
        return any(case.was_observed and case.verdict != Verdict.SAME_RESULT for case in self.cases)

    @property
    def measured(self) -> Measured:
        """What it says of a move to another loop or Python."""
        shown = shown_names(self.backends)
        return Measured(self.families, self.overall, self.baseline, shown, self.margin)

    @property
    def python_answer(self) -> MoveAnswer | None:
        """What its baseline's loop takes on other Pythons; None where it ran on one alone."""
        return python_answer(self.measured, {name: self.python_of(name) for name in self.backends})

    def build_of(self, backend: str) -> str:
        """The build of Python that a backend ran on; empty where its environment could not be made."""
        environment = self.environments.get(backend)
        return self.build if environment is None else environment.build

    def python_of(self, backend: str) -> str:
        """The kind of Python that a backend ran on; empty where its environment could not be made."""
        return kind_of_python(self.build_of(backend))

    def versions_of(self, backend: str) -> dict[str, str]:
        """The versions of what is installed where a backend ran, with those of the system and Python."""
        environment = self.environments.get(backend)
        installed = self.versions if environment is None else environment.versions
        return {"system": self.system, "Python": self.build_of(backend), **installed}


def loop_of(backend: str) -> str:
    """Return the loop of a backend's name."""
    return backend.rpartition("+")[0] or backend
