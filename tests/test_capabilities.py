"""What each loop can do, as a record says it."""

import json
from dataclasses import replace

import pytest

from harness.analysis import capabilities
from harness.analysis.capabilities import LoopAbility
from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Difference, Promise
from harness.protocol.observations import Diagnostic, Leaks, ProcessObservations, WorkerExit
from harness.records.conformance import Ability
from harness.records.record import Record
from harness.report.formats import capabilities as report
from harness.report.tables import capabilities as capability_tables
from tests.records import (
    ASYNCIO,
    TRIO,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    raised,
    record_of,
    returned,
    seen_alike,
    twice,
)

UNCLOSED = Diagnostic("unclosed")
OOPS = Diagnostic("other", raised(ValueError("Oops")).what)


def tried(promise: Promise | None = None, *differences: Difference, name: str = "can_listen") -> Benchmark:
    of = fake_benchmark(name, returned(1), differences=differences, uses_gather=False, timed=False)
    return replace(of, tags=(capabilities.TAG,), promise=promise or of.promise)


def record(of: Benchmark, sightings: tuple[ProcessObservations, ...], on: str = UVLOOP) -> Record:
    """A record in which asyncio does as promised, and another loop was seen like this."""
    right = twice(observation(returned(1)))
    return record_of(
        plan(of, on=(ASYNCIO, on)), *seen_alike(of, right, (ASYNCIO,)), *seen_alike(of, sightings, (on,))
    )


def answer(of: Benchmark, *sightings: ProcessObservations, on: str = UVLOOP) -> LoopAbility:
    [capability] = capabilities.capabilities(record(of, sightings, on))
    assert capability.answers[0].ability is Ability.YES or of.promise.diagnostics
    return capability.answers[1]


@pytest.mark.parametrize(
    ("sightings", "ability", "because"),
    [
        (twice(observation(returned(1))), Ability.YES, ""),
        (twice(observation(raised(NotImplementedError("none")))), Ability.NO, "NotImplementedError('none')"),
        (twice(observation(returned(2))), Ability.WRONG, "returned 2, not 1"),
        (twice(observation(raised(ValueError("Oops")))), Ability.WRONG, "raises ValueError('Oops')"),
        (
            twice(observation(returned(1)), observation(returned(2))),
            Ability.WRONG,
            "not always: returned 2, not 1",
        ),
        (twice(observation(returned(1), "hello")), Ability.WRONG, "printed hello, not nothing"),
        (twice(observation(returned(1), left=Leaks(tasks=1))), Ability.UNTIDY, "leaves 1 task a loop"),
        (
            twice(observation(returned(1), complaints=(UNCLOSED, UNCLOSED), left=Leaks(descriptors=2))),
            Ability.UNTIDY,
            "reports unclosed, leaves 2 descriptors a loop",
        ),
        ((ProcessObservations(ended=WorkerExit("killed by SIGSEGV")),), Ability.CRASHED, "killed by SIGSEGV"),
        ((ProcessObservations(ended=WorkerExit("gave no answer for 5 s", "", timed_out=True)),), Ability.HUNG,
         "gave no answer for 5 s"),
        ((ProcessObservations(unavailable="not installed"),), Ability.ABSENT, "not installed"),
        ((ProcessObservations(unmeasured="ran on another loop"),), Ability.UNMEASURED, "ran on another loop"),
    ],
)  # fmt: skip
def test_an_answer_is_what_was_observed_and_says_why(
    sightings: tuple[ProcessObservations, ...], ability: Ability, because: str
) -> None:
    found = answer(tried(), *sightings)
    assert (found.loop, found.backend, found.ability, found.reason) == ("uvloop", UVLOOP, ability, because)


def test_a_loop_that_leaves_more_or_less_each_time_does_what_is_promised_all_the_same() -> None:
    looks = twice(observation(returned(1)), observation(returned(1), complaints=(UNCLOSED,)))
    found = answer(tried(), *looks)
    assert (found.ability, found.reason) == (Ability.UNTIDY, "reports unclosed")


