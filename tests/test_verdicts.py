"""What a case's observations mean: verdicts, where promise and observation part, answers to claims."""

from dataclasses import replace

import pytest

from harness.analysis.matching import matches
from harness.analysis.verdicts import evaluate_claim, judge
from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Claim, Difference, Prints, Promise
from harness.protocol.descriptions import Outcome
from harness.protocol.observations import (
    Diagnostic,
    Leaks,
    Observation,
    ObservationCount,
    ProcessObservations,
    WorkerExit,
)
from harness.records.promises import expected_promise, matching_difference
from harness.records.verdict import CaseVerdict, ClaimResult, Verdict
from harness.scenario import any_order
from tests.records import ASYNCIO, TRIO, UVLOOP, look, raised, returned, row, told, twice

PYTHON = "3.13.0"
OOPS = ValueError("Oops")
GROUP = ExceptionGroup("", [OOPS])


def finding(
    of: Benchmark, *looks: Observation, on: str = TRIO, reference: Observation | None = None
) -> CaseVerdict:
    return judge(of, on, PYTHON, twice(*looks), reference)


def documents(outcome: Outcome, on: str = "*+nursery", python: str = "") -> Difference:
    return Difference((on,), Promise(outcome), "it is so", "https://example.org/why", python)


PROMISED = row("story", returned(1))
DOCUMENTED = row("story", raised(OOPS), differences=(documents(raised(GROUP)),))


@pytest.mark.parametrize(
    ("sighting", "verdict", "because"),
    [
        (ProcessObservations((ObservationCount(look(returned(1)), 8),)), Verdict.SAME_RESULT, ""),
        (
            ProcessObservations((ObservationCount(look(returned(2)), 8),)),
            Verdict.DIFFERENT_RESULT,
            "something else",
        ),
        (
            ProcessObservations((ObservationCount(look(returned(1)), 3),), WorkerExit("killed by SIGSEGV")),
            Verdict.CRASHED,
            "SIGSEGV",
        ),
        (
            ProcessObservations(ended=WorkerExit("gave no answer for 30 s", timed_out=True)),
            Verdict.TIMED_OUT,
            "30 s",
        ),
        (
            ProcessObservations(refused="story.py:7: a set has no order"),
            Verdict.CRASHED,
            "a set has no order",
        ),
        (ProcessObservations(unavailable="pip install uvloop"), Verdict.UNAVAILABLE, "pip install uvloop"),
        (
            ProcessObservations((ObservationCount(look(returned(1)), 8),), unmeasured="ran on another loop"),
            Verdict.COULD_NOT_MEASURE,
            "ran on another loop",
        ),
        (ProcessObservations(), Verdict.CRASHED, "nothing was observed"),
        (
            ProcessObservations((ObservationCount(look(raised(NotImplementedError("no pipes"))), 8),)),
            Verdict.UNSUPPORTED,
            "no pipes",
        ),
    ],
)
def test_a_process_that_saw_this_means(sighting: ProcessObservations, verdict: Verdict, because: str) -> None:
    found = judge(PROMISED, TRIO, PYTHON, (sighting,), None)
    assert found.kind is verdict
    assert because in found.reason


@pytest.mark.parametrize("bad", [0, 1])
def test_one_bad_process_of_two_is_enough(bad: int) -> None:
    sightings = list(twice(look(returned(1))))
    sightings[bad] = ProcessObservations(ended=WorkerExit("killed by SIGABRT"))
    assert judge(PROMISED, TRIO, PYTHON, tuple(sightings), None).kind is Verdict.CRASHED


@pytest.mark.parametrize("verdict", Verdict)
def test_only_a_case_that_does_as_promised_or_documented_may_have_a_number(verdict: Verdict) -> None:
    kept = verdict in {Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE}
    assert CaseVerdict(verdict).has_number is kept


def test_a_case_that_does_not_repeat_itself_is_unstable() -> None:
    found = finding(PROMISED, look(returned(1)), look(returned(2)))
    assert found.kind is Verdict.UNSTABLE
    assert found.reason == "2 different observations"


def test_a_case_that_differs_from_one_process_to_the_next_is_unstable() -> None:
    first, second = twice(look(returned(1)))[0], twice(look(returned(2)))[0]
    assert judge(PROMISED, TRIO, PYTHON, (first, second), None).kind is Verdict.UNSTABLE


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [(Prints(("a", "b")), Verdict.UNSTABLE), (Prints(("b", "a"), any_order=True), Verdict.SAME_RESULT)],
)
def test_trio_reversing_half_the_looks_is_unstable_unless_any_order_is_promised(
    lines: Prints, verdict: Verdict
) -> None:
    none = returned(None)
    promised = row("story", none, prints=lines)
    assert finding(promised, look(none, "a", "b"), look(none, "b", "a")).kind is verdict


