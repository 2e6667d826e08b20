"""The worker's command line: `python -P -m harness.worker COMMANDS REPLIES PARENT`.

Two descriptors, and the process that started it.
"""

import signal
import sys
from dataclasses import asdict

from harness.backends.backend import Backend, Loop
from harness.backends.runtime import NotALoop, open_backend
from harness.protocol.messages import CaseSpec
from harness.protocol.parent import end_with
from harness.worker.asked import answer_with_stack
from harness.worker.channel import Channel
from harness.worker.loading import open_case
from harness.worker.refusals import LibraryMissing, Refusal


def main() -> None:
    """Do the one job that the parent sends, and end."""
    commands, replies, parent = map(int, sys.argv[1:])
    end_with(parent)
    _heed_interrupts()
    answer_with_stack()
    channel = Channel(commands, replies)
    job = channel.receive()
    if job["do"] == "prepare":
        from harness.worker.template import wait_to_be_forked  # noqa: PLC0415 - imported by templates alone

        channel = wait_to_be_forked(channel, commands, Loop(**job["loop"]))
        job = channel.receive()
        end_with(parent)
        _heed_interrupts()
    try:
        _do(job, channel)
    except Refusal as refusal:
        channel.send(refusal.kind, {"message": str(refusal), "frames": refusal.frames})


def _heed_interrupts() -> None:
    """Let SIGINT raise KeyboardInterrupt, as in any program that is started by hand.

    A shell ignores SIGINT for what it runs in the background, and a process inherits that from its parent.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _do(job: dict[str, object], channel: Channel) -> None:
    """Each job imports only what it needs: start-up is paid thousands of times."""
    match job:
        case {"do": "list", "modules": list(modules)}:
            from harness.worker.listing import list_benchmarks

            for module, family, *_ in modules:
                channel.send(
                    "benchmarks", [asdict(benchmark) for benchmark in list_benchmarks(module, family)]
                )
            channel.send("done")
        case {"do": "open", "loop": dict(loop)}:
            _open(Loop(**loop), channel)
        case {"do": "identify", "loop": dict(loop)}:
            from harness.worker.interpreter import identify

            channel.send("identity", identify(Loop(**loop)))
        case {"do": "observe", "case": dict(case)}:
            from harness.worker.observing import observe

            scenario, runtime = open_case(CaseSpec(**case))
            observe(scenario, runtime, channel)
            channel.wait_for_the_end()
        case {"do": "time", "case": dict(case)}:
            from harness.worker.timing import take_turns

            take_turns(CaseSpec(**case), channel)
        case {"do": "list cpython tests"}:
            from harness.worker.cpython_tests import list_tests

            channel.send("tests", list_tests())
        case {"do": "run cpython test", "test": str(test), "loop": dict(loop)}:
            from harness.worker.cpython_tests import run_test

            channel.send("report", run_test(test, Loop(**loop)))
        case _:
            _do_for_services(job, channel)


def _do_for_services(job: dict[str, object], channel: Channel) -> None:
    match job:
        case {"do": "serve", "case": dict(case)}:
            from harness.worker.services.serving import serve_turns

            serve_turns(CaseSpec(**case), channel)
        case {"do": "drive"}:
            from harness.worker.services.driving import drive

            drive(channel)
        case _:
            raise ValueError(f"no such job: {job}")


def _open(loop: Loop, channel: Channel) -> None:
    """Make one loop and close it, so that a factory that makes something else is found out early."""
    try:
        open_backend(Backend(loop, "gather")).check()
    except ModuleNotFoundError as error:
        raise LibraryMissing(str(error)) from error
    except (ImportError, AttributeError, NotALoop) as error:
        raise Refusal(str(error)) from error
    except Exception as error:
        raise Refusal(f"{type(error).__name__}: {error}") from error
    channel.send("done")


if __name__ == "__main__":
    main()