@pytest.mark.parametrize(
    ("complaints", "ability", "because"),
    [
        ((OOPS, UNCLOSED), Ability.UNTIDY, "reports unclosed"),
        ((UNCLOSED,), Ability.WRONG, "does not report other: ValueError('Oops')"),
    ],
)
def test_a_report_that_is_promised_must_come_whatever_else_does(
    complaints: tuple[Diagnostic, ...], ability: Ability, because: str
) -> None:
    of = tried(Promise(returned(1), diagnostics=(OOPS,)))
    found = answer(of, *twice(observation(returned(1), complaints=complaints)))
    assert (found.ability, found.reason) == (ability, because)


def test_a_documented_lack_is_no_with_its_source() -> None:
    lack = Difference((TRIO,), Promise(raised(NotImplementedError())), "it has none", "trio#1")
    found = answer(tried(None, lack), *twice(observation(raised(NotImplementedError()))), on=TRIO)
    assert (found.ability, found.reason, found.source) == (Ability.NO, "it has none", "trio#1")


def test_benchmarks_without_the_tag_are_no_capabilities() -> None:
    ordinary = replace(tried(), tags=())
    bare = record(ordinary, twice(observation(returned(1))))
    assert capabilities.capabilities(bare) == ()
    assert capability_tables.table(bare) is capability_tables.reasons(bare) is None
    with pytest.raises(BadInput, match="give one the tag 'capability'"):
        report.render(bare)


def test_the_table_has_a_column_for_every_loop_and_explains_the_signs_that_are_in_it() -> None:
    shown = capability_tables.table(record(tried(), twice(observation(returned(2)))))
    assert shown is not None
    assert [head.split()[0] for head in shown.heads] == ["capability", "asyncio", "uvloop"]
    assert shown.rows == (("can_listen", "✓ yes", "✗ wrong"),)
    assert shown.notes[0].startswith("✓ yes: does what is promised")
    assert "✗ wrong:" in shown.notes[0]
    assert "hung" not in shown.notes[0]


def test_answers_of_a_loop_for_the_same_reason_are_told_together() -> None:
    rows = [tried(name=name) for name in ("can_listen", "can_speak")]
    missing = twice(observation(raised(NotImplementedError())))
    told = record_of(plan(*rows, on=(UVLOOP,), baseline=UVLOOP), *seen_alike(rows[0], missing, (UVLOOP,)),
                     *seen_alike(rows[1], missing, (UVLOOP,)))  # fmt: skip
    shown = capability_tables.reasons(told)
    assert shown is not None
    assert shown.rows == (("uvloop", "no", "NotImplementedError()", "can_listen; can_speak"),)


def test_markdown_links_every_answer_to_its_evidence_on_the_page() -> None:
    rendered = report.render(record(tried(), twice(observation(returned(2)))))
    assert (
        "| can\\_listen: What can\\_listen shows. "
        "| [✓ yes](report.html#case-1-1) | [✗ wrong](report.html#case-1-2) |"
    ) in rendered
    assert "| uvloop | wrong | returned 2, not 1 | can\\_listen |" in rendered


def test_json_has_an_object_per_capability_with_an_answer_per_loop() -> None:
    document = json.loads(report.render_json(record(tried(), twice(observation(returned(2))))))
    assert [(loop["loop"], loop["counts"], loop["tried"]) for loop in document["loops"]] == [
        ("asyncio", {"yes": 1}, 1),
        ("uvloop", {"wrong": 1}, 1),
    ]
    [found] = document["capabilities"]
    assert found["name"] == "can_listen"
    assert [(one["loop"], one["ability"], one["verdict"]) for one in found["answers"]] == [
        ("asyncio", "yes", "same result"),
        ("uvloop", "wrong", "different result"),
    ]
