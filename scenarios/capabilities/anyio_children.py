"""What a child process is given, through AnyIO: its input's name, descriptors, user and umask."""

import os

from anyio import BrokenResourceError, run_process

from harness.scenario import differs
from scenarios.capabilities.anyio_processes import python
from scenarios.capabilities.capability import PAYLOAD, capability, fingerprint


@capability(
    title="child processes that open their input by name",
    reported=["uvloop#532", "uvloop#505", "cpython#90522"],
    returns={"exit code": 0, "output": fingerprint(PAYLOAD)},
    differs=[
        differs(
            on="uvloop+*",
            raises=ExceptionGroup("", [BrokenResourceError()]),
            because="uvloop gives a child process a socket as its input, which cannot be opened by name",
            source="uvloop#532",
        )
    ],
)
async def anyio_process_input_by_name() -> dict[str, object]:
    """A child process that opens /dev/stdin reads there what it is fed."""
    program = "import shutil, sys; shutil.copyfileobj(open('/dev/stdin', 'rb'), sys.stdout.buffer)"
    ended = await run_process(python(program), input=PAYLOAD, check=False)
    return {"exit code": ended.returncode, "output": fingerprint(ended.stdout)}


LIST = """
import os, sys
passed = int(sys.argv[1])
kept = set()
for number in range(3, 64):
    try:
        os.fstat(number)
    except OSError:
        continue
    kept.add("passed" if number == passed else "another")
print(*sorted(kept), os.read(passed, 100).decode())
"""


@capability(
    title="descriptors that a child process inherits",
    reported=["zuvloop#39", "zuvloop#56"],
    returns={"exit code": 0, "output": b"passed hello\n"},
    differs=[
        differs(
            on="uvloop+*",
            returns={"exit code": 0, "output": b"another passed hello\n"},
            because="libuv closes nothing in a child process: inheritable descriptors stay open",
            source="libuv#3716, zuvloop#39",
        )
    ],
)
async def anyio_process_descriptors() -> dict[str, object]:
    """A child process inherits the descriptors that pass_fds names, and no other inheritable one."""
    passed, kept = os.pipe(), os.pipe()
    try:
        os.set_inheritable(kept[0], True)  # noqa: FBT003 - positional only
        os.write(passed[1], b"hello")
        command = [*python(LIST), str(passed[0])]
        ended = await run_process(command, pass_fds=[passed[0]], check=False)
    finally:
        for descriptor in (*passed, *kept):
            os.close(descriptor)
    return {"exit code": ended.returncode, "output": ended.stdout}


@capability(
    title="child processes of another user",
    reported=["uvloop#618", "anyio#742"],
    returns={"exit code": 0, "is the user": True},
    differs=[
        differs(
            on="uvloop+*",
            raises=ValueError("unexpected kwargs: user, group"),
            because="uvloop's subprocess_exec has no user and no group",
            source="uvloop#618",
        )
    ],
)
async def anyio_process_user() -> dict[str, object]:
    """A child process is started as the user and group that it is given; here, the same as before."""
    program = "import os; print(os.getuid(), os.getgid())"
    user, group = os.getuid(), os.getgid()
    ended = await run_process(python(program), user=user, group=group, check=False)
    return {"exit code": ended.returncode, "is the user": ended.stdout == b"%d %d\n" % (user, group)}


@capability(
    title="child processes with a umask",
    reported=["anyio#742"],
    returns={"exit code": 0, "umask": b"0o27\n"},
    differs=[
        differs(
            on="uvloop+*",
            raises=ValueError("unexpected kwargs: umask"),
            because="uvloop's subprocess_exec has no umask",
            source="uvloop#618, of the same lack",
        )
    ],
)
async def anyio_process_umask() -> dict[str, object]:
    """A child process starts with the umask that it is given, and its parent keeps its own."""
    program = "import os; print(oct(os.umask(0)))"
    ended = await run_process(python(program), umask=0o27, check=False)
    return {"exit code": ended.returncode, "umask": ended.stdout}
