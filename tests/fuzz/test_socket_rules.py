"""The specification of pairs of sockets: what their ends may receive, and learn of each other."""

from dataclasses import replace

import pytest

from harness.fuzz.specification.family import ASYNCIO, Quirk
from tests.fuzz.test_specification import judged

START, END = "0 0 start -1 -\n", "\n0 0 end -1 {0}\n0 0 left -1 passed {0}"


def alone(program: str, *entries: str, ended: str = "-", quirk: Quirk | None = None) -> str:
    """The judgement on a program of one task that writes these entries in its first instant."""
    family = replace(ASYNCIO, quirks=frozenset({quirk})) if quirk else ASYNCIO
    return judged(program, START + "\n".join(f"0 0 {entry}" for entry in entries) + END.format(ended), family)


@pytest.mark.parametrize(("first", "second", "expected"), [(0, 1, "allowed"), (1, 0, "forbidden")])
def test_numbers_are_received_in_the_order_in_which_they_were_sent(
    first: int, second: int, expected: str
) -> None:
    program = "socket-send\nsocket-send\nsocket-receive far\nsocket-receive far"
    entries = ("done 0 -", "done 1 -", f"done 2 {first}", f"done 3 {second}")
    assert alone(program, *entries) == expected


def test_what_was_sent_to_the_near_end_is_not_received_there() -> None:
    assert alone("socket-send\nsocket-receive", "done 0 -", "done 1 0") == "forbidden"


def test_the_end_of_the_stream_comes_after_all_that_was_sent() -> None:
    program = "socket-send\nsocket-end\nsocket-receive far\nsocket-receive far"
    entries = ("done 0 -", "done 1 -", "done 2 0", "done 3 EndOfStream")
    assert alone(program, *entries, ended="EndOfStream") == "allowed"
    assert alone(program, *entries[:2], "done 2 EndOfStream", ended="EndOfStream") == "forbidden"


def test_an_end_that_will_send_no_more_sends_nothing() -> None:
    assert alone("socket-end\nsocket-send", "done 0 -") == "allowed"


@pytest.mark.parametrize("call", ["socket-send", "socket-receive"])
def test_an_end_that_is_closed_cannot_be_used(call: str) -> None:
    closed = "ClosedResourceError"
    assert alone(f"socket-close\n{call}", "done 0 -", f"done 1 {closed}", ended=closed) == "allowed"
    assert alone(f"socket-close\n{call}", "done 0 -", "done 1 -") == "forbidden"


def test_what_was_never_received_may_reset_the_connection() -> None:
    program = "socket-send\nsocket-close far\nsocket-receive"
    broken = "BrokenResourceError"
    assert alone(program, "done 0 -", "done 1 -", f"done 2 {broken}", ended=broken) == "allowed"
    unread = "socket-close far\nsocket-receive"
    assert alone(unread, "done 0 -", f"done 1 {broken}", ended=broken) == "forbidden"


WAITING = """
group
  child
    socket-receive far
  body
    socket-send
    sleep until=1
"""


@pytest.mark.parametrize(("instant", "expected"), [(0, "allowed"), (1, "forbidden")])
def test_time_does_not_move_while_something_can_be_received(instant: int, expected: str) -> None:
    received = f"{instant} 1 done 1 2\n{instant} 1 end -1 -"
    slept = "1 0 done 3 -"
    middle = [received, slept] if instant == 0 else [slept, received]
    words = ["0 0 start -1 -", "0 1 start -1 -", "0 0 done 2 -", *middle]
    assert judged(WAITING, "\n".join([*words, "1 0 joined 0 -", "1 0 end -1 -", "1 0 left -1 passed -"])) == (
        expected
    )


def test_two_tasks_cannot_receive_on_one_end() -> None:
    program = "group\n  child\n    socket-receive\n  body\n    checkpoint\n    socket-receive"
    busy = "BusyResourceError"
    words = f"""
        0 0 start -1 -
        0 1 start -1 -
        0 0 done 2 -
        0 0 done 3 {busy}
        0 1 done 1 C
        0 1 end -1 C
        0 0 joined 0 G({busy})
        0 0 end -1 G({busy})
        0 0 left -1 passed G({busy})
    """
    assert judged(program, words) == "allowed"


def test_a_known_fault_of_trio_is_forbidden_without_its_quirk() -> None:
    program = "socket-end far\nsocket-end\nsocket-end"
    entries = ("done 0 -", "done 1 -", "done 2 OSError")
    assert alone(program, *entries, ended="OSError") == "forbidden"
    assert alone(program, *entries, ended="OSError", quirk=Quirk.END_RAISES_OSERROR) == "allowed"
