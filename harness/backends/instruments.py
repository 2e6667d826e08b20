"""Instruments are what a case is measured with: gatherers, clocks, the garbage collector's functions.

A scenario or a loop's package can put something else in their place, or change their code. Whoever holds an
Instruments learns of it.
"""

import gc
import importlib
from collections.abc import Iterable
from types import CodeType


class Instruments:
    """The identity and the code of functions and classes, named "module:attribute", when it was made."""

    def __init__(self, names: Iterable[str]) -> None:
        self._at_first = {name: _identity(name) for name in names}
        self._thresholds = gc.get_threshold()

    def changed(self) -> str | None:
        """Say what is another than it was, or that the garbage collector is; None if all is as it was."""
        for name, identity in self._at_first.items():
            if not _is_same(_identity(name), identity):
                return (
                    f"was measured with another {name.replace(':', '.')} than Python's or the library's own"
                )
        if not gc.isenabled():
            return "switched off the garbage collection that every backend is measured with"
        if gc.get_threshold() != self._thresholds:
            return f"set the thresholds of garbage collection to {gc.get_threshold()}"
        return None


Identity = tuple[object, ...]
"""An object, and what its code consists of."""


def _identity(name: str) -> Identity:
    """Return what must be the same for a function or a class to be; its module is imported already."""
    module, _, attribute = name.partition(":")
    named: object = getattr(importlib.import_module(module), attribute, None)
    if isinstance(named, type):
        return (named, *(part for value in vars(named).values() for part in _code(value)))
    return (named, *_code(named))


def _code(value: object) -> Identity:
    code: CodeType | None = getattr(value, "__code__", None)
    return (value,) if code is None else (value, code, value.__defaults__, value.__kwdefaults__)  # type: ignore[attr-defined]


def _is_same(now: Identity, before: Identity) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
