"""Random programs: of a seed, a profile and a size, the program of any number, without those before it.

Swarm testing (Groce et al., ISSTA 2012): each program draws the few kinds of statements that it is made of.
What all kinds could do together, a few do far sooner.
"""

from dataclasses import dataclass
from itertools import pairwise

from harness.fuzz.kinds import GATHER_WAITS, KINDS, WAITS, Kind, Make, Profile, gather, group
from harness.fuzz.language import CAPACITIES, STREAMS, Program
from harness.fuzz.random_numbers import RandomNumbers
from harness.fuzz.statements import Block, Statement

_ROOM_AFTER, _ROOM_BEFORE = 5, 7
"""From this size on, a program has statements after, and before, its group."""

_ONE_IN = 12
_APART = {0: Profile.GATHER, 1: Profile.SOCKETS}
"""What the profile of all kinds has in one program of so many, and in no other: gather has a meaning only
with few kinds, and pairs of sockets take longer to make than all else."""

DEFAULT_SIZE = 14
"""Statements that a program has at most, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Series:
    """An endless series of programs: number n of it is the same everywhere."""

    seed: int
    profile: Profile = Profile.ALL
    max_size: int = DEFAULT_SIZE

    def program(self, number: int) -> Program:
        """The program of this number, from 0."""
        return _Generator(self, RandomNumbers(self.seed, _PROFILES.index(self.profile), number)).program()


_PROFILES = tuple(Profile)


class _Generator:
    """Makes one program."""

    def __init__(self, series: Series, numbers: RandomNumbers) -> None:
        self._numbers = numbers
        self._size = series.max_size
        self._profile = series.profile

    objects: int
    """How many objects of a kind this program uses: with one, tasks meet there more often."""

    def program(self) -> Program:
        """A program of two or more tasks, most often."""
        numbers = self._numbers
        profile = self._profile
        if profile is Profile.ALL:
            profile = _APART.get(numbers.below(_ONE_IN), profile)
        gathers, kinds = profile is Profile.GATHER, KINDS[profile]
        self._leaves, self._compounds = self._swarm(kinds, gathers=gathers)
        budget = max(2, 2 + numbers.below(self._size - 1))
        self.objects = 1 + numbers.below(2)
        capacities = tuple(numbers.below(CAPACITIES) for _ in range(STREAMS))
        if numbers.chance(1, 10):
            return Program(self._block(budget), capacities)
        return Program(self._top(budget, gathers=gathers), capacities)

    def _swarm(self, kinds: tuple[Kind, ...], *, gathers: bool) -> tuple[list[Make], list[Make]]:
        """The kinds that this program is made of: some of all, and always a leaf that waits.

        One kind stands out, and is drawn as often as the others together: tasks have to meet at something.
        """
        numbers = self._numbers
        chosen = [kind for kind, digit in zip(kinds, numbers.digits(3, len(kinds)), strict=True) if not digit]
        focus = numbers.choice(kinds)
        chosen.extend([focus] * (1 + sum(kind.is_compound is focus.is_compound for kind in chosen)))
        leaves = [kind.make for kind in chosen if not kind.is_compound]
        leaves.append(numbers.choice(GATHER_WAITS if gathers else WAITS))
        return leaves, [kind.make for kind in chosen if kind.is_compound]

    def _top(self, budget: int, *, gathers: bool) -> Block:
        """A group or a gather of two to four children, and perhaps something around it."""
        numbers = self._numbers
        first = numbers.below(2) if budget >= _ROOM_BEFORE else 0
        last = numbers.below(3) if budget >= _ROOM_AFTER else 0
        before, after = self._block(first), self._block(last)
        rest = budget - 1 - first - last
        top = (gather if gathers else group)(self, rest, 2 + numbers.below(3))
        return (*before, top, *after)

    def _block(self, budget: int) -> Block:
        numbers = self._numbers
        statements: list[Statement] = []
        while budget > 0:
            if budget > 1 and self._compounds and numbers.chance(2, 5):
                inner = 1 + numbers.below(budget - 1)
                statements.append(numbers.choice(self._compounds)(self, inner))
                budget -= inner + 1
            else:
                statements.append(numbers.choice(self._leaves)(self, 0))
                budget -= 1
        return tuple(statements)

    def shares(self, budget: int, count: int) -> list[Block]:
        """Blocks that share a budget."""
        cuts = sorted(self._numbers.below(budget + 1) for _ in range(count - 1))
        ends = [0, *cuts, budget]
        return [self._block(end - start) for start, end in pairwise(ends)]

    def number(self, limit: int) -> int:
        """A number from 0 to just below this."""
        return self._numbers.below(limit)

    def switch(self) -> bool:
        """A switch that is on in one of three cases."""
        return self._numbers.below(3) == 0
