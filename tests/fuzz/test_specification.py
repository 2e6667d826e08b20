"""The specification: what it allows, what it forbids, and where its switches let the families differ."""

from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzz.generator import Series
from harness.fuzz.kinds import Profile
from harness.fuzz.known import read_known
from harness.fuzz.specification.family import ASYNCIO, SWITCHES, TRIO, Family, Quirk, family_of
from harness.fuzz.specification.search import Judgement, judge
from harness.fuzz.specification.trees import (
    group,
    holds_cancelled,
    is_all_cancelled,
    parts_of,
    without_cancelled,
)
from harness.fuzz.text import read_program
from tests.fuzz.judging import judged, trace
from tests.fuzz.walking import Walker

FAMILIES = [
    ASYNCIO,
    TRIO,
    family_of("asyncio", "gather"),
    family_of("asyncio", "taskgroup"),
    family_of("trio", "nursery"),
]


@given(
    st.integers(0, 2**32),
    st.sampled_from(Profile),
    st.sampled_from(FAMILIES),
    st.integers(0, 2**32),
)
def test_the_machine_accepts_what_it_writes_itself(
    number: int, profile: Profile, family: Family, seed: int
) -> None:
    program = Series(1, profile).program(number)
    written = Walker(program, family, seed).walk()
    assert judge(program, written, family).judgement is Judgement.ALLOWED


@given(st.integers(0, 2**32), st.sampled_from(Profile), st.integers(0, 2**32), st.data())
def test_a_trace_that_lacks_its_last_entry_is_forbidden(
    number: int, profile: Profile, seed: int, data: st.DataObject
) -> None:
    program = Series(1, profile).program(number)
    family = data.draw(st.sampled_from(FAMILIES))
    written = Walker(program, family, seed).walk()
    assert judge(program, written[:-1], family).judgement is Judgement.FORBIDDEN


SLEEP = "sleep until=2"


@pytest.mark.parametrize(
    ("instant", "expected"),
    [(1, "forbidden"), (2, "allowed"), (3, "forbidden")],
    ids=["early", "due", "late"],
)
def test_a_sleep_ends_in_its_instant(instant: int, expected: str) -> None:
    words = f"""
        0 0 start -1 -
        {instant} 0 done 0 -
        {instant} 0 end -1 -
        {instant} 0 left -1 passed -
    """
    assert judged(SLEEP, words) == expected


def test_a_sleep_that_ends_late_says_what_was_allowed_and_when() -> None:
    words = "0 0 start -1 -\n3 0 done 0 -\n3 0 end -1 -\n3 0 left -1 passed -"
    verdict = judge(read_program(SLEEP), trace(words), ASYNCIO)
    assert (verdict.position, verdict.allowed, verdict.instant) == (1, ("task 0: done 0 -",), 2)


def test_what_one_task_does_between_two_awaits_is_compared_entry_by_entry() -> None:
    words = "0 0 start -1 -\n0 0 read 1 7\n0 0 end -1 -\n0 0 left -1 passed -"
    verdict = judge(read_program("set-variable\nread-variable"), trace(words), ASYNCIO)
    assert (verdict.position, verdict.allowed) == (1, ("task 0: read 1 0",))


LOCKED = """
group
  child
    with-lock
  child
    with-lock
  body
    with-lock
      sleep until=1
"""

STARTS = "0 0 start -1 -\n0 1 start -1 -\n0 2 start -1 -\n0 0 done 3 -\n1 0 done 4 -\n1 0 released 3 -\n"


def test_a_lock_goes_to_the_first_in_line() -> None:
    rest = "1 {0} done {1} -\n1 {0} released {1} -\n1 {0} end -1 -\n"
    end = "1 0 joined 0 -\n1 0 end -1 -\n1 0 left -1 passed -"
    assert judged(LOCKED, STARTS + rest.format(1, 1) + rest.format(2, 2) + end) == "allowed"
    assert judged(LOCKED, STARTS + rest.format(2, 2) + rest.format(1, 1) + end) == "forbidden"


WAITING = """
group
  child
    wait-event
  body
    sleep until=1
    set-event
    cancel
"""


@pytest.mark.parametrize(("value", "expected"), [("-", "allowed"), ("C", "forbidden")])
def test_a_wake_up_before_the_cancellation_wins(value: str, expected: str) -> None:
    words = f"""
        0 0 start -1 -
        0 1 start -1 -
        1 0 done 2 -
        1 0 set 3 -
        1 0 cancel 4 True
        1 1 done 1 {value}
        1 1 end -1 {value}
        1 0 joined 0 -
        1 0 end -1 -
        1 0 left -1 passed -
    """
    assert judged(WAITING, words) == expected


SHIELDED = """
scope
  cancel
  scope shield deadline=2
    sleep until=1
  checkpoint
"""


@pytest.mark.parametrize(("value", "expected"), [("-", "allowed"), ("C", "forbidden")])
def test_a_shield_hides_the_cancellation_of_outer_scopes(value: str, expected: str) -> None:
    caught = "passed -" if value == "-" else "passed C"
    rest = "1 0 done 4 C\n" if value == "-" else ""
    words = f"""
        0 0 start -1 -
        0 0 cancel 1 True
        1 0 done 3 {value}
        1 0 left 2 {caught}
    """
    end = f"{rest}1 0 left 0 caught -\n1 0 end -1 -\n1 0 left -1 passed -"
    assert judged(SHIELDED, dedent(words) + end) == expected


