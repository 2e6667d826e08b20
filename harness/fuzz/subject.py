"""What is tried: a backend, where its interpreter is, and by which rules its traces are judged."""

from dataclasses import dataclass, replace

from harness.backends.backend import Backend
from harness.fuzz.specification.family import ASYNCIO, SWITCHES, TRIO, Family, Quirk, family_of

VIRTUAL = ("asyncio", "trio")
"""The loops that can be run in virtual time."""

INSTANT = 0.02
"""Seconds from one instant to the next in real time."""

_BY_NAME = {family.name: family for family in (ASYNCIO, TRIO)}

SCALES = (1, 3, 8)
"""How many times longer the instants are, when a run in real time that looked wrong is tried again."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A backend on trial.

    `family` is what its traces are judged by, and `own` what they ought to be judged by.
    `virtual` names the library whose virtual time it runs in, or is empty. `quirks` are known faults that its
    traces may show. `unlawful` are the laws that are switched off for it.
    """

    backend: Backend
    python: str
    family: Family
    own: Family
    virtual: str = ""
    quirks: frozenset[Quirk] = frozenset()
    unlawful: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The backend's name."""
        return self.backend.name

    @property
    def scales(self) -> tuple[int, ...]:
        """The lengths of instants that are tried, one after the other."""
        return SCALES[:1] if self.virtual else SCALES

    def instant(self, scale: int) -> float:
        """Seconds of the loop's clock from one instant to the next."""
        return 1.0 if self.virtual else INSTANT * scale


def make_subject(backend: Backend, python: str, *, against: str = "", real_time: bool = False) -> Subject:
    """A backend, judged by its own family's rules or another's."""
    loop = backend.loop.name
    virtual = loop if loop in VIRTUAL and backend.environment is None and not real_time else ""
    own = family_of(backend.loop.family, backend.gatherer)
    other = {name: getattr(_BY_NAME[against], name) for name in SWITCHES} if against else {}
    return Subject(backend, python, replace(own, **other), own, virtual)
