"""Every scenario on every backend, run for real: verdicts, equal output, the tutorial's ledger.

The tutorial's run on every backend each time; other families on the default ones, and what is longer is slow.
"""

import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from types import ModuleType

import pytest

import scenarios
from harness.analysis.verdicts import evaluate_claim, judge
from harness.backends.registry import known_backends
from harness.execution.machine import PYTHON
from harness.execution.observing import observe_in_process
from harness.protocol.benchmarks import SCALE, Benchmark, Claim
from harness.protocol.descriptions import Outcome
from harness.protocol.observations import ProcessObservations, distinct_observations
from harness.records.verdict import ClaimResult, Verdict
from harness.worker.listing import list_benchmarks
from harness.worker.loading import find_scenario, scenarios_in
from tests.records import plan

pytestmark = pytest.mark.workers

PATIENCE = 60.0
"""Seconds without an answer after which a worker is ended."""

FAMILIES = {family: import_module(f"scenarios.{family}") for family in scenarios.FAMILIES}
LISTED = [
    row
    for family, package in FAMILIES.items()
    for module in package.MODULES
    for row in list_benchmarks(f"scenarios.{family}.{module}", family)
]
ROWS = {row.id: row for row in LISTED}
TUTORIAL = [row for row in LISTED if row.family == "tutorial"]
TIMED = [row for row in TUTORIAL if row.timed]
CLAIMS = [(row, claim) for row in TUTORIAL for claim in row.claims]

MAIN = {"asyncio", "uvloop", "trio"}
"""The loops that every scenario is tried on; variants and others are for `loopcmp check -b`."""

BACKENDS = {one.name: one for one in known_backends() if one.loop.name in MAIN}
NAMES = list(BACKENDS)
EVERYWHERE = set(NAMES)
GATHER = {backend.name for backend in BACKENDS.values() if backend.gatherer == "gather"}
GROUPS = EVERYWHERE - GATHER

DISPUTED: dict[str, set[str]] = {
    "An async function counts as awaitable without being called": set(),
    "Async functions are among what may be passed": set(),
    "Without return_exceptions=True the error of a task is raised as it is": GATHER,
    "Without return_exceptions=True an error in one task stops the others": GROUPS,
    "Without an await, the task of the example does not run": GROUPS,
    "Tasks of a gather that nobody awaits do not run": GROUPS,
}
"""The claims that do not hold everywhere, with the backends on which they do."""


def is_slow(row: Benchmark) -> bool:
    """Whether `loopcmp check` of everything, which CI runs, is trusted with this row in its place."""
    return row.family != "tutorial"


def backends_of(row: Benchmark) -> list[str]:
    return [backend.name for backend in plan(row, on=NAMES).backends_of(row)]


CASES = [
    pytest.param(row, name, marks=[pytest.mark.slow] if is_slow(row) else [])
    for row in LISTED
    if SCALE not in row.tags
    for name in backends_of(row)
]
POOL = ThreadPoolExecutor(os.cpu_count())


@cache
def looking(row: str, backend: str) -> Future[ProcessObservations]:
    """What one fresh process sees of a case; as many at a time as there are CPUs."""
    return POOL.submit(observe_in_process, ROWS[row], BACKENDS[backend], PATIENCE)


def sightings(row: str, backends: Iterable[str] = NAMES) -> dict[str, ProcessObservations]:
    started = {name: looking(row, name) for name in backends}
    return {name: look.result() for name, look in started.items()}


def ordered_output(row: Benchmark, backend: str) -> set[tuple[Outcome, tuple[str, ...]]]:
    return {(look.outcome, look.prints) for look in distinct_observations((sightings(row.id)[backend],))}


def label(value: object) -> str | None:
    """A parameter's part in a test's name: a row's id, a claim's words."""
    match value:
        case Benchmark():
            return value.id
        case Claim():
            return value.words
        case _:
            return None


@pytest.mark.parametrize(("row", "backend"), CASES, ids=label)
def test_a_scenario_does_what_is_promised_or_documented(row: Benchmark, backend: str) -> None:
    baseline, *others = backends_of(row)
    seen = sightings(row.id, [baseline, *others])
    reference = next(distinct_observations((seen[baseline],)))
    finding = judge(row, backend, PYTHON, (seen[backend],), reference)
    assert finding.kind in {Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE}, finding


