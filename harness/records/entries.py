"""The journal's entries: everything that happens in a run, appended as it does, and enough to resume it.

They are JSON with a version, checked when read.
"""

from dataclasses import dataclass, replace
from typing import Literal

from harness.protocol.observations import ProcessObservations
from harness.records.cost import BenchmarkCost
from harness.records.machine import Machine
from harness.records.pace import ArmFailure, ArmRound, RoundSettings, RoundValues
from harness.records.plan import Plan
from harness.records.stop_reason import StopReason
from harness.records.trials import AuditSchedule, TrialResult

VERSION = 2
"""The version of journals and records that is written; a file of a version that is not known is refused."""

FIRST_METHOD, METHOD = None, "2"
"""The version of the method of records that state none, and the one by which runs are measured now.

The first took the median over rounds of whole values. Figures of two methods may differ by what the methods
do: each record's are kept as they are.
"""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many parts of a plan, numbered from 1, each of which is measured by a run of its own."""

    number: int
    of: int

    def __str__(self) -> str:
        """Return the shard as it is typed: "2/4"."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The journal's first entry: everything that is fixed before the first observation."""

    version: int
    name: str
    started: str
    command: str
    machine: Machine
    plan: Plan
    audit: AuditSchedule | None = None
    """What an audit will try; None for a run."""
    published: bool | None = None
    """Whether the run is published beside others, as `--publish` asks; None where that is not recorded."""
    method: str | None = None
    """The version of the method by which the run is measured; None where that is not recorded."""
    note: str = ""
    """What the user says of the run, in one line."""
    hosts: tuple[Machine, ...] = ()
    """The hosts of the run, in the order of their numbers from 1; empty where there was one host."""
    shard: Shard | None = None
    """The shard of the plan that the run measures; None for the whole plan, and for merged shards."""
    benchmarks: tuple[str, ...] | None = None
    """The benchmarks of the plan that the run measures, where it does not measure all."""
    without_off_hosts: bool = False
    """Whether the units of a host that is off are left out, missing and not replaced."""

    @property
    def identity(self) -> str:
        """What makes the run's times comparable with another's: its machine, or each kind of its hosts."""
        return "; ".join(dict.fromkeys(machine.identity for machine in self.hosts or (self.machine,)))

    def machine_of(self, host: int) -> Machine:
        """Return the host of this number; that of the run where there was one host."""
        return self.hosts[host - 1] if self.hosts else self.machine

    def joined_by(self, machine: Machine) -> "RunStarted":
        """Return the run with one host more; a run of several hosts has the first for its machine."""
        hosts = (*self.hosts, machine)
        return replace(self, hosts=hosts, machine=hosts[0])


@dataclass(frozen=True, slots=True)
class HostJoined:
    """A host has joined the run under the number that follows those before it; its first unit comes next."""

    number: int
    machine: Machine
    place: str = ""
    """Which computer it is: a digest that is the same whenever it comes back to this run, and tells nothing
    else. Empty where that is not recorded, or the system does not tell."""
    cpus: tuple[int, ...] = ()
    """The CPUs that its units have; empty where that is not recorded."""


@dataclass(frozen=True, slots=True)
class UnitBegun:
    """A unit, a benchmark with its twins, is begun on a host; what came before of its benchmarks is void."""

    benchmarks: tuple[str, ...]
    host: int = 1


@dataclass(frozen=True, slots=True)
class CaseObserved:
    """What fresh processes observed of one case."""

    benchmark: str
    backend: str
    processes: tuple[ProcessObservations, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkCalibrated:
    """A benchmark is calibrated, or its settings are chosen anew after its first rounds."""

    benchmark: str
    settings: RoundSettings


@dataclass(frozen=True, slots=True)
class RoundMeasured:
    """One round of a benchmark; `seconds` is how long it took."""

    benchmark: str
    number: int
    seconds: float
    arms: tuple[ArmRound, ...]
    layout_seed: int | None = None
    """What the layout of the workers' memory was drawn from in this round; None where it was not drawn."""

    @property
    def turns(self) -> RoundValues:
        """The values of each arm that took part, in the order of the turns."""
        return {part.arm: part.values for part in self.arms}


@dataclass(frozen=True, slots=True)
class PassRoundMeasured:
    """One round of a pass over a benchmark; its number counts the rounds of that pass alone."""

    pass_name: str
    round: RoundMeasured


@dataclass(frozen=True, slots=True)
class ArmDropped:
    """An arm that could not be timed any further; its case has no number from here on."""

    benchmark: str
    failure: ArmFailure
    verdict: Literal["crashed", "timed out", "unstable", "could not measure"]


@dataclass(frozen=True, slots=True)
class BenchmarkFinished:
    """A benchmark is done, and why no more rounds were taken."""

    benchmark: str
    reason: StopReason


@dataclass(frozen=True, slots=True)
class UnitFinished:
    """A unit is done; `costs` are those of its benchmarks, in their order."""

    benchmarks: tuple[str, ...]
    costs: tuple[BenchmarkCost, ...]


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is complete."""

    ended: str
    load: float | None
    cpu_stops: int | None = None
    """How often the system had stopped this container for its quota by then; None where it does not tell."""


Entry = (
    RunStarted
    | HostJoined
    | UnitBegun
    | CaseObserved
    | BenchmarkCalibrated
    | RoundMeasured
    | PassRoundMeasured
    | ArmDropped
    | BenchmarkFinished
    | UnitFinished
    | TrialResult
    | RunFinished
)
