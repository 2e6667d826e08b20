"""What a scenario may import from the harness: `@scenario`, `Gather`, and the words of a promise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, overload

from harness.protocol.bounds import ANY as ANY
from harness.protocol.bounds import Left as Left
from harness.protocol.bounds import at_most as at_most
from harness.protocol.bounds import descriptors as descriptors
from harness.protocol.bounds import destroyed_pending as destroyed_pending
from harness.protocol.bounds import never_awaited as never_awaited
from harness.protocol.bounds import never_retrieved as never_retrieved
from harness.protocol.bounds import one_of as one_of
from harness.protocol.bounds import processes as processes
from harness.protocol.bounds import tasks as tasks
from harness.protocol.bounds import threads as threads
from harness.protocol.descriptions import Parameter
from harness.protocol.traffic import Traffic
from harness.scenario.arguments import Gather as Gather
from harness.scenario.arguments import NewLoop as NewLoop


class _Unpromised:
    """Stands where a scenario promises nothing; None is a value that can be promised."""

    def __repr__(self) -> str:
        return "…"


UNPROMISED: Final = _Unpromised()


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """Values whose order nobody promises."""

    values: tuple[object, ...]


def any_order(values: Sequence[object]) -> AnyOrder:
    """Promise these values in whatever order; only where a document promises none."""
    return AnyOrder(tuple(values))


class _Cancelled:
    """Stands for the library's own cancellation exception in a promise."""

    def __repr__(self) -> str:
        return "cancelled"


cancelled: Final = _Cancelled()
"""A promised cancellation: `asyncio.CancelledError` and `trio.Cancelled` are described alike."""


@dataclass(frozen=True, slots=True)
class PromiseSpec:
    """A promise in a scenario's own values; any part may be a function of the parameters."""

    returns: object = UNPROMISED
    raises: object = UNPROMISED
    prints: object = UNPROMISED
    leaves: object = UNPROMISED


@dataclass(frozen=True, slots=True)
class DifferenceSpec:
    """A documented difference as a scenario states it; see `differs`."""

    on: tuple[str, ...]
    promise: PromiseSpec
    because: str
    source: str
    python: str


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """A claim as a scenario states it; see `claim`."""

    words: str
    where: str
    promise: PromiseSpec


ASYNCIO_GATHER: Final = ("*+gather",)
"""Patterns for the backends whose gatherer is `asyncio.gather` itself."""

TASK_GROUPS: Final = ("*+nursery", "*+taskgroup", "*+anyio")
"""Patterns for the backends whose gatherer is a coroutine function over a task group."""


def differs(
    *,
    on: str | Sequence[str],
    because: str,
    source: str,
    python: str = "",
    returns: object = UNPROMISED,
    raises: object = UNPROMISED,
    prints: object = UNPROMISED,
    leaves: object = UNPROMISED,
) -> DifferenceSpec:
    """Document how the backends that match `on` differ from the promise, and where that is written.

    Parts that are not given stay as promised. `python` is a version specifier (">=3.12").
    """
    patterns = (on,) if isinstance(on, str) else tuple(on)
    promise = PromiseSpec(returns, raises, prints, leaves)
    return DifferenceSpec(patterns, promise, because, source, python)


def claim(
    words: str,
    *,
    where: str,
    returns: object = UNPROMISED,
    raises: object = UNPROMISED,
    prints: object = UNPROMISED,
    leaves: object = UNPROMISED,
) -> ClaimSpec:
    """State, in our words, what a document says would be observed; the ledger computes the answer."""
    return ClaimSpec(words, where, PromiseSpec(returns, raises, prints, leaves))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario written once through AnyIO, with its promise and the parameters it is swept over."""

    function: Callable[..., Any]
    promise: PromiseSpec
    params: Mapping[str, Sequence[Parameter]] = field(default_factory=dict)
    differs: tuple[DifferenceSpec, ...] = ()
    claims: tuple[ClaimSpec, ...] = ()
    ideal: float | Callable[..., float] | None = None
    timed: bool = True
    cpus: int = 1
    tags: tuple[str, ...] | Callable[..., Sequence[str]] = ()
    native: str = ""
    only: str | None = None
    needs: tuple[str, ...] = ()
    title: str | Callable[..., str] = ""
    reported: tuple[str, ...] = ()
    idle: bool = False
    traffic: Traffic | Callable[..., Traffic] | None = None
    """What a driver sends to a service, see `harness.scenario.service`; None for what is no service."""
    stacks: Mapping[str, str] = field(default_factory=dict)
    """What serves on each family of loops, for a service whose server changes with the loop."""

    @property
    def name(self) -> str:
        """The scenario's name on the command line: that of its function."""
        return self.function.__name__


