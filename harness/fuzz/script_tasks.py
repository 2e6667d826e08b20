"""The lines of a standalone script for statements that start tasks."""

from itertools import count

from harness.fuzz.script_operations import Lines, Place
from harness.fuzz.statements import Block, Gather, Group


class TaskWriter:
    """Writes groups and gathers; `modules` are what the script needs besides `sys` and `anyio`."""

    def __init__(self, *, cancels: bool) -> None:
        self.modules: set[str] = set()
        self.tasks = count(1)
        """The names of the tasks to come."""
        self.cancels = cancels
        """Whether something in the program points at scopes."""

    def inside(self, block: Block, place: Place) -> Lines:
        """The lines of a block, indented."""
        raise NotImplementedError

    def children(self, statement: Group | Gather, number: int, place: Place) -> Lines:
        """The lines of a group or a gather, with those of its children before them."""
        tasks = [next(self.tasks) for _ in statement.children]
        is_started = isinstance(statement, Group) and statement.start
        for task, child in zip(tasks, statement.children, strict=True):
            yield f"async def task_{task}({'*, task_status' if is_started else ''}):"
            yield from self.inside(child, Place(task, clones=place.clones, is_started=is_started))
        if isinstance(statement, Gather):
            self.modules.add("asyncio")
            calls = ", ".join(f"whole({task}, task_{task})" for task in tasks)
            options = f"return_exceptions={statement.return_exceptions}"
            gather = f"values(asyncio.gather({calls}{', ' if calls else ''}{options}))"
            yield f'await do({place.task}, {number}, {gather}, "gathered")'
        else:
            yield from self._group(statement, number, place, tasks)

    def _group(self, statement: Group, number: int, place: Place, tasks: list[int]) -> Lines:
        yield f"async def group_{number}():"
        yield "    async with anyio.create_task_group() as group:"
        if self.cancels:
            yield f"        scopes[{number}] = group.cancel_scope"
            yield f"        active.add({number})"
        for task in tasks:
            if statement.start:
                call = f"group.start(functools.partial(whole, {task}, task_{task}))"
                self.modules.add("functools")
                yield f"        await do({place.task}, {number}, {call})"
            else:
                yield f"        group.start_soon(whole, {task}, task_{task})"
        for line in self.inside(statement.body, place):
            yield f"    {line}"
        if self.cancels:
            yield "try:"
            yield f'    await do({place.task}, {number}, group_{number}(), "joined")'
            yield "finally:"
            yield f"    active.discard({number})"
        else:
            yield f'await do({place.task}, {number}, group_{number}(), "joined")'