@pytest.mark.parametrize(
    "row", [row for row in LISTED if row.family not in {"tutorial", "capabilities"}], ids=label
)
def test_a_workload_says_what_one_iteration_is_and_what_it_does_not_show(row: Benchmark) -> None:
    said = " ".join((getdoc(find_scenario(row.module, row.scenario).function) or "").split())
    assert "One iteration" in said
    assert "isolates" in said or "control" in row.tags
    assert "not show" in said or "shows nothing" in said or "control" in row.tags


@pytest.mark.parametrize("row", [row for row in LISTED if row.native], ids=label)
def test_a_twin_has_a_host_over_the_same_parameters(row: Benchmark) -> None:
    assert row.only is not None
    twin = ROWS[row.id.replace(row.scenario, row.native, 1)]
    assert twin.only is None
    assert (twin.promise, twin.parameters) == (row.promise, row.parameters)


@pytest.mark.parametrize("row", TUTORIAL, ids=label)
def test_uvloop_gives_the_same_output_in_the_same_order_as_asyncio(row: Benchmark) -> None:
    assert ordered_output(row, "uvloop+gather") == ordered_output(row, "asyncio+gather")


@pytest.mark.parametrize(("row", "claim"), CLAIMS, ids=label)
def test_a_claim_holds_exactly_where_what_was_observed_bears_it_out(row: Benchmark, claim: Claim) -> None:
    answers = {name: evaluate_claim(claim, (seen,)) for name, seen in sightings(row.id).items()}
    holds = {name for name, given in answers.items() if given is ClaimResult.HOLDS}
    assert set(answers.values()) <= {ClaimResult.HOLDS, ClaimResult.FAILS}
    assert holds == DISPUTED.get(claim.words, EVERYWHERE)


def test_every_disputed_claim_is_in_the_ledger() -> None:
    assert set(DISPUTED) <= {claim.words for _, claim in CLAIMS}


def test_the_ledger_covers_every_part_of_the_document() -> None:
    places = Counter(claim.where for _, claim in CLAIMS)
    least = {"syntax": 5, "example": 3, "pitfalls": 3, "quick reference": 3, "takeaways": 4}
    assert set(places) == set(least)
    assert {place for place in places if places[place] < least[place]} == set()


def test_no_claim_is_made_twice() -> None:
    made = Counter(claim.words for _, claim in CLAIMS)
    assert {words: times for words, times in made.items() if times > 1} == {}


def test_at_most_eight_benchmarks_of_the_tutorial_are_timed() -> None:
    assert {"say_after_example", "order:n=1", "order:n=10", "order:n=100", "order:n=1000"} <= {
        row.id for row in TIMED
    }
    assert len(TIMED) <= 8


@pytest.mark.parametrize("backend", NAMES)
@pytest.mark.parametrize("row", TIMED, ids=label)
def test_a_timed_scenario_returns_and_prints_one_line_at_most(row: Benchmark, backend: str) -> None:
    for outcome, prints in ordered_output(row, backend):
        assert outcome.how == "returned"
        assert len(prints) <= 1


def test_no_two_scenarios_share_a_name() -> None:
    sources: dict[str, set[str]] = {}
    for row in LISTED:
        sources.setdefault(row.scenario, set()).add(row.source)
    assert {name: found for name, found in sources.items() if len(found) > 1} == {}


ONLY_WHERE_ASKED_FOR = {"own"}
"""Modules that are in no list: that of `loopcmp run --app` needs an application."""


@pytest.mark.parametrize("package", FAMILIES.values(), ids=FAMILIES)
def test_every_module_with_a_scenario_is_listed_in_its_family(package: ModuleType) -> None:
    files = {path.stem for folder in package.__path__ for path in Path(folder).glob("[!_]*.py")}
    told = {name for name in files if scenarios_in(import_module(f"{package.__name__}.{name}"))}
    assert told - ONLY_WHERE_ASKED_FOR == set(package.MODULES)


@pytest.mark.parametrize("row", [row for row in LISTED if row.differences], ids=label)
def test_every_documented_difference_says_why_and_where_it_is_written(row: Benchmark) -> None:
    assert all(difference.reason and difference.source for difference in row.differences)
