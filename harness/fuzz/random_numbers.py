"""Random numbers that are the same on every machine and every Python: SplitMix64.

Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. Python's own
`random` promises the same floats for a seed, and not the same choices.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    """A number of 64 bits that looks nothing like this one."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class RandomNumbers:
    """A stream of random numbers that begins where a seed and a place in it say."""

    __slots__ = ("_state",)

    def __init__(self, *seeds: int) -> None:
        self._state = 0
        for seed in seeds:
            self._state = mix(self._state ^ (seed + _GOLDEN & _MASK))

    def below(self, limit: int) -> int:
        """A whole number from 0 to just below the limit."""
        self._state = value = self._state + _GOLDEN & _MASK
        value = (
            value ^ value >> 30
        ) * 0xBF58476D1CE4E5B9 & _MASK  # `mix`, without the call: it is drawn from most
        value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
        return (value ^ value >> 31) * limit >> 64

    def chance(self, numerator: int, denominator: int) -> bool:
        """True in so many of so many cases."""
        return self.below(denominator) < numerator

    def digits(self, base: int, count: int) -> Iterator[int]:
        """So many numbers below a base, of one draw: base to the power of count must fit into 64 bits."""
        number = self.below(base**count)
        for _ in range(count):
            number, digit = divmod(number, base)
            yield digit

    def choice(self, values: Sequence[T]) -> T:
        """One of these, each as likely as any other."""
        return values[self.below(len(values))]
