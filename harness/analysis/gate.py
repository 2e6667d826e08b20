"""Limits × what was compared → what broke, and what could not be measured.

A limit is broken only where the whole adjusted interval lies beyond it, in every session that
measured the case; a single session can be wrong in ways that its own interval cannot see.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.analysis.within import Case, Missing
from harness.records.estimate import Estimate, rounds_needed

UNLIMITED = "none"
"""What a project writes for cases that are not judged."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much more time the cases that match may take: 0.05 is 5%; None is as much as they like.

    A pattern is over rows (`order:*`), or over rows and backends (`order:* on trio+nursery`).
    """

    pattern: str
    share: float | None

    def matches(self, row: str, backend: str) -> bool:
        """Whether the limit is that of this case."""
        return fnmatchcase(row, self.pattern) or fnmatchcase(_named(row, backend), self.pattern)

    def may_be_on(self, backends: Collection[str]) -> bool:
        """Whether a case on one of these backends may match."""
        _, on, pattern = self.pattern.partition(" on ")
        return not on or any(fnmatchcase(backend, pattern) for backend in backends)


def _named(row: str, backend: str) -> str:
    return f"{row} on {backend}"


@dataclass(frozen=True, slots=True)
class Limits:
    """A project's own limits, of which the first that matches counts, and one for all other cases."""

    own: tuple[Limit, ...] = ()
    general: float | None = None

    def of(self, row: str, backend: str) -> float | None:
        """The limit of one case; None where it has none."""
        for limit in self.own:
            if limit.matches(row, backend):
                return limit.share
        return self.general

    def on(self, backends: Collection[str]) -> "Limits":
        """Without the limits that name other backends than these."""
        kept = (limit for limit in self.own if limit.may_be_on(backends))
        return Limits(tuple(kept), self.general)

    def __bool__(self) -> bool:
        return self.general is not None or bool(self.own)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case held against its limit: in how many of the sessions its interval lies beyond it.

    `ratio` is that of the session that speaks least for a break. `excluded` says whether every
    session shows that the case stays within the limit.
    """

    benchmark: str
    backend: str
    limit: float
    beyond: int
    sessions: int
    ratio: Estimate
    excluded: bool

    @property
    def broken(self) -> bool:
        """Whether the whole interval lies beyond the limit in every session."""
        return self.beyond == self.sessions


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """What could not be held against its limit: a case, a pattern that nothing matches, or all there is."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer of a gate: the cases that it held, those broken first, and those it could not."""

    held: tuple[HeldCase, ...]
    unmeasured: tuple[Unmeasured, ...]
    sessions: int

    @property
    def broken(self) -> tuple[HeldCase, ...]:
        """The cases that are beyond their limit."""
        return tuple(one for one in self.held if one.broken)


def judge(
    limits: Limits,
    compared: Mapping[Case, Sequence[Estimate]],
    missing: Iterable[Missing],
    level: float,
    sessions: int,
) -> Gate:
    """Hold every case that has a limit against it; `level` is that of one record's interval."""
    absent = tuple(missing)
    held, unmeasured = [], []
    for (row, backend), ratios in compared.items():
        if (limit := limits.of(row, backend)) is None:
            continue
        measured = [ratio for ratio in ratios if ratio.low is not None]
        if measured:
            held.append(_held(row, backend, limit, measured))
        else:
            unmeasured.append(Unmeasured(_named(row, backend), _too_few(ratios, level)))
    unmeasured += [
        Unmeasured(_named(one.benchmark, one.backend), one.reason)
        for one in absent
        if limits.of(one.benchmark, one.backend) is not None and (one.benchmark, one.backend) not in compared
    ]
    cases = [*compared, *((one.benchmark, one.backend) for one in absent)]
    unmeasured += _matching_nothing(limits, cases)
    if not cases:
        unmeasured.append(Unmeasured("the comparison", _NOTHING))
    return Gate(tuple(sorted(held, key=lambda one: not one.broken)), tuple(unmeasured), sessions)


_NOTHING = (
    "no case has a ratio, for which a run needs a second backend, such as -b asyncio -b uvloop, "
    "and a row that does not sleep"
)


def _held(row: str, backend: str, limit: float, ratios: Sequence[Estimate]) -> HeldCase:
    bounds = [(ratio.low or 0.0, ratio) for ratio in ratios]
    _, least = min(bounds, key=lambda pair: pair[0])
    beyond = sum(low > 1 + limit for low, _ in bounds)
    excluded = all(ratio.high is not None and ratio.high <= 1 + limit for ratio in ratios)
    return HeldCase(row, backend, limit, beyond, len(ratios), least, excluded)


def _too_few(ratios: Sequence[Estimate], level: float) -> str:
    rounds = max(ratio.rounds for ratio in ratios)
    return f"{rounds} rounds are too few: an interval needs {rounds_needed(level)}"


def _matching_nothing(limits: Limits, cases: Sequence[Case]) -> Iterator[Unmeasured]:
    """The patterns with a limit that no case answers: a row that went away, or a word misspelled."""
    for limit in limits.own:
        if limit.share is not None and not any(limit.matches(*case) for case in cases):
            yield Unmeasured(limit.pattern, "no case that was compared matches it")


def sentences(gate: Gate) -> tuple[str, ...]:
    """What the gate found, each case by name: broken, broken in some sessions, not measured."""
    said = [_broken(one, gate.sessions) for one in gate.held if one.beyond]
    said += [f"{one.name} could not be measured: {one.reason}." for one in gate.unmeasured]
    kept = [one for one in gate.held if not one.beyond]
    across = [_named(one.benchmark, one.backend) for one in kept if not one.excluded]
    if inside := len(kept) - len(across):
        said.append(f"{_cases(inside)} {'is' if inside == 1 else 'are'} within the limit.")
    if across:
        more = f" and {len(across) - _SHOWN} more" if len(across) > _SHOWN else ""
        shown = ", ".join(across[:_SHOWN]) + more
        said.append(f"{_cases(len(across))} may be within the limit or beyond it: {shown}.")
    return tuple(said)


_SHOWN = 5
"""Names in a sentence; `--json` has them all."""


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def _broken(one: HeldCase, sessions: int) -> str:
    name, limit = _named(one.benchmark, one.backend), f"{one.limit * 100:.4g}%"
    counted = f"in {one.beyond} of {one.sessions} sessions"
    if not one.broken:
        return f"{name} is more than {limit} slower only {counted}, which breaks no limit."
    ratio = one.ratio
    figure = f"{ratio.value:.3f}× [{ratio.low:.3f}, {ratio.high:.3f}]"
    return f"{name} is more than {limit} slower: {figure}, {'one session' if sessions == 1 else counted}."