def test_a_documented_difference_that_is_seen_brings_its_reason_and_source() -> None:
    found = finding(DOCUMENTED, look(raised(GROUP)))
    assert found == CaseVerdict(Verdict.KNOWN_DIFFERENCE, "it is so", source="https://example.org/why")


def test_documented_and_not_seen_is_a_difference() -> None:
    found = finding(DOCUMENTED, look(raised(OOPS)))
    assert found.kind is Verdict.DIFFERENT_RESULT
    assert found.reason == "documented and not seen: it is so"
    assert found.source == "https://example.org/why"


def test_neither_what_is_promised_nor_what_is_documented_is_a_difference_of_its_own() -> None:
    found = finding(DOCUMENTED, look(returned(1)))
    assert found.kind is Verdict.DIFFERENT_RESULT
    assert "documented" not in found.reason


def test_a_documented_difference_is_not_for_other_backends() -> None:
    assert finding(DOCUMENTED, look(raised(OOPS)), on=UVLOOP).kind is Verdict.SAME_RESULT
    assert finding(DOCUMENTED, look(raised(GROUP)), on=UVLOOP).kind is Verdict.DIFFERENT_RESULT


@pytest.mark.parametrize(
    ("python", "specifier", "verdict"),
    [
        ("3.11.7", ">=3.12", Verdict.SAME_RESULT),
        ("3.12.0", ">=3.12", Verdict.KNOWN_DIFFERENCE),
        ("3.14.0", ">=3.12", Verdict.KNOWN_DIFFERENCE),
        ("3.13.0", ">=3.12,<3.14", Verdict.KNOWN_DIFFERENCE),
        ("3.14.0", ">=3.12,<3.14", Verdict.SAME_RESULT),
        ("3.14.0", "", Verdict.KNOWN_DIFFERENCE),
    ],
)
def test_a_difference_may_hold_only_for_some_versions_of_python(
    python: str, specifier: str, verdict: Verdict
) -> None:
    of = row("story", returned(1), differences=(documents(returned(2), "*", specifier),))
    does = 2 if verdict is Verdict.KNOWN_DIFFERENCE else 1
    assert judge(of, TRIO, python, twice(look(returned(does))), None).kind is verdict


def test_two_differences_that_match_one_backend_are_an_error_that_names_both() -> None:
    of = row("story", differences=(documents(returned(2), "trio+*"), documents(returned(3))))
    with pytest.raises(
        BadInput, match=r"story\.py:7: story .* trio\+nursery \(on trio\+\* and \*\+nursery\)"
    ):
        matching_difference(of, TRIO, PYTHON)
    assert matching_difference(of, ASYNCIO, PYTHON) is None


def test_two_differences_for_different_versions_of_python_do_not_clash() -> None:
    older, newer = documents(returned(2), "*", "<3.12"), documents(returned(3), "*", ">=3.12")
    of = row("story", differences=(older, newer))
    assert matching_difference(of, TRIO, "3.11.9") == older
    assert matching_difference(of, TRIO, "3.12.0") == newer


BASELINE = look(returned([1]), "said", complaints=(Diagnostic("never-awaited"),))


@pytest.mark.parametrize(
    ("seen", "parts_at"),
    [
        (look(returned([1]), "said"), None),
        (look(returned([2]), "said"), "returned"),
        (look(raised(OOPS), "said"), "raised"),
        (look(returned([1])), "printed"),
    ],
)
def test_what_is_not_promised_is_what_the_baseline_did_but_nothing_may_be_left(
    seen: Observation, parts_at: str | None
) -> None:
    found = finding(row("story"), seen, reference=BASELINE)
    assert (found.mismatch and found.mismatch.aspect) == parts_at


@pytest.mark.parametrize(
    ("seen", "blemish"),
    [
        (look(returned([1]), "said"), ""),
        (
            look(returned([1]), "said", complaints=(Diagnostic("never-awaited"),)),
            "reports never-awaited",
        ),
        (look(returned([1]), "said", left=Leaks(descriptors=2)), "leaves 2 descriptors a loop"),
        (
            look(returned([1]), "said", left=Leaks(1, 2, 0, 1, ("a.txt",))),
            "leaves 1 task, 2 threads, 1 child process, the file a.txt a loop",
        ),
    ],
)
def test_what_is_left_or_complained_of_marks_a_case_that_has_a_number_all_the_same(
    seen: Observation, blemish: str
) -> None:
    found = finding(row("story"), seen, reference=BASELINE)
    assert found == CaseVerdict(Verdict.SAME_RESULT, blemish=blemish)
    assert found.has_number
    assert found.is_finding == bool(blemish)


