"""Promises that more than one value keeps, and promises of what is left."""

from dataclasses import replace

import pytest

from harness.analysis.matching import first_mismatch, matches
from harness.protocol.benchmarks import Promise
from harness.protocol.observations import (
    ANY_DIAGNOSTICS,
    ANY_LEAKS,
    Diagnostic,
    Leaks,
    Observation,
)
from harness.scenario import (
    ANY,
    Scenario,
    at_most,
    descriptors,
    never_awaited,
    one_of,
    processes,
    scenario,
    tasks,
    threads,
)
from harness.worker.describing import Describer
from harness.worker.listing import _benchmarks
from harness.worker.refusals import Malformed, Undescribable
from tests.records import look, returned, told


@pytest.mark.parametrize(
    ("promised", "seen", "keeps"),
    [
        (at_most(3), 3, True),
        (at_most(3), -2, True),
        (at_most(3), 4, False),
        (at_most(3), 2.0, False),
        (at_most(0.5), 0.25, True),
        (at_most(0.5), 0, False),
        (at_most(3), True, False),
        (at_most(3), "2", False),
        (one_of("a", "b"), "b", True),
        (one_of("a", "b"), "c", False),
        (one_of(1, 2), 1.0, False),
        ([1, one_of(at_most(2), None)], [1, None], True),
        ([1, one_of(at_most(2), None)], [1, 3], False),
        ({"late": at_most(10)}, {"late": 7}, True),
    ],
)
def test_a_value_keeps_a_promise_that_leaves_a_choice_or_does_not(
    promised: object, seen: object, *, keeps: bool
) -> None:
    assert matches(told(promised), told(seen)) is keeps


def test_promises_that_leave_a_choice_are_written_as_in_the_scenario() -> None:
    assert str(told([at_most(3), one_of("a", 1)])) == "[at_most(3), one_of('a', 1)]"


def test_a_promise_that_leaves_a_choice_inside_a_digest_is_refused() -> None:
    with pytest.raises(Undescribable, match="at_most or one_of"):
        Describer().describe([at_most(3), *range(30_000)])


def promise_of(leaves: object) -> Promise:
    @scenario(leaves=leaves)
    async def story() -> None:
        """Nothing."""

    assert isinstance(story, Scenario)
    [benchmark] = _benchmarks(story, "mine", "own")
    return benchmark.promise


SEEN = look(returned(None))


def keeps(leaves: object, observation: Observation) -> bool:
    return first_mismatch(promise_of(leaves), observation) is None


def test_counts_of_what_is_left_are_exact_or_any() -> None:
    two = replace(SEEN, leaks=Leaks(descriptors=2))
    assert keeps(descriptors(2), two)
    assert keeps(descriptors(ANY), two)
    assert keeps(descriptors(), SEEN)
    assert not keeps(descriptors(1), two)
    assert not keeps([tasks(1), threads(ANY), processes(0)], two)


def test_any_is_whatever_is_left_and_whatever_is_complained_of() -> None:
    much = replace(SEEN, leaks=Leaks(1, 2, 3, 4, ("a",)), diagnostics=(Diagnostic("unclosed"),))
    assert promise_of(ANY) == Promise(diagnostics=ANY_DIAGNOSTICS, leaks=ANY_LEAKS)
    assert keeps(ANY, much)
    assert keeps(ANY, SEEN)


def test_diagnostics_and_counts_are_promised_together() -> None:
    both = promise_of([never_awaited(), tasks(1)])
    assert both == Promise(diagnostics=(Diagnostic("never-awaited"),), leaks=Leaks(tasks=1))
    assert promise_of(never_awaited()).leaks is None


@pytest.mark.parametrize("leaves", [tasks(-1), tasks("two"), "nothing", [1]])
def test_what_is_no_promise_of_what_is_left_is_named_with_what_to_write(leaves: object) -> None:
    with pytest.raises(Malformed, match=r"give .*(2 or ANY|or ANY)"):
        promise_of(leaves)
