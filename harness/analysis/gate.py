"""The gate holds what was compared against limits: what broke one, and what could not be measured.

A limit is broken only where the whole adjusted interval lies beyond it, in every session that measured the
case; a single session can be wrong in ways that its own interval cannot see. From FEWEST_SESSIONS on, the
mean over sessions decides, with the spread between them: in every single one, a break would be seen ever more
seldom the more old records there are. Hosts count like sessions.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from statistics import fmean, stdev

from harness.analysis.student import standard_errors
from harness.analysis.within import Case, Missing
from harness.backends.registry import short_name
from harness.records.estimate import Estimate

FEWEST_SESSIONS = 5
"""The old records from which their mean decides: fewer say too little of the spread between sessions."""


class SessionKind(StrEnum):
    """What a gate counts: sessions one after another, or hosts at one time."""

    SESSION = "session"
    HOST = "host"


UNLIMITED = "none"
"""What a project writes for cases that are not judged."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much more time the cases that match may take: 0.05 is 5%; None is as much as they like.

    A pattern is over benchmarks (`order:*`), or over benchmarks and backends (`order:* on trio+nursery`).
    """

    pattern: str
    share: float | None

    def matches(self, benchmark: str, backend: str) -> bool:
        """Decide whether the limit is that of this case."""
        names = (benchmark, *(f"{benchmark} on {name}" for name in (backend, short_name(backend))))
        return any(fnmatchcase(name, self.pattern) for name in names)

    def may_be_on(self, backends: Collection[str]) -> bool:
        """Decide whether a case on one of these backends may match."""
        _, on, pattern = self.pattern.partition(" on ")
        names = [name for backend in backends for name in (backend, short_name(backend))]
        return not on or any(fnmatchcase(name, pattern) for name in names)


@dataclass(frozen=True, slots=True)
class CaseLimits:
    """A project's own limits, of which the first that matches counts, and one for all other cases."""

    own: tuple[Limit, ...] = ()
    general: float | None = None

    def of(self, benchmark: str, backend: str) -> float | None:
        """Return the limit of one case; None where it has none."""
        for limit in self.own:
            if limit.matches(benchmark, backend):
                return limit.share
        return self.general

    def on(self, backends: Collection[str]) -> "CaseLimits":
        """Return the limits without those that name other backends than these."""
        kept = (limit for limit in self.own if limit.may_be_on(backends))
        return CaseLimits(tuple(kept), self.general)

    def __bool__(self) -> bool:
        return self.general is not None or bool(self.own)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case held against its limit: in how many of the sessions its interval lies beyond it.

    `ratio` is that of the session that speaks least for a break. `excluded` says whether every
    session shows that the case stays within the limit. `mean` is over sessions, where there are enough;
    `without_interval` sessions have too few rounds to be counted.
    """

    benchmark: str
    backend: str
    limit: float
    beyond: int
    sessions: int
    ratio: Estimate
    excluded: bool
    mean: Estimate | None = None
    without_interval: int = 0

    @property
    def broken(self) -> bool:
        """Whether the whole interval lies beyond the limit: the mean's, or that of every session."""
        if self.mean is not None and self.mean.low is not None:
            return self.mean.low > 1 + self.limit
        return self.beyond == self.sessions


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """What could not be held against its limit: a case, a pattern that nothing matches, or all there is."""

    name: str
    reason: str
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer of a gate: the cases that it held, those broken first, and those it could not."""

    held: tuple[HeldCase, ...]
    unmeasured: tuple[Unmeasured, ...]
    sessions: int
    counted: SessionKind = SessionKind.SESSION

    @property
    def broken(self) -> tuple[HeldCase, ...]:
        """The cases that are beyond their limit."""
        return tuple(case for case in self.held if case.broken)


def judge(
    limits: CaseLimits,
    compared: Mapping[Case, Sequence[Estimate]],
    missing: Iterable[Missing],
    level: float,
    sessions: int,
    counted: SessionKind = SessionKind.SESSION,
) -> Gate:
    """Hold every case that has a limit against it; `level` is that of one record's interval."""
    absent = [((case.benchmark, case.backend), case.reason) for case in missing]
    held, unmeasured = [], []
    for (benchmark, backend), ratios in compared.items():
        if (limit := limits.of(benchmark, backend)) is None:
            continue
        measured = [ratio for ratio in ratios if ratio.low is not None]
        if measured:
            held.append(_held((benchmark, backend), limit, measured, len(ratios) - len(measured), level))
        else:
            unmeasured.append(_unmeasured((benchmark, backend), _too_few(ratios, level)))
    unmeasured += [
        _unmeasured(case, reason)
        for case, reason in absent
        if limits.of(*case) is not None and case not in compared
    ]
    cases = [*compared, *(case for case, _ in absent)]
    unmeasured += (Unmeasured(name, MATCHES_NOTHING) for name in matching_nothing(limits, cases))
    if not cases:
        unmeasured.append(Unmeasured("the comparison", _NOTHING))
    return Gate(tuple(sorted(held, key=lambda case: not case.broken)), tuple(unmeasured), sessions, counted)


_NOTHING = (
    "no case has a ratio, for which a run needs a second backend, such as -b asyncio -b uvloop, "
    "and a benchmark that does not sleep"
)


def _held(case: Case, limit: float, ratios: Sequence[Estimate], without: int, level: float) -> HeldCase:
    bounds = [(ratio.low or 0.0, ratio) for ratio in ratios]
    _, least = min(bounds, key=lambda pair: pair[0])
    beyond = sum(low > 1 + limit for low, _ in bounds)
    excluded = all(ratio.high is not None and ratio.high <= 1 + limit for ratio in ratios)
    mean = mean_over_sessions(ratios, level) if len(ratios) >= FEWEST_SESSIONS else None
    return HeldCase(*case, limit, beyond, len(ratios), least, excluded, mean, without)


def mean_over_sessions(changes: Sequence[Estimate], level: float) -> Estimate:
    """Return the mean change from several old sessions to one new one, with its interval at `level`.

    Sessions differ by more than their rounds do. The new one is one more such session: the interval is that
    of its difference from the mean of the others (Student's t), and never narrower than rounds alone allow.
    """
    logs = [math.log(change.value) for change in changes]
    sessions, middle = len(logs), fmean(logs)
    share = 1 + 1 / sessions
    between = standard_errors(level, sessions - 1) * stdev(logs) * math.sqrt(share)
    within = fmean(math.log(change.high / change.low) / 2 for change in changes if change.low and change.high)
    away = max(between, within * math.sqrt(share / 2))
    return Estimate(middle, middle - away, middle + away, min(change.rounds for change in changes)).exp()


def _unmeasured(case: Case, reason: str) -> Unmeasured:
    benchmark, backend = case
    return Unmeasured(f"{benchmark} on {backend}", reason, case)


def _too_few(ratios: Sequence[Estimate], level: float) -> str:
    rounds = max(ratio.rounds for ratio in ratios)
    return f"{rounds} rounds are too few for an interval at {level:.4g}"


MATCHES_NOTHING = "no case that was compared matches it"


def matching_nothing(limits: CaseLimits, cases: Sequence[Case]) -> Iterator[str]:
    """Yield the patterns with a limit that match no case: a benchmark has gone, or a word is misspelled."""
    for limit in limits.own:
        if limit.share is not None and not any(limit.matches(*case) for case in cases):
            yield limit.pattern
