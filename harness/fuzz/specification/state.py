"""Everything that changes while the machine runs: one state, cheap to copy."""

from typing import Any, TypeAlias

from harness.fuzz.language import CONDITIONS, EVENTS, SOCKETS, STREAMS
from harness.fuzz.specification.plan import HOLDABLE, WHOLE_SCOPE, Plan, Step

Frames: TypeAlias = tuple[Any, ...]
"""What a task has still to do, innermost first: a frame and the frames around it; empty at the end."""

# What a task is doing. The comment says what `detail` holds.
UNBORN = 0  # nobody has started it
FRESH = 1  # started, and has not run yet
YIELDING = 2  # at a checkpoint, where a cancellation still counts until it runs again
WOKEN = 3  # will run with one of these values or exceptions, whatever happens now
SLEEPING = 4  # the instant until which it sleeps
FOREVER = 5
WAITING_EVENT = 6  # the event
QUEUED = 7  # the lock, semaphore or limiter for which it stands in line
RECEIVING = 8  # the end and the stream: it has not looked yet what is there
IN_RECEIVE_LINE = 9  # the end and the stream
SENDING = 10  # the end and the stream
IN_SEND_LINE = 11  # the end and the stream
WAITING_NOTICE = 12  # the condition
NOTIFIED = 13  # the condition, and what it raises once it has the lock again
THREADED = 14
JOINING = 15  # the step of the group
GATHERING = 16  # the step of the gather
REQUEUED = 17  # the lock of a condition that it takes back, under a shield, and what it raises then
STARTING = 18  # the step of the group: it waits for a child to report that it has started
UNDELIVERED = 19  # the event, or else the lock, for which it waits: see Quirk.WOKEN_BEFORE_DELIVERY
SOCKET_SENDING = 20  # see `sockets.CALLS`
SOCKET_RECEIVING = 21  # the same
GONE = 22  # what it ended with

# How a child stands that `start()` has started.
NOT_BY_START = 0  # nobody waits for its report
PENDING = 1  # it has not reported
STARTED = 2  # it has reported, and belongs to the group
REPORTED_CANCELLED = 3  # it has reported when it was cancelled already
ABANDONED = 4  # `start()` has raised, and nobody asks for it any more

BLOCKED = frozenset({
    UNBORN, SLEEPING, FOREVER, WAITING_EVENT, QUEUED, IN_RECEIVE_LINE, IN_SEND_LINE, WAITING_NOTICE, JOINING,
    GATHERING, REQUEUED, STARTING, SOCKET_RECEIVING, GONE,
})  # fmt: skip
"""Who waits for others, or for time to move."""


class State:
    """One state of the machine. Lists are by task, scope (as bits), object or end of a stream."""

    __slots__ = (
        "aborted", "active", "arrived", "buffers", "cancelled", "closed", "condition_lines", "detail",
        "ended", "ends", "entered", "entered_again", "errors", "events", "frames", "held", "lines",
        "may_cancel", "now", "open_ends", "owners", "receive_lines", "scopes", "send_lines", "shut",
        "started", "status", "steps", "swallowed", "torn", "unfinished", "unlearned", "variables",
    )  # fmt: skip

    def __init__(self, plan: Plan) -> None:
        tasks, scopes = len(plan.task_scopes), len(plan.parents)
        self.now = 0
        self.status = [UNBORN] * tasks
        self.detail: list[Any] = [None] * tasks
        self.steps: list[Step | None] = [None] * tasks
        """What each task waits in."""
        self.frames: list[Frames] = [()] * tasks
        self.scopes = list(plan.task_scopes)
        """The innermost scope that each task is in."""
        self.started = [NOT_BY_START] * tasks
        self.variables = [-1] * tasks
        self.held = [0] * tasks
        """As bits, what each task holds."""
        self.ends: list[tuple[int, ...]] = [tuple(range(2 * STREAMS))] * tasks
        """The ends of streams that each task uses: those that all begin with, or clones of them."""
        self.active = 1 << WHOLE_SCOPE
        self.entered = 1 << WHOLE_SCOPE
        self.entered_again = 0
        """Those that are active for the second time: see Quirk.SCOPE_ENTERED_AGAIN."""
        self.cancelled = 0
        self.events = [False] * EVENTS
        self.owners = [-1] * HOLDABLE
        self.lines: list[tuple[int, ...]] = [()] * HOLDABLE
        self.condition_lines: list[tuple[int, ...]] = [()] * CONDITIONS
        self.buffers: list[tuple[int, ...]] = [()] * STREAMS
        self.receive_lines: list[tuple[int, ...]] = [()] * STREAMS
        self.send_lines: list[tuple[int, ...]] = [()] * STREAMS
        self.open_ends = [1] * (2 * STREAMS)
        """How many ends of each stream and direction are open, clones among them."""
        self.closed = 0
        """As bits, the ends that are closed."""
        self.arrived: list[tuple[tuple[int, bool], ...]] = [()] * (2 * SOCKETS)
        """For each end of a pair of sockets, the numbers that can be received, and whether they are there for
        sure."""
        self.ended = self.shut = self.torn = 0
        """As bits, the ends that will send no more, those that are closed, and those that may be reset."""
        self.unfinished = [0] * scopes
        """How many children each group or gather waits for."""
        self.errors: list[tuple[str, ...]] = [()] * scopes
        self.aborted = self.swallowed = self.may_cancel = 0
        """As bits, the gathers over task groups that have cancelled their tasks, the tasks that were
        cancelled while they waited for one, and those that may be cancelled late: see `task_groups`."""
        self.unlearned: tuple[int, ...] = ()
        """Failed children of which their groups have not learned."""

    def copy(self) -> "State":
        """A state that can go another way."""
        new: State = object.__new__(State)
        new.now = self.now
        new.status = self.status[:]
        new.detail = self.detail[:]
        new.steps = self.steps[:]
        new.frames = self.frames[:]
        new.scopes = self.scopes[:]
        new.started = self.started[:]
        new.variables = self.variables[:]
        new.held = self.held[:]
        new.ends = self.ends[:]
        new.active = self.active
        new.entered = self.entered
        new.entered_again = self.entered_again
        new.cancelled = self.cancelled
        new.events = self.events[:]
        new.owners = self.owners[:]
        new.lines = self.lines[:]
        new.condition_lines = self.condition_lines[:]
        new.buffers = self.buffers[:]
        new.receive_lines = self.receive_lines[:]
        new.send_lines = self.send_lines[:]
        new.open_ends = self.open_ends[:]
        new.closed = self.closed
        new.arrived = self.arrived[:]
        new.ended, new.shut, new.torn = self.ended, self.shut, self.torn
        new.unfinished = self.unfinished[:]
        new.errors = self.errors[:]
        new.aborted, new.swallowed, new.may_cancel = self.aborted, self.swallowed, self.may_cancel
        new.unlearned = self.unlearned
        return new

    def key(self) -> tuple[object, ...]:
        """What tells this state from others that have come as far in the same trace.

        Control flow, variables and ends of tasks follow from the trace, so they need not be in it.
        """
        return (
            self.now,
            tuple(self.status),
            repr(self.detail),
            self.cancelled,
            tuple(self.owners),
            tuple(self.lines),
            tuple(self.condition_lines),
            tuple(self.receive_lines),
            tuple(self.send_lines),
            tuple(self.buffers),
            self.unlearned,
            self.may_cancel,
            self.aborted,
            tuple(self.started),
        )
