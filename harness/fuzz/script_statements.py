"""The lines of a standalone script that stand for the statements of a program."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from harness.fuzz.language import Program, last_instant, sockets_of, walk
from harness.fuzz.script_operations import (
    OBJECTS,
    Lines,
    Place,
    condition_lines,
    object_of,
    operation,
    pair_lines,
    socket_lines,
)
from harness.fuzz.script_tasks import TaskWriter
from harness.fuzz.statements import (
    Block,
    Cancel,
    Catch,
    Close,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Notify,
    Raise,
    ReadVariable,
    Receive,
    Scope,
    Send,
    SetEvent,
    SetVariable,
    SocketClose,
    SocketEnd,
    SocketSend,
    Started,
    Statement,
    Thread,
    WaitCondition,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
)


class Writer(TaskWriter):
    """Writes a program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._numbers = count()
        statements = [*walk(program.body)]
        self._targets = [number for number, each in enumerate(statements) if isinstance(each, Scope | Group)]
        self._end = last_instant(program) + 1
        super().__init__(cancels=any(isinstance(statement, Cancel | EnterAgain) for statement in statements))

    def program(self) -> Lines:
        """The function that is the program."""
        if any(isinstance(statement, Thread) for statement in walk(self._program.body)):
            self.modules |= {"anyio.from_thread", "anyio.to_thread"}
        if any(isinstance(statement, SetVariable | ReadVariable) for statement in walk(self._program.body)):
            self.modules.add("contextvars")
            yield 'variable = contextvars.ContextVar("variable", default=-1)'
            yield ""
            yield ""
        yield from pair_lines(sockets_of(self._program))
        yield "async def program():"
        for line in (*self._objects(), *self._block(self._program.body, Place())):
            yield f"    {line}"

    def _objects(self) -> Lines:
        """The objects that the program uses."""
        statements = [*walk(self._program.body)]
        makes = dict(sorted(object_of(statement) for statement in statements if type(statement) in OBJECTS))
        for name, make in makes.items():
            yield f"{name} = {make}"
        on_streams = (each for each in statements if isinstance(each, Send | Receive | Close | WithClone))
        for stream in sorted({each.stream % 2 for each in on_streams}):
            made = f"anyio.create_memory_object_stream({self._program.capacities[stream]})"
            yield f"send_{stream}, receive_{stream} = {made}"
        if self.cancels:
            yield "scopes, active = {}, set()"

    def _block(self, block: Block, place: Place) -> Lines:
        lines = [line for each in block for line in self._statement(each, next(self._numbers), place)]
        yield from lines or ["pass"]

    def inside(self, block: Block, place: Place) -> Lines:
        """The lines of a block, indented."""
        return (f"    {line}" for line in self._block(block, place))

    def _statement(  # noqa: C901, PLR0912 - a case for each kind of statement
        self, statement: Statement, number: int, place: Place
    ) -> Lines:
        task = place.task
        match statement:
            case Raise():
                yield f"raise Failure({number})"
            case SetEvent():
                yield f"{object_of(statement)[0]}.set()"
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
                yield from condition_lines(statement, number, task)
            case SocketSend() | SocketEnd() | SocketClose():
                yield from socket_lines(statement, number, task)
            case _ if awaited := operation(statement, number, place):
                yield f"await do({task}, {number}, {awaited})"
            case _:
                yield from self._compound(statement, number, place)

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

    def _compound(self, statement: Statement, number: int, place: Place) -> Lines:
        task = place.task
        match statement:
            case Catch(body):
                yield "try:"
                yield from self.inside(body, place)
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
                yield from self.children(statement, number, place)
            case WithLock(body=body) | WithSemaphore(body=body) | WithLimiter(body=body):
                yield from self._holding(object_of(statement)[0], body, number, place)
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
        if self.cancels and named:
            yield f"scopes[{number}] = scope_{number}"
            yield f"active.add({number})"
        active = ", active" if self.cancels else ""
        yield f"with leaving({task}, {number}, scope_{number}{active}), scope_{number}:"
        for line in body():
            yield f"    {line}"

    def _finally(self, statement: Finally, number: int, place: Place) -> Lines:
        yield f'error_{number} = "-"'
        yield "try:"
        yield from self.inside(statement.body, place)
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
            yield from self.inside(statement.cleanup, place)

    def _generator(self, body: Block, cleanup: Block, number: int, place: Place) -> Lines:
        self.modules.add("contextlib")
        lines = [*self.inside(body, place)]
        yield f"async def items_{number}():"
        yield "    try:"
        yield f"        yield {number}"
        yield "    finally:"
        yield f'        say({place.task}, "cleanup", {number})'
        for line in self.inside(cleanup, place):
            yield f"    {line}"
        yield f"async with contextlib.aclosing(items_{number}()) as items:"
        yield "    async for _ in items:"
        for line in lines:
            yield f"    {line}"

    def _holding(self, name: str, body: Block, number: int, place: Place) -> Lines:
        if name in place.held:
            yield from self._block(body, place)
            return
        yield f"await do({place.task}, {number}, {name}.acquire())"
        yield "try:"
        yield from self.inside(body, replace(place, held=place.held | {name}))
        yield "finally:"
        yield f"    {name}.release()"
        yield f'    say({place.task}, "released", {number})'

    def _clone(self, end: str, which: tuple[int, bool], body: Block, number: int, place: Place) -> Lines:
        name = f"clone_{number}"
        key = f"{'send' if which[1] else 'receive'}_{which[0] % 2}"
        yield f'{name} = note({place.task}, "cloned", {number}, {end}.clone)'
        yield "try:"
        clones = (*place.clones, (key, name))
        yield from self.inside(body, replace(place, clones=clones))
        yield "finally:"
        yield f"    {name}.close()"
        yield f'    say({place.task}, "closed", {number})'
