"""From what was typed to what will be done: the first entry of a journal."""

import random
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.backends import (
    DEFAULT_BACKENDS,
    DEFAULT_BASELINE,
    Backend,
    find_backend,
    read_loop,
    why_unavailable,
)
from harness.catalog import choose_rows
from harness.environment import environment, now
from harness.errors import BadInput
from harness.observation import Row
from harness.plan import DEFAULT, Effort, Plan, choose_baseline
from harness.record import VERSION, Begun
from harness.sighting import PYTHON, check_loop
from harness.trial import Schedule
from harness.verdict import matching_difference


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, before it is checked."""

    scenarios: Sequence[str]
    backends: Sequence[str]
    loops: Sequence[str]
    baseline: str | None
    timeout: float
    effort: Effort = DEFAULT
    margin: float = 0.01
    seed: int | None = None
    name: str = ""
    scale: bool = False


def begin(wanted: Wanted) -> Begun:
    """Everything that is fixed before the first observation. Raises BadInput; nothing is written."""
    backends = choose_backends(wanted)
    rows = _with_a_case(choose_rows(wanted.scenarios, scale=wanted.scale), backends)
    for row in rows:
        for backend in backends:
            matching_difference(row, backend.name, PYTHON)
    plan = Plan(
        rows=rows,
        backends=backends,
        baseline=_baseline(wanted, backends),
        effort=wanted.effort,
        margin=wanted.margin,
        timeout=wanted.timeout,
        required=tuple(backend.name for backend in backends) if wanted.backends else (),
        seed=random.SystemRandom().getrandbits(32) if wanted.seed is None else wanted.seed,
    )
    return Begun(VERSION, wanted.name, now(), command_line(), environment(backends), plan)


def begin_audit(wanted: Wanted, schedule: Schedule) -> Begun:
    """The same for an audit: one timed row, on the default backends. Raises BadInput."""
    begun = begin(wanted)
    rows = begun.plan.rows
    if len(rows) != 1 or not rows[0].timed or rows[0].ideal is not None:
        raise BadInput(
            f"an audit times one row that does not sleep, such as order:n=1, not {wanted.scenarios[0]}"
        )
    return replace(begun, audit=schedule)


def _with_a_case(rows: Sequence[Row], backends: Sequence[Backend]) -> tuple[Row, ...]:
    """The rows without those for a family of loops that was not chosen. Raises BadInput if none is left."""
    families = {None, *(backend.loop.family for backend in backends)}
    able = tuple(row for row in rows if row.only in families)
    if not able:
        raise BadInput(f"{rows[0].id} runs on loops of {rows[0].only} only: add -b {rows[0].only}")
    return able


def choose_backends(wanted: Wanted) -> tuple[Backend, ...]:
    """The backends that were named, or the default ones and those of --loop. Raises BadInput."""
    loops = [read_loop(words) for words in wanted.loops]
    for loop in loops:
        if [one.name for one in loops].count(loop.name) > 1:
            raise BadInput(f"--loop: two loops are called {loop.name!r}: give each a name of its own")
        check_loop(loop)
    names = wanted.backends or (*DEFAULT_BACKENDS, *(f"{loop.name}+gather" for loop in loops))
    found = [find_backend(name, loops) for name in names]
    return tuple(dict.fromkeys(found))


def _baseline(wanted: Wanted, backends: tuple[Backend, ...]) -> str:
    """The baseline named, else the default one if it was chosen, else the first."""
    if wanted.baseline is not None:
        loops = [backend.loop for backend in backends]
        return choose_baseline(find_backend(wanted.baseline, loops).name, backends)
    names = [backend.name for backend in backends]
    return DEFAULT_BASELINE if DEFAULT_BASELINE in names else names[0]


def command_line() -> str:
    """What was typed, without the path of the program."""
    return shlex.join(["loopcmp", *sys.argv[1:]])


def unavailable(plan: Plan) -> list[str]:
    """The backends that were asked for by name and cannot run here, each with why."""
    found = ((backend.name, why_unavailable(backend.loop)) for backend in plan.backends)
    return [f"{name}: {why}" for name, why in found if why and name in plan.required]