def test_a_case_with_a_known_difference_can_have_a_blemish_too() -> None:
    found = finding(DOCUMENTED, look(raised(GROUP), left=Leaks(tasks=1)))
    assert (found.kind, found.blemish) == (Verdict.KNOWN_DIFFERENCE, "leaves 1 task a loop")


def test_what_is_documented_to_be_left_and_is_not_is_a_finding() -> None:
    leaves = Difference(
        ("*+nursery",), Promise(leaks=Leaks(descriptors=2)), "it is so", "https://example.org"
    )
    of = row("story", returned(1), differences=(leaves,))
    assert finding(of, look(returned(1), left=Leaks(descriptors=2))).kind is Verdict.KNOWN_DIFFERENCE
    assert finding(of, look(returned(1))).reason == "documented and not seen: it is so"


def test_a_promised_complaint_must_come_and_its_wording_does_not_matter() -> None:
    promised = Promise(returned(None), diagnostics=(Diagnostic("never-retrieved", told(OOPS)),))
    of = Benchmark("story", "own", "own", "", "own.py:1", promise=promised)
    worded = Diagnostic("never-retrieved", told(OOPS), "Task-7 exception was never retrieved")
    assert finding(of, look(returned(None), complaints=(worded,))).kind is Verdict.SAME_RESULT
    assert finding(of, look(returned(None))).kind is Verdict.DIFFERENT_RESULT


def test_a_difference_replaces_only_the_parts_that_it_gives() -> None:
    of = row("story", returned(1), prints=Prints(("a",)), differences=(documents(returned(2)),))
    expected = expected_promise(of, TRIO, PYTHON, None)
    assert (expected.outcome, expected.prints) == (returned(2), Prints(("a",)))


def test_an_error_where_a_value_is_promised_is_unsupported_only_if_it_is_not_promised_itself() -> None:
    error = raised(NotImplementedError("no pipes"))
    assert finding(row("story", error), look(error)).kind is Verdict.SAME_RESULT
    documented = row("story", returned(1), differences=(documents(error),))
    assert finding(documented, look(error)).kind is Verdict.KNOWN_DIFFERENCE


def test_a_group_of_nothing_but_not_implemented_errors_is_unsupported() -> None:
    error = NotImplementedError("no pipes")
    nested = raised(ExceptionGroup("", [ExceptionGroup("", [error]), error]))
    mixed = raised(ExceptionGroup("", [error, ValueError("Oops")]))
    of = row("story", returned(1))
    found = finding(of, look(nested))
    assert (found.kind, found.reason) == (Verdict.UNSUPPORTED, "NotImplementedError('no pipes')")
    assert finding(of, look(mixed)).kind is Verdict.DIFFERENT_RESULT


def test_a_documented_not_implemented_error_is_documented_also_where_nothing_is_promised() -> None:
    error = raised(NotImplementedError("no pipes"))
    of = row("story", differences=(documents(error),))
    assert finding(of, look(error), reference=look(returned(1))).kind is Verdict.KNOWN_DIFFERENCE


