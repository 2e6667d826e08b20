"""The contrasts that rounds allow: which pairs of arms differ in one part alone, and by how much."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.analysis.intervals import estimate_ratio
from harness.analysis.samples import log_ratio
from harness.backends.backend import Backend
from harness.backends.families import FAMILIES
from harness.records.contrast import CROSSED_GATHERERS, Contrast, Factor, native_arm
from harness.records.estimate import Estimate
from harness.records.pace import RoundValues

CROSSED_LOOPS = ("uvloop", "asyncio")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a benchmark beside its loop, in which two of its arms may differ.

    `gathers` says whether the scenario takes a gatherer: if so, AnyIO's layer is measured with AnyIO's own.
    `stacks` are what serves on each family of loops, where that is not the same on all.
    """

    gathers: bool
    stacks: Mapping[str, str] = field(default_factory=dict)


def contrasts(
    backends: Sequence[Backend], baseline: str, rounds: Sequence[RoundValues], level: float, parts: Parts
) -> tuple[Contrast, ...]:
    """Return every contrast that these rounds allow, each with its interval over rounds."""
    made = (
        Contrast(due, arm, against, estimate_ratio(samples, level).exp())
        for due, arm, against in _pairs(backends, parts)
        if (samples := _samples(rounds, baseline, arm, against))
    )
    return (*made, *_interactions(rounds, baseline, level))


def changes(
    pairs: Sequence[tuple[str, str]], rounds: Sequence[RoundValues], level: float
) -> dict[tuple[str, str], Estimate]:
    """Return the log ratio of each pair of arms that took part in the same rounds, made inside each turn."""
    samples = {
        (arm, against): [
            log_ratio(turns[arm], turns[against]) for turns in rounds if {arm, against} <= set(turns)
        ]
        for arm, against in pairs
    }
    return {pair: estimate_ratio(ratios, level) for pair, ratios in samples.items() if ratios}


def count_contrasts(backends: Sequence[Backend], rounds: Sequence[RoundValues], parts: Parts) -> int:
    """Return how many contrasts these rounds allow, for which their level is adjusted."""
    arms = {arm for turns in rounds for arm in turns}
    pairs = sum({arm, against} <= arms for _, arm, against in _pairs(backends, parts))
    first, *others = CROSSED_GATHERERS
    crossed = sum(
        arms.issuperset(f"{loop}+{gatherer}" for loop in CROSSED_LOOPS for gatherer in (first, other))
        for other in others
    )
    return pairs + crossed


def _samples(rounds: Sequence[RoundValues], baseline: str, arm: str, against: str) -> list[float]:
    return [_sample(turns, baseline, arm, against) for turns in rounds if {arm, against} <= set(turns)]


def _sample(turns: RoundValues, baseline: str, arm: str, against: str) -> float:
    """Return one round's log ratio of two arms: the difference of theirs to the baseline, where it took part.

    The median of differences is another number than the difference of medians, and a comparison of the same
    two backends, which has the samples alone, can give no other than the latter.
    """
    if baseline not in turns:
        return log_ratio(turns[arm], turns[against])
    return log_ratio(turns[arm], turns[baseline]) - log_ratio(turns[against], turns[baseline])


_Pairs = Iterator[tuple[Factor, str, str]]


def _pairs(backends: Sequence[Backend], parts: Parts) -> _Pairs:
    """Yield the pairs within each environment, for between two a difference may be due to versions."""
    for where in dict.fromkeys(backend.name.partition("@")[2] for backend in backends):
        here = [backend for backend in backends if backend.name.partition("@")[2] == where]
        if parts.stacks:
            yield from _of_stacks(here, parts.stacks)
        else:
            yield from _pairs_in(here, gathers=parts.gathers)


def _of_stacks(backends: Sequence[Backend], stacks: Mapping[str, str]) -> _Pairs:
    """Yield the loops of the first stack against its first, and those of other stacks against each of its."""
    servers = {backend.name: stacks.get(backend.loop.family, "") for backend in backends}
    first, *others = servers
    same, changed = (
        [name for name in others if (servers[name] == servers[first]) is alike] for alike in (True, False)
    )
    for name in same:
        yield "loop", name, first
    for name in changed:
        for against in (first, *same):
            yield "stack", name, against


def _pairs_in(backends: Sequence[Backend], *, gathers: bool) -> _Pairs:
    """Yield loops under a gatherer that all have, each loop's layer, and its gatherers against its first."""
    under_anyio = [backend.name for backend in backends if backend.gatherer == "anyio"]
    for name in under_anyio[1:]:
        yield "loop", name, under_anyio[0]
    yield from _twins(backends)
    for loop in dict.fromkeys(backend.loop for backend in backends):
        here = {backend.gatherer: backend.name for backend in backends if backend.loop == loop}
        first_of_loop = next(backend for backend in backends if backend.loop == loop)
        if "anyio" in here or not gathers:
            yield "layer", here.get("anyio", first_of_loop.name), native_arm(first_of_loop)
        first = FAMILIES[loop.family][0]
        for gatherer, name in here.items():
            if gatherer != first and first in here:
                yield "gatherer", name, here[first]


def _twins(backends: Sequence[Backend]) -> _Pairs:
    """Yield the twin on each other loop with the twin on the first, each on its loop's own API."""
    first, *others = dict.fromkeys(map(native_arm, backends))
    for other in others:
        yield "own API", other, first


def _interactions(rounds: Sequence[RoundValues], baseline: str, level: float) -> Iterator[Contrast]:
    first, *others = CROSSED_GATHERERS
    for gatherer in others:
        here, there = ((f"{loop}+{gatherer}", f"{loop}+{first}") for loop in CROSSED_LOOPS)
        samples = [
            _sample(turns, baseline, *here) - _sample(turns, baseline, *there)
            for turns in rounds
            if {*here, *there} <= set(turns)
        ]
        if samples:
            yield Contrast("interaction", here[0], there[0], estimate_ratio(samples, level).exp())
