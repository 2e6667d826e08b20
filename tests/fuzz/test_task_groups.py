"""The specification of gather over asyncio.TaskGroup: each task is cancelled once."""

import pytest

from harness.fuzz.specification.family import family_of
from tests.fuzz.judging import judged

FAMILY = family_of("asyncio", "taskgroup")

CLEANS_UP = """
gather
  child
    checkpoint
    raise
  child
    finally
      body
        sleep until=2
      cleanup
        checkpoint
"""

BEFORE = "0 0 start -1 -\n0 1 start -1 -\n0 2 start -1 -\n0 1 done 1 -\n0 1 end -1 E2\n"
CANCELLED = BEFORE + "0 2 done 4 C\n0 2 cleanup 3 C\n"
AFTER = "0 2 end -1 C\n0 0 gathered 0 G(E2)\n0 0 end -1 G(E2)\n0 0 left -1 passed G(E2)"


@pytest.mark.parametrize(("value", "expected"), [("-", "allowed"), ("C", "forbidden")])
def test_clean_up_may_wait_for_the_cancellation_comes_once(value: str, expected: str) -> None:
    assert judged(CLEANS_UP, f"{CANCELLED}0 2 done 5 {value}\n{AFTER}", FAMILY) == expected


def test_the_others_are_cancelled_when_one_has_failed() -> None:
    slept = "2 2 done 4 -\n2 2 cleanup 3 -\n2 2 done 5 -\n2 2 end -1 -\n"
    left = "2 0 gathered 0 G(E2)\n2 0 end -1 G(E2)\n2 0 left -1 passed G(E2)"
    assert judged(CLEANS_UP, BEFORE + slept + left, FAMILY) == "forbidden"


UNBORN = """
gather
  child
    raise
  child
    gather
      child
        checkpoint
  child
    checkpoint
"""


def test_a_task_that_waits_for_a_group_of_its_own_cancels_that_when_it_runs() -> None:
    begun = "0 0 start -1 -\n0 1 start -1 -\n0 1 end -1 E1\n0 2 start -1 -\n0 3 start -1 -\n"
    inner = "0 4 start -1 -\n0 4 done 3 C\n0 4 end -1 C\n"
    never = "0 2 gathered 2 C\n0 2 end -1 C\n"
    rest = "0 3 done 4 C\n0 3 end -1 C\n"
    end = "0 0 gathered 0 G(E1)\n0 0 end -1 G(E1)\n0 0 left -1 passed G(E1)"
    assert judged(UNBORN, begun + inner + never + rest + end, FAMILY) == "allowed"
    assert judged(UNBORN, begun + never + rest + end, FAMILY) == "allowed"
    assert judged(UNBORN, begun + rest + end, FAMILY) == "forbidden"
