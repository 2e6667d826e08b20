"""What a worker saw of a case: observations, with their diagnostics and leaks, and how the process ended.

A worker builds these values and sends them as JSON; the parent reads them back with msgspec.
Nothing here runs a loop or needs more than the standard library, because a worker's start-up is paid
thousands of times.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from harness.protocol.descriptions import Description, DiagnosticKind, Outcome
from harness.protocol.evidence import Frame, RaisedError, WaitingTask


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A warning, log record or unraisable error that a scenario left behind.

    Its message is evidence only: it differs between versions and is never compared.
    """

    kind: DiagnosticKind
    exception: Description | None = None
    message: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.kind if self.exception is None else f"{self.kind}: {self.exception}"


def multiset(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics in an order of their own, not that of their arrival."""
    return tuple(sorted(diagnostics, key=str))


@dataclass(frozen=True, slots=True)
class Leaks:
    """What was still there after the loop was closed and garbage collected: counts, and file names.

    `details` names each task, thread, descriptor and child process: evidence only, never compared.
    """

    tasks: int = 0
    threads: int = 0
    descriptors: int = 0
    children: int = 0
    files: tuple[str, ...] = ()
    details: tuple[str, ...] = field(default=(), compare=False)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many tasks, threads, descriptors and child processes were left."""
        return self.tasks, self.threads, self.descriptors, self.children

    @property
    def counts_in_words(self) -> str:
        """What was left: "1 task, 2 descriptors"."""
        nouns = (
            ("task", "tasks"),
            ("thread", "threads"),
            ("descriptor", "descriptors"),
            ("child process", "child processes"),
        )
        named = zip(self.counts, nouns, strict=True)
        counts = (f"{count} {noun if count == 1 else plural}" for count, (noun, plural) in named if count)
        return ", ".join((*counts, *(f"the file {name}" for name in self.files)))

    def __str__(self) -> str:
        counts = ("tasks", "threads", "descriptors", "children")
        numbers = {name: getattr(self, name) for name in counts}
        leaks = [f"{name}: {count if count > 0 else 'any'}" for name, count in numbers.items() if count]
        leaks += [f"file {name}" for name in self.files]
        return ", ".join(leaks) or "nothing"


NO_LEAKS = Leaks()

ANY_NUMBER = -1
"""A count in a promise that any number keeps."""

ANY_LEAKS = Leaks(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ("…",))
"""The promise that anything may be left."""

ANY_DIAGNOSTICS = (Diagnostic("any"),)
"""The promise that there may be any warnings, log records and unraisable errors."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that one run of a case was seen to do.

    `errors` are what it raised, in words: evidence only, never compared, because loops and libraries word
    one error in several ways and raise it in several places.
    """

    outcome: Outcome
    prints: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    leaks: Leaks = NO_LEAKS
    errors: tuple[RaisedError, ...] = field(default=(), compare=False)

    @property
    def raised_on_line(self) -> int | None:
        """The line of the scenario's file that an error came from; None if it raised none there."""
        return next((error.own_line for error in self.errors if error.own_line is not None), None)


@dataclass(frozen=True, slots=True)
class ObservationCount:
    """An observation, how many runs in a process gave it, and the longest of them in seconds."""

    observation: Observation
    times: int
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class ObservedOn:
    """What an observing worker says last: the class of its loop, and where the scenario can return."""

    loop_class: str | None = None
    returns: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """A worker that ended before it was asked to, or was ended: how, and what it left as evidence.

    `how` is a whole predicate such as "was killed by SIGSEGV"; `output` its last lines on standard error
    and output; `waiting` its tasks and threads, of one that gave no answer.
    """

    how: str
    output: str = ""
    timed_out: bool = False
    waiting: tuple[WaitingTask, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessObservations:
    """What one fresh process saw of a case: distinct observations, and its end if it ended badly.

    `refused` says why a value could not be described, `unavailable` why the loop could not be had,
    `unmeasured` why what was seen says nothing of the backend. `loop_class` is the class of the loop that it
    ran on, with its module; None where that is not recorded. `returns` are the lines at which the scenario
    can return.
    """

    observations: tuple[ObservationCount, ...] = ()
    ended: WorkerExit | None = None
    refused: str | None = None
    unavailable: str | None = None
    unmeasured: str | None = None
    loop_class: str | None = field(default=None, compare=False)
    returns: tuple[Frame, ...] = field(default=(), compare=False)


MOST_STARTED = 8
"""The most descriptors, threads or child processes that count as what a library starts once and keeps.

multiprocessing's resource tracker is a descriptor and a child; what takes dozens of them is a leak.
"""


def without_start_up(process: ProcessObservations) -> tuple[ProcessObservations, Leaks | None]:
    """Take what only a process's first run left out of its observations, and return that beside them.

    It is what libraries start once and keep, as multiprocessing does its resource tracker: a descriptor and a
    child process. What leaves a task, a file or many others, or differs otherwise, is no such effect.
    """
    if len(process.observations) < 2:  # noqa: PLR2004 - nothing stands beside the first
        return process, None
    first, *later = process.observations
    left = first.observation.leaks
    settled = replace(first.observation, leaks=NO_LEAKS)
    others = [counted for counted in later if counted.observation != settled]
    few = max(left.descriptors, left.threads, left.children) <= MOST_STARTED
    if first.times > 1 or len(others) == len(later) or left.tasks or left.files or not few:
        return process, None
    return replace(process, observations=tuple(later)), left


def with_daemons(process: ProcessObservations, daemons: Sequence[str]) -> ProcessObservations:
    """Count the processes that left the worker among what each of its runs left behind.

    Which run a daemon is of, nobody can tell: each is given its share of them, and one at the least.
    """
    runs = sum(counted.times for counted in process.observations)
    if not daemons or not runs:
        return process
    share = max(1, round(len(daemons) / runs))
    details = tuple(f"daemon: {command}" for command in dict.fromkeys(daemons))
    return replace(
        process,
        observations=tuple(_with_daemons(counted, share, details) for counted in process.observations),
    )


def _with_daemons(counted: ObservationCount, share: int, details: tuple[str, ...]) -> ObservationCount:
    seen = counted.observation
    leaks = replace(seen.leaks, children=seen.leaks.children + share, details=(*seen.leaks.details, *details))
    return replace(counted, observation=replace(seen, leaks=leaks))


def distinct_observations(processes: tuple[ProcessObservations, ...]) -> Iterator[Observation]:
    """Yield every distinct observation, process by process."""
    for process in processes:
        for counted in process.observations:
            yield counted.observation