@pytest.mark.parametrize(
    ("promised", "seen", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        ([1], (1,), False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        (any_order([1, 2, 2]), [2, 1, 2], True),
        (any_order([1, 2, 2]), [2, 1, 1], False),
        (any_order([1, 2]), [1, 2, 2], False),
        (any_order([1, 2]), (2, 1), False),
        ([0, any_order([1, 2])], [0, [2, 1]], True),
        ([any_order([1, 2]), 0], [0, [2, 1]], False),
        (any_order([any_order([1, 2]), any_order([1, 3])]), [[3, 1], [2, 1]], True),
        (any_order([any_order([1, 2]), any_order([1, 3])]), [[3, 1], [3, 1]], False),
        (any_order([[1, 2], [3]]), [[3], [2, 1]], False),
        (GROUP, ExceptionGroup("another message", [OOPS]), True),
        (ExceptionGroup("", [OOPS, KeyError(1)]), ExceptionGroup("", [KeyError(1), OOPS]), True),
        (GROUP, ExceptionGroup("", [OOPS, OOPS]), False),
        (GROUP, OOPS, False),
        (ValueError("Oops"), ValueError("oops"), False),
        (LookupError("x"), KeyError("x"), False),
    ],
)
def test_what_is_seen_is_what_was_promised(promised: object, seen: object, same: bool) -> None:
    assert matches(told(promised), told(seen)) is same


LONG = [f"{number} {'x' * 700}" for number in range(100)]


@pytest.mark.parametrize(
    ("promised", "seen", "same"),
    [
        (LONG, LONG, True),
        (LONG, LONG[::-1], False),
        (any_order(LONG), LONG[::-1], True),
        (any_order(LONG), [*LONG[:-1], LONG[0]], False),
        (LONG, LONG[:-1], False),
        (LONG, tuple(LONG), False),
        (LONG, [1], False),
        ("x" * 70_000, "x" * 70_000, True),
        ("x" * 70_000, "x" * 69_999 + "y", False),
    ],
)
def test_what_is_too_long_is_compared_by_its_digest(promised: object, seen: object, same: bool) -> None:
    assert told(promised).digest is not None
    assert matches(told(promised), told(seen)) is same


@pytest.mark.parametrize(
    ("promised", "seen", "at"),
    [
        (("a", "b", "c"), ("a", "x", "c"), 1),
        (("a", "b"), ("a", "b", "c"), 2),
        (("a", "b"), ("a",), 1),
        ((), ("a",), 0),
        (("a",), (), 0),
    ],
)
def test_a_parting_names_the_first_line_that_differs(
    promised: tuple[str, ...], seen: tuple[str, ...], at: int
) -> None:
    none = returned(None)
    parting = finding(row("story", none, prints=Prints(promised)), look(none, *seen)).mismatch
    assert parting is not None
    assert (parting.aspect, parting.promised, parting.observed) == ("printed", promised, seen)
    assert parting.first_line == at


def test_long_results_are_parted_entry_by_entry() -> None:
    parting = finding(row("story", returned([1, 2, 3])), look(returned([1, 5, 3]))).mismatch
    assert parting is not None
    assert (parting.promised[parting.first_line], parting.observed[parting.first_line]) == ("2", "5")


BOTH = Promise(returned(1), Prints(("a",)))


@pytest.mark.parametrize(
    ("promise", "looks", "held"),
    [
        (Promise(returned(1)), [look(returned(1), "whatever", left=Leaks(tasks=3))], ClaimResult.HOLDS),
        (BOTH, [look(returned(1), "a")], ClaimResult.HOLDS),
        (BOTH, [look(returned(1), "b")], ClaimResult.FAILS),
        (Promise(prints=Prints(("a",))), [look(raised(OOPS), "a")], ClaimResult.HOLDS),
        (Promise(returned(1)), [look(returned(1)), look(returned(2))], ClaimResult.FAILS),
        (
            Promise(diagnostics=()),
            [look(returned(1), complaints=(Diagnostic("unclosed"),))],
            ClaimResult.FAILS,
        ),
    ],
)
def test_a_claim_holds_if_every_look_shows_all_that_it_says(
    promise: Promise, looks: list[Observation], held: ClaimResult
) -> None:
    assert evaluate_claim(Claim("it is so", "example", promise), twice(*looks)) is held


@pytest.mark.parametrize(
    "sightings",
    [
        (),
        (ProcessObservations(),),
        (ProcessObservations(unavailable="pip install uvloop"),),
        (
            ProcessObservations((ObservationCount(look(returned(1)), 8),)),
            ProcessObservations(ended=WorkerExit("killed by SIGSEGV")),
        ),
    ],
)
def test_a_claim_is_not_tried_where_the_story_could_not_be_observed(
    sightings: tuple[ProcessObservations, ...],
) -> None:
    assert (
        evaluate_claim(Claim("it is so", "example", Promise(returned(1))), sightings) is ClaimResult.NOT_TRIED
    )


def seen_then(first: Observation, *later: Observation) -> tuple[ProcessObservations, ...]:
    """Two processes whose first run gave one observation and whose later ones gave others."""
    counts = (ObservationCount(first, 1), *(ObservationCount(look, 7) for look in later))
    return (ProcessObservations(counts), ProcessObservations(counts))


def verdict_of(processes: tuple[ProcessObservations, ...]) -> CaseVerdict:
    return judge(PROMISED, TRIO, PYTHON, processes, None)


def test_what_only_the_first_run_in_a_process_leaves_is_said_and_is_no_difference() -> None:
    fine = look(returned(1))
    first = replace(fine, leaks=Leaks(descriptors=1, children=1))
    assert verdict_of(seen_then(first, fine)) == CaseVerdict(
        Verdict.SAME_RESULT, "left at the first run in a process only: descriptors: 1, children: 1"
    )


@pytest.mark.parametrize("leaks", [Leaks(tasks=1), Leaks(files=("a",))], ids=["a task", "a file"])
def test_a_task_or_a_file_left_once_is_no_effect_of_the_start(leaks: Leaks) -> None:
    fine = look(returned(1))
    assert verdict_of(seen_then(replace(fine, leaks=leaks), fine)).is_finding


def test_what_every_run_leaves_is_no_effect_of_the_start() -> None:
    fine = look(returned(1))
    one, two = (replace(fine, leaks=Leaks(descriptors=count)) for count in (1, 2))
    assert verdict_of(seen_then(one, two)).blemish == (
        "leaves 1 descriptor a loop or leaves 2 descriptors a loop"
    )
    assert verdict_of(twice(one)).blemish == "leaves 1 descriptor a loop"