FAILING = """
group
  child
    raise
  child
    checkpoint
  body
"""


@pytest.mark.parametrize(("family", "expected"), [(ASYNCIO, "allowed"), (TRIO, "forbidden")])
def test_only_on_asyncio_may_a_group_learn_of_a_failed_child_later(family: Family, expected: str) -> None:
    words = """
        0 0 start -1 -
        0 2 start -1 -
        0 1 start -1 -
        0 1 end -1 E1
        0 2 done 2 -
        0 2 end -1 -
        0 0 joined 0 G(E1)
        0 0 end -1 G(E1)
        0 0 left -1 passed G(E1)
    """
    assert judged(FAILING, words, family) == expected


INTERRUPTED = """
scope deadline=1
  group
    child
      scope shield
        sleep until=2
    body
"""


@pytest.mark.parametrize(("family", "expected"), [(ASYNCIO, "allowed"), (TRIO, "forbidden")])
def test_only_on_asyncio_does_an_interrupted_exit_of_a_group_raise(family: Family, expected: str) -> None:
    words = """
        0 0 start -1 -
        0 1 start -1 -
        2 1 done 3 -
        2 1 left 2 passed -
        2 1 end -1 -
        2 0 joined 1 C
        2 0 left 0 caught -
        2 0 end -1 -
        2 0 left -1 passed -
    """
    assert judged(INTERRUPTED, words, family) == expected


STARTING = """
group
  child
    group start
      child
        scope shield
          started
          sleep until=1
      body
  body
    raise
"""


@pytest.mark.parametrize(("family", "value"), [(ASYNCIO, "C"), (TRIO, "-")])
def test_a_start_that_was_cancelled_before_the_child_reported_waits_for_its_end(
    family: Family, value: str
) -> None:
    words = f"""
        0 0 start -1 -
        0 1 start -1 -
        0 2 start -1 -
        0 2 started 3 -
        1 2 done 4 -
        1 2 left 2 passed -
        1 2 end -1 -
        1 1 done 1 {value}
        1 1 joined 1 {value}
        1 1 end -1 {value}
        1 0 joined 0 G(E5)
        1 0 end -1 G(E5)
        1 0 left -1 passed G(E5)
    """
    assert judged(STARTING, words, family) == "allowed"


BESIDE = """
scope
  cancel
  group
    child
      checkpoint
    child
      raise
    body
"""


@pytest.mark.parametrize(("family", "left"), [(ASYNCIO, "G(E4)"), (TRIO, "G(C,E4)")])
def test_trio_keeps_cancellations_beside_errors_where_an_outer_scope_takes_them(
    family: Family, left: str
) -> None:
    words = f"""
        0 0 start -1 -
        0 0 cancel 1 True
        0 1 start -1 -
        0 2 start -1 -
        0 2 end -1 E4
        0 1 done 3 C
        0 1 end -1 C
        0 0 joined 2 {left}
        0 0 left 0 {"caught" if "C" in left else "passed"} G(E4)
        0 0 end -1 G(E4)
        0 0 left -1 passed G(E4)
    """
    other = TRIO if family is ASYNCIO else ASYNCIO
    assert judged(BESIDE, words, family) == "allowed"
    assert judged(BESIDE, words, other) == "forbidden"


def test_the_families_differ_in_the_documented_switches_and_in_nothing_else() -> None:
    names = {name for name in Family.__slots__ if getattr(ASYNCIO, name) != getattr(TRIO, name)}
    assert names == {"name", *SWITCHES}
    assert all(switch.source.startswith("https://") for switch in SWITCHES.values())


def test_every_quirk_is_a_known_finding_and_has_a_reason_and_a_source() -> None:
    rows = read_known()
    assert {row.quirk for row in rows if row.quirk} == set(Quirk)
    for row in rows:
        assert row.reason
        assert row.source.startswith("https://") or row.source == "not reported yet"
        read_program(row.program)


def test_a_quirk_is_only_allowed_where_it_is_asked_for() -> None:
    words = """
        0 0 start -1 -
        0 0 left 0 passed -
        0 0 done 1 -
        0 0 end -1 -
        0 0 left -1 passed -
    """
    quirky = replace(ASYNCIO, quirks=frozenset({Quirk.SCOPE_ENTERED_AGAIN}))
    assert judged("scope\nenter-again", words) == "forbidden"
    assert judged("scope\nenter-again", words, quirky) == "allowed"


def test_too_many_states_leave_a_trace_undecided() -> None:
    verdict = judge(read_program(SLEEP), trace("0 0 start -1 -"), ASYNCIO, most_states=1)
    assert verdict.judgement is Judgement.UNDECIDED


def test_exceptions_are_taken_apart_as_they_were_put_together() -> None:
    tree = group(["E3", "C", group(["C", "E1"])])
    assert tree == "G(C,E3,G(C,E1))"
    assert parts_of(tree) == ("C", "E3", "G(C,E1)")
    assert holds_cancelled(tree)
    assert not is_all_cancelled(tree)
    assert without_cancelled(tree) == "G(E3,G(E1))"
    assert without_cancelled("G(C,G(C))") == "-"
    assert is_all_cancelled("G(C,G(C))")