@overload
def scenario(function: Callable[..., Any], /) -> Scenario: ...


@overload
def scenario(
    *,
    params: Mapping[str, Sequence[Parameter]] | None = ...,
    returns: object = ...,
    raises: object = ...,
    prints: object = ...,
    leaves: object = ...,
    differs: Sequence[DifferenceSpec] = ...,
    claims: Sequence[ClaimSpec] = ...,
    ideal: float | Callable[..., float] | None = ...,
    timed: bool = ...,
    cpus: int = ...,
    tags: str | Sequence[str] | Callable[..., Sequence[str]] = ...,
    native: str = ...,
    only: str | None = ...,
    needs: Sequence[str] = ...,
    title: str | Callable[..., str] = ...,
    reported: Sequence[str] = ...,
    idle: bool = ...,
) -> Callable[[Callable[..., Any]], Scenario]: ...


def scenario(
    function: Callable[..., Any] | None = None,
    /,
    *,
    params: Mapping[str, Sequence[Parameter]] | None = None,
    returns: object = UNPROMISED,
    raises: object = UNPROMISED,
    prints: object = UNPROMISED,
    leaves: object = UNPROMISED,
    differs: Sequence[DifferenceSpec] = (),
    claims: Sequence[ClaimSpec] = (),
    ideal: float | Callable[..., float] | None = None,
    timed: bool = True,
    cpus: int = 1,
    tags: str | Sequence[str] | Callable[..., Sequence[str]] = (),
    native: str = "",
    only: str | None = None,
    needs: Sequence[str] = (),
    title: str | Callable[..., str] = "",
    reported: Sequence[str] = (),
    idle: bool = False,
) -> Scenario | Callable[[Callable[..., Any]], Scenario]:
    """Turn a coroutine function, or an async context manager that yields one, into a scenario.

    It may stand without parentheses where nothing is promised. `returns`, `raises`, `prints` and `leaves`
    promise what every backend does; each may be a function of the parameters. What is not promised is
    whatever the baseline does, except `leaves`: unpromised, a scenario leaves nothing; and `raises`: a
    scenario that raises on every backend and does not promise to could not be measured. `ideal` is the
    seconds that one iteration of a scenario that sleeps would take on a perfect loop. `timed=False` only
    checks. `cpus` is how many CPUs the scenario needs to be itself: 2 for threads, subprocesses and
    files. `tags` may be a function of the parameters too; benchmarks tagged "scale" wait for `--scale`,
    benchmarks tagged "control" come out equal on all loops. `native` names the scenario whose twin this
    one is, without AnyIO and over the same parameters; `only` the family of loops that the scenario can
    run on. `needs` are the modules of libraries beyond AnyIO that the scenario imports when it runs:
    where one is missing, the benchmark is unavailable and everything else goes on. `title` is the name of
    a capability in tables, where the function's name is not what people say, and may be a function of the
    parameters; `reported` names the public reports that it comes from ("uvloop#561"). `idle=True`
    promises that the scenario only waits: a loop that uses CPU time meanwhile is warned of.
    """

    def decorate(function: Callable[..., Any]) -> Scenario:
        return Scenario(
            function=function,
            promise=PromiseSpec(returns, raises, prints, leaves),
            params=dict(params or {}),
            differs=tuple(differs),
            claims=tuple(claims),
            ideal=ideal,
            timed=timed,
            cpus=cpus,
            tags=tags if callable(tags) else (tags,) if isinstance(tags, str) else tuple(tags),
            native=native,
            only=only,
            needs=tuple(needs),
            title=title,
            reported=tuple(reported),
            idle=idle,
        )

    return decorate if function is None else decorate(function)
