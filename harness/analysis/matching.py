"""Promises beside observations: which descriptions are equal, and where an observation first differs."""

from itertools import zip_longest

from harness.protocol.benchmarks import Prints, Promise
from harness.protocol.descriptions import AT_MOST, ONE_OF, Description, Outcome
from harness.protocol.observations import (
    ANY_DIAGNOSTICS,
    ANY_LEAKS,
    ANY_NUMBER,
    Diagnostic,
    Leaks,
    Observation,
)
from harness.records.verdict import Mismatch


def first_mismatch(promise: Promise, observation: Observation) -> Mismatch | None:
    """Return where an observation first differs from a promise; None if it keeps all that is promised."""
    if promise.outcome is not None and not _same_outcome(promise.outcome, observation.outcome):
        return _mismatch(observation.outcome.how, _lines(promise.outcome), _lines(observation.outcome))
    if promise.prints is not None and not _same_lines(promise.prints, observation.prints):
        return _mismatch("printed", promise.prints.lines, observation.prints)
    if promise.diagnostics is not None and not _same_diagnostics(
        promise.diagnostics, observation.diagnostics
    ):
        return _mismatch("reported", _each(promise.diagnostics), _each(observation.diagnostics))
    if promise.leaks is not None and not _same_leaks(promise.leaks, observation.leaks):
        return _mismatch("left", (str(promise.leaks),), (str(observation.leaks),))
    return None


def _mismatch(aspect: str, promised: tuple[str, ...], observed: tuple[str, ...]) -> Mismatch:
    pairs = enumerate(zip_longest(promised, observed))
    first_line = next((index for index, (a, b) in pairs if a != b), 0)
    return Mismatch(aspect, promised, observed, first_line)


def _each(entries: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, entries)) or ("nothing",)


def _lines(outcome: Outcome) -> tuple[str, ...]:
    """Return an outcome as lines, one for each part of a container, so that long ones can be compared."""
    what = outcome.what
    if what.type in ("list", "tuple", "dict") and len(what.parts) > 1:
        return (f"{outcome.how} a {what.type}:", *map(str, what.parts))
    return (str(outcome),)


def _same_outcome(promised: Outcome, seen: Outcome) -> bool:
    return promised.how == seen.how and matches(promised.what, seen.what)


def _same_diagnostics(promised: tuple[Diagnostic, ...], seen: tuple[Diagnostic, ...]) -> bool:
    return promised in (ANY_DIAGNOSTICS, seen)


def _same_leaks(promised: Leaks, seen: Leaks) -> bool:
    counts = zip(promised.counts, seen.counts, strict=True)
    return promised.files in (ANY_LEAKS.files, seen.files) and all(
        allowed in (ANY_NUMBER, count) for allowed, count in counts
    )


def _same_lines(promised: Prints, seen: tuple[str, ...]) -> bool:
    if promised.any_order:
        return sorted(promised.lines) == sorted(seen)
    return promised.lines == seen


def matches(promised: Description, seen: Description) -> bool:
    """Decide whether what was seen is what was promised: type for type, `any_order` as a multiset."""
    if promised.type in (AT_MOST, ONE_OF):
        return _is_among(promised, seen)
    if (promised.type, promised.text) != (seen.type, seen.text):
        return False
    if promised.digest is not None and seen.digest is not None:
        return promised.digest[promised.any_order] == seen.digest[promised.any_order]
    if promised.digest != seen.digest or len(promised.parts) != len(seen.parts):
        return False
    if promised.any_order:
        return _same_multiset(promised.parts, seen.parts)
    return all(map(matches, promised.parts, seen.parts))


def _is_among(promised: Description, seen: Description) -> bool:
    """Decide whether what was seen is one of the choices, or a number at most the bound and of its type."""
    if promised.type == ONE_OF:
        return any(matches(choice, seen) for choice in promised.parts)
    [greatest] = promised.parts
    if greatest.type != seen.type or seen.type not in ("int", "float"):
        return False
    number = int if seen.type == "int" else float
    try:
        return number(seen.text) <= number(greatest.text)
    except ValueError:  # an integer too long for decimal digits
        return False


def _same_multiset(promised: tuple[Description, ...], seen: tuple[Description, ...]) -> bool:
    unmatched = list(seen)
    for part in promised:
        index = next((index for index, other in enumerate(unmatched) if matches(part, other)), None)
        if index is None:
            return False
        del unmatched[index]
    return True
