"""Observes a case again and again, each time on a new loop, from its start to after garbage is collected."""

import gc
import os
import random
import resource
from contextlib import suppress
from time import perf_counter

from harness.backends.runtime import Runtime
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.evidence import RaisedError
from harness.protocol.messages import OBSERVATIONS_PER_PROCESS
from harness.protocol.observations import Observation, ObservationCount, ObservedOn
from harness.worker.asked import answer_where_it_hangs
from harness.worker.capture import Capture
from harness.worker.channel import Channel
from harness.worker.describing import Describer
from harness.worker.loading import BoundScenario, run_on
from harness.worker.memory import process_memory
from harness.worker.raising import raised_errors
from harness.worker.refusals import NotAsOpened, OutOfMemory
from harness.worker.returning import lines_of_returns

FOLDER_PREFIX = "loopcmp-"
"""The beginning of the name of a worker's own folder, the only one that is ever emptied."""

TARGET_SECONDS = 0.02
"""The seconds of an observation: a scenario that takes longer is observed fewer times, but at least twice."""


def observe(scenario: BoundScenario, runtime: Runtime, channel: Channel) -> None:
    """Observe the scenario and send each observation at once, so that a later crash loses none.

    Raises Undescribable when the scenario returns what cannot be compared, OutOfMemory, and NotAsOpened.
    """
    answer_where_it_hangs(channel, scenario.file, runtime)
    folder = os.environ.get("TMPDIR", "")
    gc.collect()
    gc.freeze()  # what was imported is no scenario's garbage: each later collection is 10 ms shorter
    started = perf_counter()
    for number in range(OBSERVATIONS_PER_PROCESS):
        if number >= 2 and perf_counter() - started > OBSERVATIONS_PER_PROCESS * TARGET_SECONDS:  # noqa: PLR2004 - see LONG
            break
        random.seed(number)
        began_look = perf_counter()
        observation = observe_once(scenario, runtime)
        seconds = perf_counter() - began_look
        _refuse_if_out_of_memory(observation.outcome)
        channel.send("seen", ObservationCount(observation, 1, seconds))
        _tidy(folder)
    channel.send("done", ObservedOn(runtime.loop_class(), lines_of_returns(scenario.code)))


def observe_once(scenario: BoundScenario, runtime: Runtime) -> Observation:
    """Run the scenario once on a new loop and return everything it was seen to do."""
    describer = Describer(runtime.cancelled)
    with Capture(describer, runtime, scenario.file) as capture:
        outcome, errors = _outcome(scenario, runtime, describer)
        gc.collect()  # errors that nobody retrieved are only reported once their holder is gone
        left = capture.leaks()
    return Observation(outcome, capture.prints, capture.diagnostics, left, errors)


def _outcome(
    scenario: BoundScenario, runtime: Runtime, describer: Describer
) -> tuple[Outcome, tuple[RaisedError, ...]]:
    """Run and describe, with errors in words; no reference to result, error or traceback is left."""
    try:
        result = run_on(runtime, scenario.operation or scenario.run)
    except NotAsOpened:
        raise
    except BaseException as error:  # noqa: BLE001 - what escapes the loop is what is observed
        return Outcome("raised", describer.describe(error)), raised_errors(scenario.file, error)
    return Outcome("returned", describer.describe(result)), ()


def _tidy(folder: str) -> None:
    """Make the worker's own folder the current one again, and empty, as it was at the beginning."""
    with suppress(OSError, RecursionError):
        if not os.path.basename(folder).startswith(FOLDER_PREFIX):
            return
        os.chdir(folder)
        for parent, folders, files in os.walk(folder, topdown=False):
            for name in (*files, *folders):
                _remove(os.path.join(parent, name))


def _remove(path: str) -> None:
    """Remove a file, a link or an empty folder; shutil would be 5 ms of every worker's start."""
    with suppress(OSError):
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)


def _refuse_if_out_of_memory(outcome: Outcome) -> None:
    """A MemoryError near the limit says nothing of the loop. Raises OutOfMemory, with both in GiB.

    Near is a quarter of it: a list or a buffer that grows asks for its next size beside what it has.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY or not _mentions(outcome.what, "MemoryError"):
        return
    used = process_memory("VmHWM") or 0
    if used >= limit / 4:
        raise OutOfMemory(
            f"ran out of memory: it had {used / 2**30:.2f} GiB and asked for more than "
            f"the {limit / 2**30:.2f} GiB that a worker may use"
        )


def _mentions(what: Description, kind: str) -> bool:
    return what.type == kind or any(_mentions(part, kind) for part in what.parts)
