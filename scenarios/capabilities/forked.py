"""A process forked inside a running loop."""

import os
import warnings
from collections.abc import Callable
from contextvars import Context
from functools import partial

import anyio
from anyio import sleep, wait_readable

from harness.scenario import differs
from scenarios.capabilities.capability import capability
from scenarios.capabilities.running_loop import run_on_another, running_loop


async def run_briefly() -> str:
    await sleep(0.001)
    return "ran"


def new_run() -> Callable[[], str]:
    """Return what runs the function from its start: on a loop of the running one's class, or on trio."""
    try:
        return partial(run_on_another, type(running_loop()), run_briefly)
    except NotImplementedError:
        return partial(Context().run, partial(anyio.run, run_briefly, backend="trio"))


def be_the_child(run: Callable[[], str], answer: int) -> None:
    """Say how a new run went, and end without anything that the parent has left to do."""
    try:
        answer_text = run()
    except BaseException as error:  # noqa: BLE001 - told to the parent, who reports it
        answer_text = type(error).__name__
    os.write(answer, answer_text.encode())
    os._exit(0)


@capability(
    title="a process forked inside a running loop",
    reported=["trio#464", "trio#1614", "uvloop#39"],
    returns={"child": "ran", "exit code": 0, "parent": "ran"},
    differs=[
        differs(
            on="trio+*",
            returns={"child": "RuntimeError", "exit code": 0, "parent": "ran"},
            because="a child forked inside trio.run still counts as inside it, and cannot run another",
            source="trio#464, trio#1614",
        )
    ],
)
async def forked_child() -> dict[str, object]:
    """A child that was forked inside a running loop runs one of its own, and the parent's goes on."""
    run = new_run()
    answer, answered = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's own, where a loop has helper threads
        child = os.fork()
    if child == 0:
        be_the_child(run, answered)
    os.close(answered)
    await wait_readable(answer)
    with os.fdopen(answer, "rb") as pipe:
        child_answer = pipe.read()
    _, status = os.waitpid(child, 0)  # noqa: ASYNC222 - it has closed its pipe, and ends
    code = os.waitstatus_to_exitcode(status)
    return {"child": child_answer.decode(), "exit code": code, "parent": await run_briefly()}
