"""Callbacks: the context that they run in, and what becomes of one that was cancelled."""

from asyncio import Future
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop

who: ContextVar[str] = ContextVar("who", default="nobody")

METHODS = ("call_soon", "call_soon_threadsafe", "call_later", "call_at")


def tell(done: "Future[str]") -> None:
    done.set_result(who.get())


def schedulers() -> dict[str, Callable[..., object]]:
    """Each way to have a function called, with the same shape."""
    loop = running_loop()
    return {
        "call_soon": loop.call_soon,
        "call_soon_threadsafe": loop.call_soon_threadsafe,
        "call_later": lambda *args, **named: loop.call_later(0.001, *args, **named),
        "call_at": lambda *args, **named: loop.call_at(loop.time() + 0.001, *args, **named),
    }


@loop_capability(
    title="the caller's context in callbacks",
    reported=["uvloop#305", "uvloop#348"],
    returns=dict.fromkeys(METHODS, "caller"),
)
async def loop_context() -> dict[str, str]:
    """call_soon, call_soon_threadsafe, call_later, call_at: a callback sees its caller's context."""
    seen = {}
    for name, call in schedulers().items():
        done = running_loop().create_future()
        who.set("caller")
        call(tell, done)
        who.set("changed")
        seen[name] = await done
    return seen


@loop_capability(
    title="callbacks in a context that they are given",
    reported=["uvloop#155"],
    returns=dict.fromkeys(METHODS, "given"),
)
async def loop_context_argument() -> dict[str, str]:
    """call_soon, call_soon_threadsafe, call_later, call_at: a callback runs in the context it is given."""
    given: Context = copy_context()
    given.run(who.set, "given")
    seen = {}
    for name, call in schedulers().items():
        done = running_loop().create_future()
        call(tell, done, context=given)
        seen[name] = await done
    return seen


@loop_capability(
    title="callbacks that are cancelled",
    reported=["cpython#76124", "github.com/pyodide/pyodide/pull/2022"],
    returns={"called": ["later", "soon"], "cancelled": True},
)
async def loop_cancelled_callbacks() -> dict[str, object]:
    """A handle that is cancelled is not called; the others are, with their arguments.

    In which order is not asked: uvloop counts a delay from when its turn began, and may be due at once.
    """
    loop = running_loop()
    called: list[str] = []
    handles = [loop.call_soon(called.append, "cancelled"), loop.call_later(0.001, called.append, "cancelled")]
    loop.call_soon(called.append, "soon")
    loop.call_later(0.002, called.append, "later")
    done = loop.create_future()
    loop.call_later(0.003, done.set_result, None)
    for handle in handles:
        handle.cancel()
    await done
    return {"called": sorted(called), "cancelled": all(handle.cancelled() for handle in handles)}
