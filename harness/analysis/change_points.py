"""Where the level of a series of figures changes."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

FEWEST_FIGURES = 6
"""The figures that a series needs before a change can be told from its noise."""

SHORTEST_LEVEL = 2
"""The fewest figures between two changes."""

_LEAST_NOISE = 1e-6
"""The standard deviation that is taken for figures that hardly differ, so that rounding is no change."""

_DIFFERENCES_TO_SD = 1 / (0.6745 * math.sqrt(2))
"""The standard deviation of normal noise, divided by the median absolute difference of neighbors."""


def change_points(values: Sequence[float]) -> tuple[int, ...]:
    """Return the indexes at which a new level begins; none of a series that is too short to tell.

    They are found by ruptures' compiled PELT with a squared-error cost. The penalty of a change is 3 s² ln n
    (the modified BIC of Zhang and Siegmund, Biometrics 63, 2007), with s from the median absolute difference
    of neighbors, which a few changes do not move.
    """
    if len(values) < FEWEST_FIGURES:
        return ()
    import numpy as np
    import ruptures

    noise = median(abs(b - a) for a, b in pairwise(values)) * _DIFFERENCES_TO_SD
    penalty = 3 * max(noise, _LEAST_NOISE) ** 2 * math.log(len(values))
    search = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST_LEVEL)
    ends = search.fit_predict(np.array(values), pen=penalty)
    return tuple(int(end) for end in ends[:-1])
