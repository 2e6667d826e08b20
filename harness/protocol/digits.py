"""Whole numbers as text of few bytes: base-128 digits, and those in base64.

It imports the standard library alone, because workers import it.
"""

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Iterable

LARGEST = 2**63
"""The numbers that are read are less than this: nanoseconds of 292 years."""


def write(numbers: Iterable[int]) -> str:
    """Return numbers of at least 0 as text: less than 128 takes a byte (base64 makes three of them four)."""
    packed = bytearray()
    for number in numbers:
        packed += _digits(number)
    return b2a_base64(packed, newline=False).decode()


def _digits(number: int) -> bytes:
    """Return a number of at least 0 in base 128, lowest digit first; all but the last have the high bit."""
    digits = bytearray()
    while number > 127:  # noqa: PLR2004 - the largest digit
        digits.append(number & 127 | 128)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def read(text: str) -> list[int]:
    """Return the numbers that were written. Raises ValueError for what is no such text."""
    numbers, number, shift = [], 0, 0
    try:
        packed = a2b_base64(text.encode("ascii"), strict_mode=True)
    except Error as error:
        raise ValueError(str(error)) from None
    for digit in packed:
        number |= (digit & 127) << shift
        shift += 7
        if number >= LARGEST:
            raise ValueError("a number is larger than a clock can tell")
        if digit < 128:  # noqa: PLR2004 - the high bit
            numbers.append(number)
            number, shift = 0, 0
    if shift:
        raise ValueError("the last number is cut short")
    return numbers
