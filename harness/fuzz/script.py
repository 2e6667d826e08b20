"""A program as a standalone script of plain AnyIO code, for those who do not know this one."""

from harness.backends.backend import Loop
from harness.fuzz.language import Program, last_instant, sockets_of
from harness.fuzz.script_statements import Writer

_HEAD = '''"""{title}

Run it as `python {name}` on {loop}, and as `python {name} {beside}` to compare.
Each line that it prints: the time in instants of {instant} s, the task, what happened, where, with what.
C is a cancellation, E and a number what `raise` of that statement raises, G(…) an exception group.
"""

import sys

import anyio
import anyio.lowlevel

INSTANT = {instant}
ends = []


class Failure(Exception):
    pass


def describe(error):
    if isinstance(error, Failure):
        return f"E{{error.args[0]}}"
    if isinstance(error, anyio.get_cancelled_exc_class()):
        return "C"
    if isinstance(error, BaseExceptionGroup):
        return f"G({{','.join(sorted(map(describe, error.exceptions)))}})"
    return type(error).__name__


def say(task, kind, statement, value="-"):
    elapsed = (anyio.current_time() - origin) / INSTANT
    print(f"{{elapsed:.2f}} task {{task}}: {{kind}} {{statement}} {{value}}", flush=True)


async def do(task, statement, operation, kind="done"):
    try:
        result = await operation
    except BaseException as error:
        say(task, kind, statement, describe(error))
        raise
    say(task, kind, statement, "-" if result is None else result)


def note(task, kind, statement, function):
    try:
        result = function()
    except BaseException as error:
        say(task, kind, statement, describe(error))
        raise
    say(task, kind, statement)
    return result


async def values(gathered):
    results = await gathered
    return ",".join(describe(one) if isinstance(one, BaseException) else str(one) for one in results)


@contextlib.contextmanager
def leaving(task, statement, scope, active=frozenset()):
    error = None
    try:
        yield
    except BaseException as left_over:
        error = left_over
        raise
    finally:
        if statement in active:
            active.discard(statement)
        caught = "caught" if scope.cancelled_caught else "passed"
        say(task, "left", statement, f"{{caught}} {{describe(error) if error else '-'}}")


async def whole(task, function, *arguments, **options):
    say(task, "start", -1)
    try:
        await function(*arguments, **options)
    except BaseException as error:
        say(task, "end", -1, describe(error))
        raise
    say(task, "end", -1)
    return task

'''

_SOCKETS = """
sending, ended, closed = set(), set(), set()


async def connected():
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    for end in (near, far):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return [await anyio.abc.SocketStream.from_socket(end) for end in (near, far)]


async def socket_send(task, statement, end):
    if end in ended:
        return
    is_free = end not in sending
    sending.add(end)
    try:
        await do(task, statement, end.send(statement.to_bytes(4, "big")))
    finally:
        if is_free:
            sending.discard(end)


async def socket_receive(end):
    return int.from_bytes(await end.receive(4), "big")


async def socket_end(task, statement, end):
    if end in closed or end in sending:
        return
    ended.add(end)
    with anyio.CancelScope(shield=True):
        await do(task, statement, end.send_eof())

"""

_FOOT = '''

async def main():
    global origin
    ends.clear(){prepare}
    origin = anyio.current_time()
    scope = anyio.CancelScope(deadline=origin + {end} * INSTANT)
    with contextlib.suppress(BaseException), leaving(0, -1, scope), scope:
        await whole(0, program)
    for end in ends:
        await anyio.aclose_forcefully(end)


def options(loop):
    """What `anyio.run` is told, to run on this loop."""
    if loop == "trio":
        return {{"backend": "trio"}}
    module, _, attribute = {factories!r}.get(loop, "").partition(":")
    if not module:
        return {{}}
    import importlib
    return {{"backend_options": {{"loop_factory": getattr(importlib.import_module(module), attribute)}}}}


def run():
    """Run the program once, and say what it leaves behind."""
    before = len(os.listdir("/dev/fd"))
    anyio.run(main, **options(sys.argv[1] if len(sys.argv) > 1 else {loop!r}))
    gc.collect()
    print(f"descriptors: {{before}} before, {{len(os.listdir('/dev/fd'))}} after", flush=True)


if __name__ == "__main__":
    for _ in range({times}):
        run()
'''

INSTANT = 0.2
"""Seconds from one instant to the next in a script: long enough for any machine."""


def write_script(program: Program, loop: Loop, beside: Loop, *, title: str, name: str, times: int = 1) -> str:
    """A script that runs a program, once or more, on a loop or the one beside it, and prints what it sees."""
    writer = Writer(program)
    lines = [*writer.program()]
    head = _HEAD.format(title=title, name=name, loop=loop.name, beside=beside.name, instant=INSTANT)
    factories = {known.name: known.factory for known in (loop, beside) if known.factory}
    if sockets_of(program):
        writer.modules.add("socket")
    prepare = "\n    await prepare()" if sockets_of(program) else ""
    foot = _FOOT.format(
        end=last_instant(program) + 1, factories=factories, loop=loop.name, times=times, prepare=prepare
    )
    imports = "".join(
        f"import {module}\n" for module in sorted({"contextlib", "gc", "os", "sys", *writer.modules})
    )
    head = head.replace("import sys\n", imports, 1) + (_SOCKETS if sockets_of(program) else "")
    return "\n".join((head, *lines)) + foot
