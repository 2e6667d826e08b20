"""The lines of a standalone script that stand for the statements of a program."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from harness.fuzz.language import (
    Block,
    Cancel,
    Catch,
    Checkpoint,
    Close,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Notify,
    Program,
    Raise,
    ReadVariable,
    Receive,
    Scope,
    Send,
    SetEvent,
    SetVariable,
    Sleep,
    SleepForever,
    Started,
    Statement,
    Thread,
    WaitCondition,
    WaitEvent,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
    last_instant,
    walk,
)

Lines = Iterator[str]

_OBJECTS: dict[type[Statement], tuple[str, str]] = {
    SetEvent: ("event", "anyio.Event()"),
    WaitEvent: ("event", "anyio.Event()"),
    WithLock: ("lock", "anyio.Lock()"),
    WithSemaphore: ("semaphore", "anyio.Semaphore(1)"),
    WithLimiter: ("limiter", "anyio.CapacityLimiter(1)"),
    WaitCondition: ("condition", "anyio.Condition()"),
    Notify: ("condition", "anyio.Condition()"),
}
"""What the object is called that a statement uses, and how it is made."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a statement stands: its task, what the task holds, the clones that it uses, who waits for it."""

    task: int = 0
    held: frozenset[str] = frozenset()
    clones: tuple[tuple[str, str], ...] = ()
    is_started: bool = False

    def end(self, stream: int, *, sending: bool) -> str:
        """The name of an end of a stream."""
        name = f"{'send' if sending else 'receive'}_{stream % 2}"
        return dict(self.clones).get(name, name)


