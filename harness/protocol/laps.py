"""The laps of a value: how its iterations divide into them, and their times in few bytes.

It imports the standard library alone, because workers import it.
"""

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Iterable

LONGEST = 2**63
"""The largest time of a lap, in nanoseconds."""


def lap_sizes(iterations: int, laps: int) -> tuple[int, ...]:
    """Return how many iterations each lap has: as alike as can be, and one at least."""
    laps = max(1, min(laps, iterations))
    return tuple((index + 1) * iterations // laps - index * iterations // laps for index in range(laps))


def pack(times: Iterable[int]) -> str:
    """Return times in nanoseconds as text: the least, then what each is longer, in base-128 digits.

    A lap of 0.3 ms is nearly as long as the next, so most take two bytes (base64 makes three of them four).
    """
    times = tuple(times)
    least = min(times)
    packed = bytearray(_digits(least))
    for time in times:
        packed += _digits(time - least)
    return b2a_base64(packed, newline=False).decode()


def _digits(number: int) -> bytes:
    """Return a number of at least 0 in base 128, lowest digit first; all but the last have the high bit."""
    digits = bytearray()
    while number > 127:  # noqa: PLR2004 - the largest digit
        digits.append(number & 127 | 128)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def unpack(text: str) -> tuple[int, ...]:
    """Return the times that were packed. Raises ValueError for what is no such text."""
    numbers, number, shift = [], 0, 0
    try:
        packed = a2b_base64(text.encode("ascii"), strict_mode=True)
    except Error as error:
        raise ValueError(str(error)) from None
    for digit in packed:
        number |= (digit & 127) << shift
        shift += 7
        if number >= LONGEST:
            raise ValueError("a lap is longer than a clock can tell")
        if digit < 128:  # noqa: PLR2004 - the high bit
            numbers.append(number)
            number, shift = 0, 0
    if shift or len(numbers) < 2:  # noqa: PLR2004 - the least and one lap
        raise ValueError("the laps are cut short")
    least, *longer = numbers
    return tuple(least + more for more in longer)
