"""How much effort the timing of a run takes: one of three, and what was asked for on top of it."""

from dataclasses import replace

from harness.errors import BadInput
from harness.records.plan import DEFAULT, FAST, RIGOROUS, Effort


def choose_effort(
    *,
    fast: bool = False,
    rigorous: bool = False,
    precision: float | None = None,
    max_seconds: float | None = None,
) -> Effort:
    """Return the effort that was asked for; `precision` is half the width that intervals must reach.

    Raises BadInput where --fast, which fixes the rounds, meets an option that decides how many there are.
    """
    if fast:
        return _fast(rigorous=rigorous, precision=precision, max_seconds=max_seconds)
    effort = RIGOROUS if rigorous else DEFAULT
    if precision is not None:
        effort = replace(effort, precision=precision)
    return effort if max_seconds is None else replace(effort, max_seconds=max_seconds)


def _fast(*, rigorous: bool, precision: float | None, max_seconds: float | None) -> Effort:
    given = {"--rigorous": rigorous, "--precision": precision, "--max-time": max_seconds}
    if refused := " and ".join(option for option, value in given.items() if value):
        raise BadInput(f"--fast fixes the rounds: leave out {refused}, or leave out --fast")
    return FAST
