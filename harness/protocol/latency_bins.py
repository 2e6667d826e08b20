"""The bins of a latency sketch: how many operations took a time within each, which add up over workers.

The sketch is DDSketch (Masson, Rim and Lee, VLDB 2019). Bin *i* holds the times above the power *i* - 1 of
`GAMMA` and up to its power *i*, in nanoseconds; none in it is more than `ACCURACY` away from what it stands
for. The sketch of the operations of several workers is the sum of theirs, bin by bin. The module imports the
standard library alone, because workers import it.
"""

import math
from collections.abc import Mapping

from harness.protocol import digits

ACCURACY = 0.001
"""The share by which a quantile may differ from the true one: a tenth of the usual margin."""

GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
"""The ratio of the ends of a bin."""

LAST_BIN = math.ceil(math.log(digits.LARGEST) / math.log(GAMMA))
"""The bin of the longest time that can be told."""


def time_of(bin_number: int) -> float:
    """Return the time in nanoseconds that a bin stands for."""
    return 2 * GAMMA**bin_number / (1 + GAMMA)


def pack(counts: Mapping[int, int]) -> str:
    """Return bins with their counts as text: how far each is from the one before, and its count."""
    numbers, before = list[int](), 0
    for bin_number in sorted(counts):
        numbers += (bin_number - before, counts[bin_number])
        before = bin_number
    return digits.write(numbers)


def unpack(text: str) -> dict[int, int]:
    """Return the bins that were packed, each with its count. Raises ValueError for what is no such text."""
    numbers = digits.read(text)
    if not numbers or len(numbers) % 2:
        raise ValueError("the bins are cut short")
    counts, bin_number = dict[int, int](), 0
    for further, count in zip(numbers[::2], numbers[1::2], strict=True):
        bin_number += further
        if bin_number in counts or bin_number > LAST_BIN or not count:
            raise ValueError(f"there is no such bin as {bin_number} with {count} operations")
        counts[bin_number] = count
    return counts
