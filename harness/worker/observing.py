"""One look after another at a case: each on a new loop, from its start to after its garbage is collected."""

import gc
import random
from contextlib import suppress
from time import perf_counter

import anyio

from harness.backends.running import Running
from harness.observation import Observation, Outcome, Seen
from harness.worker.channel import Channel
from harness.worker.describe import Describer
from harness.worker.loading import Story
from harness.worker.watching import Watch

LOOKS = 8
"""Looks per process. trio reverses a batch with probability ½: 2 × 8 looks miss that once in 32,768."""

LONG = 0.02
"""Seconds. Looks end after LOOKS times this, so a long story is looked at fewer times, at least twice."""


def observe(story: Story, running: Running, channel: Channel) -> None:
    """Look at the story and send each observation at once, so that a later crash loses none.

    Raises Undescribable when the story returns what cannot be compared.
    """
    with suppress(Exception):  # a factory that fails will fail again where it is observed
        running.check()  # what a library opens once per process is not what the story left
    gc.collect()
    gc.freeze()  # what was imported is no story's garbage: each look's collection is 10 ms shorter
    began = perf_counter()
    for number in range(LOOKS):
        if number >= 2 and perf_counter() - began > LOOKS * LONG:  # noqa: PLR2004 - see LONG
            break
        random.seed(number)
        start = perf_counter()
        observation = look(story, running)
        channel.send("seen", Seen(observation, 1, perf_counter() - start))
    channel.send("done")


def look(story: Story, running: Running) -> Observation:
    """Run the story once on a new loop and say everything it was seen to do."""
    describer = Describer(running.cancelled)
    with Watch(describer, running) as watch:
        outcome = _outcome(story, running, describer)
        gc.collect()  # errors that nobody retrieved are only reported once their holder is gone
        left = watch.leftovers()
    return Observation(outcome, watch.prints, watch.complaints, left)


def _outcome(story: Story, running: Running, describer: Describer) -> Outcome:
    """Run and describe; when this returns, no reference to result, error or traceback is left."""
    try:
        result = anyio.run(
            story.operation or story.once,
            backend=running.anyio_backend,
            backend_options=running.options,
        )
    except BaseException as error:  # noqa: BLE001 - what escapes the loop is what is observed
        return Outcome("raised", describer.describe(error))
    return Outcome("returned", describer.describe(result))
