"""Every scenario on every backend, run for real: verdicts, equal output, the tutorial's ledger."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import scenarios
from harness.backends import DEFAULT_BASELINE, Backend, known_backends, why_unavailable
from harness.observation import Claim, Outcome, Row, Sighting, observations
from harness.sighting import PYTHON, observe_once
from harness.verdict import Answer, Verdict, answer, judge
from harness.worker.listing import list_rows
from harness.worker.loading import scenarios_in

pytestmark = pytest.mark.workers

PATIENCE = 30.0
"""Seconds without an answer after which a worker is ended."""

FAMILIES = {family: import_module(f"scenarios.{family}") for family in scenarios.FAMILIES}
LISTED = [
    row
    for family, package in FAMILIES.items()
    for module in package.MODULES
    for row in list_rows(f"scenarios.{family}.{module}", family)
]
ROWS = {row.id: row for row in LISTED}
TUTORIAL = [row for row in LISTED if row.family == "tutorial"]
TIMED = [row for row in TUTORIAL if row.timed]
CLAIMS = [(row, claim) for row in TUTORIAL for claim in row.claims]

BACKENDS = [backend for backend in known_backends() if why_unavailable(backend.loop) is None]
NAMES = [backend.name for backend in BACKENDS]
EVERYWHERE = set(NAMES)
GATHER = {backend.name for backend in BACKENDS if backend.gatherer == "gather"}
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


@cache
def sightings(row: str) -> dict[str, Sighting]:
    """What one fresh process per backend sees of a row; as many at a time as there are CPUs."""

    def observe(backend: Backend) -> Sighting:
        return observe_once(ROWS[row], backend, PATIENCE)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(NAMES, pool.map(observe, BACKENDS), strict=True))


def ordered_output(row: Row, backend: str) -> set[tuple[Outcome, tuple[str, ...]]]:
    return {(look.outcome, look.prints) for look in observations((sightings(row.id)[backend],))}


def label(value: object) -> str | None:
    """A parameter's part in a test's name: a row's id, a claim's words."""
    match value:
        case Row():
            return value.id
        case Claim():
            return value.words
        case _:
            return None


@pytest.mark.parametrize("backend", NAMES)
@pytest.mark.parametrize("row", LISTED, ids=label)
def test_a_scenario_does_what_is_promised_or_documented(row: Row, backend: str) -> None:
    reference = next(observations((sightings(row.id)[DEFAULT_BASELINE],)))
    finding = judge(row, backend, PYTHON, (sightings(row.id)[backend],), reference)
    assert finding.verdict in {Verdict.AGREES, Verdict.DOCUMENTED}, finding


@pytest.mark.parametrize("row", TUTORIAL, ids=label)
def test_uvloop_gives_the_same_output_in_the_same_order_as_asyncio(row: Row) -> None:
    assert ordered_output(row, "uvloop+gather") == ordered_output(row, "asyncio+gather")


@pytest.mark.parametrize(("row", "claim"), CLAIMS, ids=label)
def test_a_claim_holds_exactly_where_what_was_observed_bears_it_out(row: Row, claim: Claim) -> None:
    answers = {name: answer(claim, (seen,)) for name, seen in sightings(row.id).items()}
    holds = {name for name, given in answers.items() if given is Answer.HOLDS}
    assert set(answers.values()) <= {Answer.HOLDS, Answer.FAILS}
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


def test_at_most_eight_rows_of_the_tutorial_are_timed() -> None:
    assert {"say_after_example", "order:n=1", "order:n=10", "order:n=100", "order:n=1000"} <= {
        row.id for row in TIMED
    }
    assert len(TIMED) <= 8


@pytest.mark.parametrize("backend", NAMES)
@pytest.mark.parametrize("row", TIMED, ids=label)
def test_a_timed_story_returns_and_prints_one_line_at_most(row: Row, backend: str) -> None:
    for outcome, prints in ordered_output(row, backend):
        assert outcome.how == "returned"
        assert len(prints) <= 1


def test_no_two_scenarios_share_a_name() -> None:
    sources: dict[str, set[str]] = {}
    for row in LISTED:
        sources.setdefault(row.scenario, set()).add(row.source)
    assert {name: found for name, found in sources.items() if len(found) > 1} == {}


@pytest.mark.parametrize("package", FAMILIES.values(), ids=FAMILIES)
def test_every_module_with_a_scenario_is_listed_in_its_family(package: ModuleType) -> None:
    files = {path.stem for folder in package.__path__ for path in Path(folder).glob("[!_]*.py")}
    told = {name for name in files if scenarios_in(import_module(f"{package.__name__}.{name}"))}
    assert told == set(package.MODULES)


@pytest.mark.parametrize("row", [row for row in LISTED if row.differences], ids=label)
def test_every_documented_difference_says_why_and_where_it_is_written(row: Row) -> None:
    assert all(difference.because and difference.source for difference in row.differences)
