"""The oracle, which looks for a run of the machine that writes exactly a given trace.

Depth-first, with as few silent steps as will do. The trace itself says who ran next, so there is little to
try: what is left are the silent steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.fuzz.language import Program
from harness.fuzz.specification.family import Family
from harness.fuzz.specification.machine import Entry, Machine
from harness.fuzz.specification.machinery import Parting
from harness.fuzz.specification.plan import make_plan
from harness.fuzz.specification.state import State

MOST_STATES = 20_000
"""States after which a trace is left undecided."""


class Judgement(StrEnum):
    """What the specification says of a trace."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement; for a forbidden trace, the entry at which it parts, what was allowed there, and when."""

    judgement: Judgement
    position: int = 0
    allowed: tuple[str, ...] = ()
    instant: int = 0
    states: int = 0


def judge(
    program: Program, trace: Sequence[Entry], family: Family, most_states: int = MOST_STATES
) -> Verdict:
    """Judge a trace that a loop of this family has left of a program."""
    machine = Machine(make_plan(program), family, trace)
    return _Search(machine, len(trace), most_states).run()


class _Search:
    def __init__(self, machine: Machine, length: int, most_states: int) -> None:
        self._most_states = most_states
        self._machine = machine
        self._length = length
        self._seen: set[object] = set()
        self._furthest = 0
        self._stuck: list[State] = []
        """The states that came furthest and could not go on."""
        self._partly = (-1, "")
        """How far one task came between two awaits, and what the machine would have written there."""

    def run(self) -> Verdict:
        """Try every way, the likeliest first."""
        work: list[tuple[int, State, bool]] = [(0, self._machine.initial(), False)]
        states = 0
        while work:
            position, state, has_tried = work.pop()
            if position == self._length and self._machine.is_over(state):
                return Verdict(Judgement.ALLOWED, position, states=states)
            states += 1
            if states > self._most_states:
                return Verdict(Judgement.UNDECIDED, self._furthest, states=states)
            if has_tried:
                work.extend(self._silently(position, state))
                continue
            work.append((position, state, True))
            if position < self._length:
                work.extend(self._take(position, state))
        return self._forbidden(states)

    def _take(self, position: int, state: State) -> Iterator[tuple[int, State, bool]]:
        """The states after the next entries of one task, the likeliest last."""
        ways = []
        for expires_at_entry in (True, False):
            new = state.copy()
            try:
                after = self._machine.take(new, position, expires_at_entry=expires_at_entry)
                ways.append((after, new, False))
            except Parting as parting:
                if parting.position > self._partly[0]:
                    self._partly = (parting.position, parting.written)
            if not self._machine.has_entered_due:
                break
        return reversed(ways)

    def _silently(self, position: int, state: State) -> list[tuple[int, State, bool]]:
        """The states after one silent step, the likeliest last."""
        if position >= self._furthest:
            if position > self._furthest:
                self._stuck.clear()
            self._furthest = position
            self._stuck.append(state)
        steps: list[tuple[int, State, bool]] = []
        for new in self._machine.silent_steps(state):
            key = (position, new.key())
            if key not in self._seen:
                self._seen.add(key)
                steps.append((position, new, False))
        steps.reverse()
        return steps

    def _forbidden(self, states: int) -> Verdict:
        instant = max((state.now for state in self._stuck), default=0)
        position, written = self._partly
        if position > self._furthest:
            return Verdict(Judgement.FORBIDDEN, position, (written,), instant, states)
        words = (word for state in self._stuck for word in self._machine.allowed(state))
        return Verdict(Judgement.FORBIDDEN, self._furthest, tuple(sorted(set(words))), instant, states)