class Writer:
    """Writes a program; `modules` are what it needs besides `sys` and `anyio`."""

    def __init__(self, program: Program) -> None:
        self.modules: set[str] = set()
        self._program = program
        self._numbers = count()
        self._tasks = count(1)
        statements = [*walk(program.body)]
        self._targets = [number for number, one in enumerate(statements) if isinstance(one, Scope | Group)]
        self._end = last_instant(program) + 1
        self._cancels = any(isinstance(one, Cancel | EnterAgain) for one in statements)

    def program(self) -> Lines:
        """The function that is the program."""
        if any(isinstance(one, SetVariable | ReadVariable) for one in walk(self._program.body)):
            self.modules.add("contextvars")
            yield 'variable = contextvars.ContextVar("variable", default=-1)'
            yield ""
            yield ""
        yield "async def program():"
        for line in (*self._objects(), *self._block(self._program.body, _Place())):
            yield f"    {line}"

    def _objects(self) -> Lines:
        """The objects that the program uses."""
        statements = [*walk(self._program.body)]
        makes = dict(sorted(_object(one) for one in statements if type(one) in _OBJECTS))
        for name, make in makes.items():
            yield f"{name} = {make}"
        uses = [one.stream % 2 for one in statements if isinstance(one, Send | Receive | Close | WithClone)]
        for stream in sorted(set(uses)):
            made = f"anyio.create_memory_object_stream({self._program.capacities[stream]})"
            yield f"send_{stream}, receive_{stream} = {made}"
        if self._cancels:
            yield "scopes, active = {}, set()"

    def _block(self, block: Block, place: _Place) -> Lines:
        lines = [line for one in block for line in self._statement(one, next(self._numbers), place)]
        yield from lines or ["pass"]

    def _inside(self, block: Block, place: _Place) -> Lines:
        return (f"    {line}" for line in self._block(block, place))

    def _statement(  # noqa: C901 - a case for each kind of statement
        self, statement: Statement, number: int, place: _Place
    ) -> Lines:
        task = place.task
        match statement:
            case Raise():
                yield f"raise Failure({number})"
            case SetEvent():
                yield f"{_object(statement)[0]}.set()"
                yield f'say({task}, "set", {number})'
            case Close(stream, sending):
                yield f"{place.end(stream, sending=sending)}.close()"
                yield f'say({task}, "closed", {number})'
            case SetVariable():
                yield f"variable.set({number})"
            case ReadVariable():
                yield f'say({task}, "read", {number}, variable.get())'
            case Started():
                if place.is_started:
                    yield f'note({task}, "started", {number}, task_status.started)'
            case Cancel(scope):
                yield from self._cancel(scope, number, task)
            case EnterAgain(scope):
                yield from self._enter_again(scope, number, task)
            case WaitCondition() | Notify():
                yield from self._condition(statement, number, task)
            case _ if operation := self._operation(statement, number, place):
                yield f"await do({task}, {number}, {operation})"
            case _:
                yield from self._compound(statement, number, place)

    def _operation(  # noqa: PLR0911 - a case for each kind of statement
        self, statement: Statement, number: int, place: _Place
    ) -> str:
        """What is awaited, for a statement that is nothing else."""
        match statement:
            case Checkpoint():
                return "anyio.lowlevel.checkpoint()"
            case Sleep(until):
                return f"anyio.sleep_until(origin + {until} * INSTANT)"
            case SleepForever():
                return "anyio.sleep_forever()"
            case WaitEvent():
                return f"{_object(statement)[0]}.wait()"
            case Send(stream):
                return f"{place.end(stream, sending=True)}.send({number})"
            case Receive(stream):
                return f"{place.end(stream, sending=False)}.receive()"
            case Thread(back):
                self.modules |= {"anyio.from_thread", "anyio.to_thread"}
                call = "lambda: anyio.from_thread.run(anyio.lowlevel.checkpoint)" if back else "lambda: None"
                return f"anyio.to_thread.run_sync({call})"
        return ""

    def _target(self, pointer: int) -> int:
        return self._targets[pointer % len(self._targets)] if self._targets else -1

    def _cancel(self, pointer: int, number: int, task: int) -> Lines:
        target = self._target(pointer)
        yield f"if {target} in scopes:"
        yield f"    scopes[{target}].cancel()"
        yield f'say({task}, "cancel", {number}, {target} in active)'

    def _enter_again(self, pointer: int, number: int, task: int) -> Lines:
        target = self._target(pointer)
        yield f"if {target} in scopes:"
        yield f"    async def again_{number}():"
        yield f"        with scopes[{target}]:"
        yield "            await anyio.lowlevel.checkpoint()"
        yield f"    await do({task}, {number}, again_{number}())"

    def _condition(self, statement: Statement, number: int, task: int) -> Lines:
        name = _object(statement)[0]
        yield f'await do({task}, {number}, {name}.acquire(), "acquired")'
        yield "try:"
        if isinstance(statement, Notify):
            yield f"    {name}.notify_all()" if statement.everyone else f"    {name}.notify()"
        else:
            yield f"    await do({task}, {number}, {name}.wait())"
        yield "finally:"
        yield f"    {name}.release()"
        yield f'    say({task}, "released", {number})'

    def _compound(self, statement: Statement, number: int, place: _Place) -> Lines:
        task = place.task
        match statement:
            case Catch(body):
                yield "try:"
                yield from self._inside(body, place)
                yield "except Exception as error:"
                yield f'    say({task}, "caught", {number}, describe(error))'
            case Scope(deadline, shield, body):
                until = self._end if shield and not deadline else deadline
                yield from self._scope(number, task, until, lambda: self._block(body, place), shield=shield)
            case Finally():
                yield from self._finally(statement, number, place)
            case Generator(body, cleanup):
                yield from self._generator(body, cleanup, number, place)
            case Group() | Gather():
                yield from self._children(statement, number, place)
            case WithLock(body=body) | WithSemaphore(body=body) | WithLimiter(body=body):
                yield from self._holding(_object(statement)[0], body, number, place)
            case WithClone(stream, sending, body):
                yield from self._clone(
                    place.end(stream, sending=sending), (stream, sending), body, number, place
                )

    def _scope(
        self,
        number: int,
        task: int,
        until: int,
        body: Callable[[], Lines],
        *,
        shield: bool,
        named: bool = True,
    ) -> Lines:
        deadline = f"deadline=origin + {until} * INSTANT, " if until else ""
        yield f"scope_{number} = anyio.CancelScope({deadline}shield={shield})"
        if self._cancels and named:
            yield f"scopes[{number}] = scope_{number}"
            yield f"active.add({number})"
        active = ", active" if self._cancels else ""
        yield f"with leaving({task}, {number}, scope_{number}{active}), scope_{number}:"
        for line in body():
            yield f"    {line}"

    def _finally(self, statement: Finally, number: int, place: _Place) -> Lines:
        yield f'error_{number} = "-"'
        yield "try:"
        yield from self._inside(statement.body, place)
        yield "except BaseException as error:"
        yield f"    error_{number} = describe(error)"
        yield "    raise"
        yield "finally:"
        yield f'    say({place.task}, "cleanup", {number}, error_{number})'
        if statement.shield:
            lines = self._scope(
                number,
                place.task,
                self._end,
                lambda: self._block(statement.cleanup, place),
                shield=True,
                named=False,
            )
            for line in lines:
                yield f"    {line}"
        else:
            yield from self._inside(statement.cleanup, place)

    def _generator(self, body: Block, cleanup: Block, number: int, place: _Place) -> Lines:
        self.modules.add("contextlib")
        lines = [*self._inside(body, place)]
        yield f"async def items_{number}():"
        yield "    try:"
        yield f"        yield {number}"
        yield "    finally:"
        yield f'        say({place.task}, "cleanup", {number})'
        for line in self._inside(cleanup, place):
            yield f"    {line}"
        yield f"async with contextlib.aclosing(items_{number}()) as items:"
        yield "    async for _ in items:"
        for line in lines:
            yield f"    {line}"

    def _children(self, statement: Group | Gather, number: int, place: _Place) -> Lines:
        tasks = [next(self._tasks) for _ in statement.children]
        is_started = isinstance(statement, Group) and statement.start
        for task, child in zip(tasks, statement.children, strict=True):
            yield f"async def task_{task}({'*, task_status' if is_started else ''}):"
            yield from self._inside(child, _Place(task, clones=place.clones, is_started=is_started))
        if isinstance(statement, Gather):
            self.modules.add("asyncio")
            calls = ", ".join(f"whole({task}, task_{task})" for task in tasks)
            options = f"return_exceptions={statement.return_exceptions}"
            gather = f"values(asyncio.gather({calls}{', ' if calls else ''}{options}))"
            yield f'await do({place.task}, {number}, {gather}, "gathered")'
        else:
            yield from self._group(statement, number, place, tasks)

    def _group(self, statement: Group, number: int, place: _Place, tasks: list[int]) -> Lines:
        yield f"async def group_{number}():"
        yield "    async with anyio.create_task_group() as group:"
        if self._cancels:
            yield f"        scopes[{number}] = group.cancel_scope"
            yield f"        active.add({number})"
        for task in tasks:
            if statement.start:
                call = f"group.start(functools.partial(whole, {task}, task_{task}))"
                self.modules.add("functools")
                yield f"        await do({place.task}, {number}, {call})"
            else:
                yield f"        group.start_soon(whole, {task}, task_{task})"
        for line in self._inside(statement.body, place):
            yield f"    {line}"
        if self._cancels:
            yield "try:"
            yield f'    await do({place.task}, {number}, group_{number}(), "joined")'
            yield "finally:"
            yield f"    active.discard({number})"
        else:
            yield f'await do({place.task}, {number}, group_{number}(), "joined")'

    def _holding(self, name: str, body: Block, number: int, place: _Place) -> Lines:
        if name in place.held:
            yield from self._block(body, place)
            return
        yield f"await do({place.task}, {number}, {name}.acquire())"
        yield "try:"
        yield from self._inside(body, replace(place, held=place.held | {name}))
        yield "finally:"
        yield f"    {name}.release()"
        yield f'    say({place.task}, "released", {number})'

    def _clone(self, end: str, which: tuple[int, bool], body: Block, number: int, place: _Place) -> Lines:
        name = f"clone_{number}"
        key = f"{'send' if which[1] else 'receive'}_{which[0] % 2}"
        yield f'{name} = note({place.task}, "cloned", {number}, {end}.clone)'
        yield "try:"
        clones = (*place.clones, (key, name))
        yield from self._inside(body, replace(place, clones=clones))
        yield "finally:"
        yield f"    {name}.close()"
        yield f'    say({place.task}, "closed", {number})'


def _object(statement: Statement) -> tuple[str, str]:
    """The name of the object that a statement uses, and how it is made."""
    name, make = _OBJECTS[type(statement)]
    match statement:
        case SetEvent(index) | WaitEvent(index) | WithLock(index, _) | WithSemaphore(index, _):
            return f"{name}_{index % 2}", make
        case WithLimiter(index, _) | WaitCondition(index) | Notify(index, _):
            return f"{name}_{index % 2}", make
    return name, make
