"""All that one run of the suite leaves behind: the journal's entries, and the record made of them.

The entries are appended as they happen and are enough to resume a run; the record is what
reports are made of. Both are JSON with a version, checked when read.
"""

from dataclasses import dataclass
from typing import Literal

from harness.contrasts import Contrast
from harness.estimate import Estimate, Judgement
from harness.observation import Claim, Row, Sighting
from harness.pace import ArmRound, Fault, Pace, Turns
from harness.passes import FullCollections, Latency, OnTwoCpus, PassName
from harness.plan import Plan
from harness.trial import Schedule, Tried
from harness.verdict import Answer, Finding

VERSION = 1
"""Of journals and records; a file of another version is refused."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a backend in a virtual environment runs on, as a worker there said; or why it cannot."""

    backend: str
    python: str = ""
    build: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    unavailable: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine and the software of a run; `load` is the one-minute average at its start.

    `versions` are (distribution, version) pairs. Fields that the system does not tell are empty.
    """

    cpu: str
    cores: int
    governor: str
    system: str
    python: str
    build: str
    versions: tuple[tuple[str, str], ...]
    load: float | None
    pinned: tuple[int, ...]
    """The CPUs that workers are pinned to; empty where the system cannot pin."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """An entry for each backend that runs in a virtual environment of its own."""

    @property
    def machine(self) -> str:
        """Where times are comparable: the machine, its system, and the build of Python."""
        return f"{self.cpu}, {self.cores} CPUs, {self.system}, {self.build}"

    def of(self, backend: str) -> Elsewhere:
        """What this backend runs on: an environment of its own, or loopcmp's."""
        own = Elsewhere(backend, self.python, self.build, self.versions)
        return next((one for one in self.elsewhere if one.backend == backend), own)

    def python_of(self, backend: str) -> str:
        """The version of Python that a backend runs on; loopcmp's where its environment was not made."""
        return self.of(backend).python or self.python


@dataclass(frozen=True, slots=True)
class Begun:
    """The journal's first entry: everything that is fixed before the first observation."""

    version: int
    name: str
    started: str
    command: str
    environment: Environment
    plan: Plan
    audit: Schedule | None = None
    """Of an audit, what it will try; None of a run."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What fresh processes saw of one case."""

    row: str
    backend: str
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Paced:
    """A row's calibration."""

    row: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Played:
    """One round of a row; `seconds` is how long it took."""

    row: str
    number: int
    seconds: float
    arms: tuple[ArmRound, ...]

    @property
    def turns(self) -> Turns:
        """The values of each arm that took part, in the order of the turns."""
        return {part.arm: part.values for part in self.arms}


@dataclass(frozen=True, slots=True)
class PlayedBeside:
    """One round of a pass over a row; its number is that of the pass's own rounds."""

    beside: PassName
    played: Played


@dataclass(frozen=True, slots=True)
class Dropped:
    """An arm that could not be timed any further; its case has no number from here on."""

    row: str
    fault: Fault
    verdict: Literal["crashed", "timed out", "unstable"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A row is done, and why no more rounds were taken."""

    row: str
    because: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The run is complete."""

    ended: str
    load: float | None


Entry = Begun | Observed | Paced | Played | PlayedBeside | Dropped | Finished | Tried | Closed


@dataclass(frozen=True, slots=True)
class Timing:
    """What the rounds say of one case.

    `seconds` and `cpu` are per iteration; `excess` µs beyond the ideal of a story that sleeps;
    `ratio` against the baseline (None for itself, for stories that sleep, and where the
    baseline has no number), `mean_ratio` the same from totals instead of medians. `switches`
    are context switches an iteration, `peak` bytes above the resident size before the first
    iteration, `collecting` the share of wall time spent in garbage collection. `samples` are
    the log ratios (or excesses) that the interval rests on, one a round. `latency`, `full` and
    `on_two` are of passes; None where the row had none.
    """

    seconds: Estimate
    cpu: Estimate
    switches: Estimate
    collecting: Estimate
    peak: Estimate | None
    startup: Estimate
    ratio: Estimate | None = None
    mean_ratio: float | None = None
    excess: Estimate | None = None
    judgement: Judgement | None = None
    threads: int = 1
    flags: tuple[str, ...] = ()
    samples: tuple[float, ...] = ()
    latency: Latency | None = None
    full: FullCollections | None = None
    on_two: OnTwoCpus | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A case in the record: its verdict, its evidence, and its timing if it has one."""

    backend: str
    finding: Finding
    sightings: tuple[Sighting, ...]
    timing: Timing | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the record over all backends, baseline first.

    `again` is the A/A ratio: its interval is unadjusted 95% (for a story that sleeps, the
    difference of the two entries in µs). `finished` says why no more rounds were taken.
    """

    row: Row
    cells: tuple[Cell, ...]
    pace: Pace | None = None
    rounds: int = 0
    finished: str = ""
    again: Estimate | None = None
    again_excludes: bool = False
    contrasts: tuple[Contrast, ...] = ()
    """Of a story that does not sleep: what its backends' differences are due to."""
    measured_in: str = ""
    """Of a native row, the row in whose rounds it took part; empty where it had rounds of its own."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim with its computed answer on each backend."""

    claim: Claim
    row: str
    answers: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True, slots=True)
class Repeats:
    """The method's own check: A/A rows, those whose 95% interval excludes 1, and what chance allows."""

    rows: int
    excluding: int
    allowed: int


@dataclass(frozen=True, slots=True)
class OnTrial:
    """What an audit of the same machine and Python found of the method: its folder, date and sentences."""

    folder: str
    started: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """All that one run of the suite leaves behind, complete enough to render every report again."""

    begun: Begun
    lines: tuple[Line, ...]
    ledger: tuple[Answered, ...]
    repeats: Repeats | None
    closed: Closed | None
    trials: tuple[Tried, ...] = ()
    """Of an audit: everything that it tried, in the order it was."""
    on_trial: OnTrial | None = None
    """Of a run: the newest audit that was on record here when it ended; None where there was none."""

    @property
    def backends(self) -> tuple[str, ...]:
        """The names of the backends in the order they are shown."""
        return tuple(backend.name for backend in self.begun.plan.backends)
