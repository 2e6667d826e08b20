"""Where the level of a series of figures changes."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

FEWEST_FIGURES = 6
"""Figures that a series needs before a change can be told from its noise."""


SHORTEST_LEVEL = 2
"""Figures between two changes, at least."""


def change_points(values: Sequence[float]) -> tuple[int, ...]:
    """The indexes at which a new level begins, found by ruptures' compiled PELT with a squared-error cost.

    The penalty of a change is 3 s² ln n (the modified BIC of Zhang and Siegmund, Biometrics 63, 2007), with s
    from the median absolute difference of neighbors, which a few changes do not move.
    """
    if len(values) < FEWEST_FIGURES:
        return ()
    import numpy as np
    import ruptures

    noise = median(abs(b - a) for a, b in pairwise(values)) / (0.6745 * math.sqrt(2))
    penalty = 3 * max(noise, 1e-6) ** 2 * math.log(len(values))
    found = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST_LEVEL).fit_predict(
        np.array(values), pen=penalty
    )
    return tuple(int(at) for at in found[:-1])
