"""A refusal is how a worker says that it cannot do its job with what it was given: never a crash."""

from harness.protocol.messages import OUT_OF_MEMORY, UNMEASURED


class Refusal(Exception):
    """The job cannot be done as asked; the parent is sent it as `kind`, with the user's `frames` if any."""

    kind = "refused"

    def __init__(self, message: str, frames: str = "") -> None:
        super().__init__(message)
        self.frames = frames


class Malformed(Refusal):
    """A scenario that is written wrong; the message says where and what to write."""

    kind = "malformed"


class ModuleBroken(Refusal):
    """A scenario module that does not import; `frames` is its traceback from its own first frame on."""

    kind = "broken"


class ModuleMissing(ModuleBroken):
    """A scenario module that imports what is not installed where this worker runs."""

    kind = "missing"


class LibraryMissing(Refusal):
    """A library that the scenario needs and that is not installed where this worker runs."""

    kind = "missing"


class Undescribable(Refusal):
    """A value of a type that cannot be compared exactly; the message names it."""


class LeavesTasks(Refusal):
    """A scenario that leaves tasks behind in every iteration, which would run inside the next one's time."""

    kind = UNMEASURED

    def __init__(self, count: int, tasks: tuple[str, ...]) -> None:
        which = f" ({'; '.join(tasks)})" if tasks else ""
        super().__init__(
            f"leaves {count} {'task' if count == 1 else 'tasks'} behind in every iteration{which}, which "
            "would run inside the next one's time: await or cancel them before the operation returns"
        )


class OutOfMemory(Refusal):
    """A scenario that reached the limit on a worker's memory: an end like any other, and no observation."""

    kind = OUT_OF_MEMORY


class NotAsOpened(Refusal):
    """A scenario that ran on another loop, or was measured with something else, than what its backend opened.

    Nothing that was seen of it counts.
    """

    kind = UNMEASURED
