"""A program made ready for the machine: numbered steps, named tasks, and of scopes all that is fixed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import TypeAlias

from harness.fuzz.language import (
    CONDITIONS,
    EVENTS,
    LIMITERS,
    LOCKS,
    SEMAPHORES,
    SOCKETS,
    STREAMS,
    Program,
    last_instant,
)
from harness.fuzz.statements import (
    NEVER,
    Block,
    Cancel,
    Close,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Notify,
    Receive,
    Scope,
    Send,
    SetEvent,
    Sleep,
    SocketClose,
    SocketEnd,
    SocketReceive,
    SocketSend,
    Statement,
    Thread,
    WaitCondition,
    WaitEvent,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
)

Steps: TypeAlias = tuple["Step", ...]

WHOLE = -1
"""The number that stands for the whole program in a trace."""

WHOLE_SCOPE = 0
MAIN = 0

LOCK, SEMAPHORE, LIMITER, CONDITION = 0, LOCKS, LOCKS + SEMAPHORES, LOCKS + SEMAPHORES + LIMITERS
"""Where the objects of each kind begin among all that one task at a time can hold."""

HOLDABLE = CONDITION + CONDITIONS


def end_of(stream: int, *, sending: bool) -> int:
    """Which of the ends of all streams this is, before any is cloned."""
    return stream % STREAMS * 2 + sending


@dataclass(slots=True)
class Step:
    """A statement, with everything about it that does not depend on the run.

    `index` is the number of the object that it is about; `scope` its own scope, or the one that it cancels,
    or the end of a stream that it makes by cloning.
    """

    kind: type[Statement]
    number: int
    index: int = 0
    flag: bool = False
    scope: int = -1
    tasks: tuple[int, ...] = ()
    children: tuple[Steps, ...] = ()
    body: Steps = ()
    cleanup: Steps = ()


@dataclass(slots=True)
class Plan:
    """The steps of a program, and its tasks and scopes by number.

    `chains` holds for each scope, as bits, itself and the outer scopes whose cancellation it sees: all up to
    the first that is shielded.
    """

    capacities: tuple[int, ...]
    end: int
    keeps_cancelled_senders: bool = False
    """See Quirk.CANCELLED_SENDER_IN_LINE."""
    body: Steps = ()
    parents: list[int] = field(default_factory=lambda: [-1])
    deadlines: list[float] = field(default_factory=list)
    shielded: list[bool] = field(default_factory=lambda: [False])
    chains: list[int] = field(default_factory=lambda: [1])
    numbers: list[int] = field(default_factory=lambda: [WHOLE])
    task_scopes: list[int] = field(default_factory=lambda: [WHOLE_SCOPE])
    task_parents: list["Step | None"] = field(default_factory=lambda: [None])
    bases: list[int] = field(default_factory=lambda: [*range(2 * STREAMS)])
    """For each end of a stream, which of the ends that every program has it is, or is a clone of."""


def make_plan(program: Program) -> Plan:
    """The plan of a program."""
    plan = Plan(program.capacities, last_instant(program) + 1)
    plan.deadlines.append(plan.end)
    maker = _Maker(plan)
    plan.body = maker.block(program.body, WHOLE_SCOPE)
    maker.resolve_targets()
    return plan


class _Maker:
    """Walks a program in the order of its numbers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._numbers = count()
        self._targets: list[int] = []
        self._pointers: list[tuple[Step, int]] = []

    def resolve_targets(self) -> None:
        """Point those that cancel a scope, or enter it again, at it."""
        for step, pointer in self._pointers:
            if self._targets:
                step.scope = self._targets[pointer % len(self._targets)]

    def block(self, block: Block, scope: int) -> Steps:
        """The steps of a block that runs in this scope."""
        return tuple(self._step(statement, scope) for statement in block)

    def _step(self, statement: Statement, scope: int) -> Step:
        step = Step(type(statement), next(self._numbers))
        match statement:
            case Scope(deadline, shield, body):
                step.scope = self._scope(step, scope, deadline, shield=shield)
                self._targets.append(step.scope)
                step.body = self.block(body, step.scope)
            case Group(flag, children, body):
                step.flag = flag
                step.scope = self._scope(step, scope, NEVER)
                self._targets.append(step.scope)
                self._children(step, children)
                step.body = self.block(body, step.scope)
            case Gather(flag, children):
                step.flag = flag
                step.scope = self._scope(step, scope, NEVER)
                self._children(step, children)
            case Finally(shield, body, cleanup):
                step.body = self.block(body, scope)
                if shield:
                    step.scope = scope = self._scope(step, scope, NEVER, shield=True)
                step.cleanup = self.block(cleanup, scope)
            case Generator(body, cleanup):
                step.body = self.block(body, scope)
                step.cleanup = self.block(cleanup, scope)
            case Cancel(pointer) | EnterAgain(pointer):
                self._pointers.append((step, pointer))
            case _:
                self._plain(step, statement, scope)
        return step

    def _scope(self, step: Step, parent: int, deadline: int, *, shield: bool = False) -> int:
        plan, scope = self._plan, len(self._plan.parents)
        until = deadline or (plan.end if shield else inf)
        plan.parents.append(parent)
        plan.deadlines.append(until)
        plan.shielded.append(shield)
        plan.chains.append(1 << scope | (0 if shield else plan.chains[parent]))
        plan.numbers.append(step.number)
        return scope

    def _children(self, step: Step, children: tuple[Block, ...]) -> None:
        plan = self._plan
        first = len(plan.task_scopes)
        step.tasks = tuple(range(first, first + len(children)))
        plan.task_scopes.extend(step.scope for _ in children)
        plan.task_parents.extend(step for _ in children)
        step.children = tuple(self.block(child, step.scope) for child in children)

    def _plain(self, step: Step, statement: Statement, scope: int) -> None:  # noqa: C901, PLR0912 - a table
        match statement:
            case Sleep(until):
                step.index = until
            case SetEvent(event) | WaitEvent(event):
                step.index = event % EVENTS
            case WithLock(lock, body):
                step.index, step.body = LOCK + lock % LOCKS, self.block(body, scope)
            case WithSemaphore(semaphore, body):
                step.index, step.body = SEMAPHORE + semaphore % SEMAPHORES, self.block(body, scope)
            case WithLimiter(limiter, body):
                step.index, step.body = LIMITER + limiter % LIMITERS, self.block(body, scope)
            case WaitCondition(condition):
                step.index = condition % CONDITIONS
            case Notify(condition, everyone):
                step.index, step.flag = condition % CONDITIONS, everyone
            case Send(stream):
                step.index = end_of(stream, sending=True)
            case Receive(stream):
                step.index = end_of(stream, sending=False)
            case Close(stream, sending):
                step.index = end_of(stream, sending=sending)
            case WithClone(stream, sending, body):
                step.index = end_of(stream, sending=sending)
                step.scope = self._clone(step.index)
                step.body = self.block(body, scope)
            case SocketSend(socket, far) | SocketReceive(socket, far) | SocketEnd(socket, far):
                step.index = socket % SOCKETS * 2 + far
            case SocketClose(socket, far, abort):
                step.index, step.flag = socket % SOCKETS * 2 + far, abort
            case Thread(back):
                step.flag = back
            case _:
                step.body = tuple(self._bodies(statement, scope))

    def _clone(self, base: int) -> int:
        """The number of a new end, after those that every program has."""
        self._plan.bases.append(base)
        return len(self._plan.bases) - 1

    def _bodies(self, statement: Statement, scope: int) -> Iterator[Step]:
        yield from self.block(getattr(statement, "body", ()), scope)
