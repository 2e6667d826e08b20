"""Where a promise and an observation part, and what is equal."""

from itertools import zip_longest

from harness.protocol.benchmarks import Prints, Promise
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.observations import Observation
from harness.records.verdict import Mismatch


def first_mismatch(promise: Promise, look: Observation) -> Mismatch | None:
    """Where an observation first parts from a promise; None if it keeps all that is promised."""
    if promise.outcome is not None and not _same_outcome(promise.outcome, look.outcome):
        return _mismatch(look.outcome.how, _lines(promise.outcome), _lines(look.outcome))
    if promise.prints is not None and not _same_lines(promise.prints, look.prints):
        return _mismatch("printed", promise.prints.lines, look.prints)
    if promise.diagnostics is not None and promise.diagnostics != look.diagnostics:
        return _mismatch("complained of", _each(promise.diagnostics), _each(look.diagnostics))
    if promise.leaks is not None and promise.leaks != look.leaks:
        return _mismatch("left", (str(promise.leaks),), (str(look.leaks),))
    return None


def _mismatch(name: str, promised: tuple[str, ...], observed: tuple[str, ...]) -> Mismatch:
    pairs = enumerate(zip_longest(promised, observed))
    return Mismatch(name, promised, observed, next((at for at, (a, b) in pairs if a != b), 0))


def _each(things: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, things)) or ("nothing",)


def _lines(outcome: Outcome) -> tuple[str, ...]:
    """An outcome as lines, one for each part of a container, so that long ones can be compared."""
    what = outcome.what
    if what.type in ("list", "tuple", "dict") and len(what.parts) > 1:
        return (f"{outcome.how} a {what.type}:", *map(str, what.parts))
    return (str(outcome),)


def _same_outcome(promised: Outcome, seen: Outcome) -> bool:
    return promised.how == seen.how and matches(promised.what, seen.what)


def _same_lines(promised: Prints, seen: tuple[str, ...]) -> bool:
    if promised.any_order:
        return sorted(promised.lines) == sorted(seen)
    return promised.lines == seen


def matches(promised: Description, seen: Description) -> bool:
    """Whether what was seen is what was promised: type for type, `any_order` as a multiset."""
    if (promised.type, promised.text) != (seen.type, seen.text):
        return False
    if promised.digest is not None and seen.digest is not None:
        return promised.digest[promised.any_order] == seen.digest[promised.any_order]
    if promised.digest != seen.digest or len(promised.parts) != len(seen.parts):
        return False
    if promised.any_order:
        return _same_multiset(promised.parts, seen.parts)
    return all(map(matches, promised.parts, seen.parts))


def _same_multiset(promised: tuple[Description, ...], seen: tuple[Description, ...]) -> bool:
    left = list(seen)
    for want in promised:
        found = next((at for at, have in enumerate(left) if matches(want, have)), None)
        if found is None:
            return False
        del left[found]
    return True
