"""Faults that are planted in AnyIO or in the loop, to find out whether the fuzzer notices them.

Each is a function without parameters that breaks the process it is called in. Faults that strike now and then
count on the running loop, so that they strike at the same place whenever a program is run again.
"""

import asyncio
import contextlib
import contextvars
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import anyio._backends._asyncio as backend
import anyio._core._synchronization as core
from anyio import ClosedResourceError, EndOfStream, ResourceGuard, WouldBlock
from anyio.streams import memory

FAULTS: dict[str, tuple[str, Callable[[], None]]] = {}
"""Every fault by name: the profile that it is looked for in, and what plants it."""


def fault(profile: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(plant: Callable[[], None]) -> Callable[[], None]:
        FAULTS[plant.__name__] = (profile, plant)
        return plant

    return register


def nth(name: str, every: int) -> bool:
    """Whether this is every so many-th call on the running loop."""
    loop = asyncio.get_running_loop()
    counts: dict[str, int] = loop.__dict__.setdefault("_planted", {})
    counts[name] = counts.get(name, 0) + 1
    return counts[name] % every == 0


# Tasks


@fault("tasks")
def group_drops_an_error() -> None:
    """Of two errors in a task group, one is lost."""
    leave = backend.TaskGroup.__aexit__

    async def planted(self: Any, *error: Any) -> Any:
        append = self._exceptions

        class Dropping(list[BaseException]):
            def append(self, error: BaseException) -> None:
                if not self:
                    super().append(error)

        self._exceptions = Dropping(append)
        return await leave(self, *error)

    backend.TaskGroup.__aexit__ = planted  # type: ignore[assignment, method-assign]


@fault("tasks")
def group_does_not_wait() -> None:
    """A group of three does not wait for its third child."""
    start_soon = backend.TaskGroup.start_soon

    def planted(self: Any, function: Any, *args: Any, name: object = None) -> Any:
        if len(self._tasks) == 2:
            loop = asyncio.get_running_loop()
            task = loop.create_task(function(*args))
            loop.__dict__.setdefault("_kept", set()).add(task)
            return None
        return start_soon(self, function, *args, name=name)

    backend.TaskGroup.start_soon = planted  # type: ignore[assignment, method-assign, misc]


@fault("tasks")
def children_share_the_context() -> None:
    """A child runs in the context of its parent, not in a copy."""
    create_task = asyncio.BaseEventLoop.create_task

    def planted(self: Any, coroutine: Any, *, name: Any = None, context: Any = None) -> Any:
        return create_task(self, coroutine, name=name, context=context or _context())

    asyncio.BaseEventLoop.create_task = planted  # type: ignore[assignment, method-assign]


_shared: dict[int, contextvars.Context] = {}


def _context() -> contextvars.Context:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return contextvars.copy_context()
    contexts: contextvars.Context = loop.__dict__.setdefault("_context", contextvars.copy_context())
    return contexts


@fault("tasks")
def started_twice_is_not_noticed() -> None:
    """A second report to start() is no error."""
    started = backend._AsyncioTaskStatus.started

    def planted(self: Any, value: Any = None) -> None:
        if not self._future.done():
            started(self, value)

    backend._AsyncioTaskStatus.started = planted  # type: ignore[method-assign]


@fault("tasks")
def siblings_of_a_failed_child_go_on() -> None:
    """In a group of two or more whose body is over, nobody is cancelled when a child fails."""
    cancel = backend.CancelScope.cancel

    def planted(self: Any, reason: str | None = None) -> None:
        if asyncio.current_task() is None and reason is None:
            return
        cancel(self, reason)

    backend.CancelScope.cancel = planted  # type: ignore[method-assign]


# Cancellation


@fault("cancellation")
def shield_with_a_deadline_does_not_shield() -> None:
    """A scope that is shielded and has a deadline lets a cancellation of outer scopes through."""
    deliver = backend.CancelScope._deliver_cancellation

    def planted(self: Any, origin: Any) -> bool:
        retry = deliver(self, origin)
        for scope in self._child_scopes:
            if scope._shield and scope.deadline < asyncio.get_running_loop().time() + 3:
                scope._deliver_cancellation(origin)
        return retry

    backend.CancelScope._deliver_cancellation = planted  # type: ignore[method-assign]


@fault("cancellation")
def scope_swallows_its_parents_cancellation() -> None:
    """A cancelled scope catches a cancellation though an outer scope is cancelled too."""
    backend.CancelScope._parent_cancellation_is_visible_to_us = False  # type: ignore[assignment]


@fault("cancellation")
def cancellation_is_delivered_once() -> None:
    """Only the first await in a cancelled scope is cancelled, as with asyncio's own Task.cancel()."""
    deliver = backend.CancelScope._deliver_cancellation

    def planted(self: Any, origin: Any) -> bool:
        if origin is self and self in asyncio.get_running_loop().__dict__.setdefault("_once", set()):
            self._cancel_handle = None
            return False
        if origin is self and any(task is not asyncio.current_task() for task in self._tasks):
            asyncio.get_running_loop().__dict__["_once"].add(self)
        return deliver(self, origin)

    backend.CancelScope._deliver_cancellation = planted  # type: ignore[method-assign]


@fault("cancellation")
def cancellation_beats_an_earlier_wake_up() -> None:
    """Who was woken is cancelled all the same, if that happens before it runs again."""
    cancel = backend.CancelScope.cancel

    def planted(self: Any, reason: str | None = None) -> None:
        before = self._cancel_called
        cancel(self, reason)
        if not before:
            for task in self._tasks:
                waiter = getattr(task, "_fut_waiter", None)
                if (
                    task is not asyncio.current_task()
                    and isinstance(waiter, asyncio.Future)
                    and waiter.done()
                ):
                    task.cancel(self._cancel_reason)

    backend.CancelScope.cancel = planted  # type: ignore[method-assign]


@fault("cancellation")
def cancellation_skips_grandchildren() -> None:
    """A cancellation does not reach a scope within a scope within the cancelled one."""
    deliver = backend.CancelScope._deliver_cancellation

    def planted(self: Any, origin: Any) -> bool:
        parent = self._parent_scope
        if origin is not self and parent is not origin:
            return False
        return deliver(self, origin)

    backend.CancelScope._deliver_cancellation = planted  # type: ignore[method-assign]


# Timers


def _call_at(change: Callable[[Any, float], float | None]) -> None:
    call_at = asyncio.BaseEventLoop.call_at

    def planted(self: Any, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        changed = change(self, when)
        if changed is None:
            return call_at(self, when, lambda: None)
        return call_at(self, changed, callback, *args, context=context)

    asyncio.BaseEventLoop.call_at = planted  # type: ignore[assignment, method-assign]


@fault("timers")
def third_timer_is_early() -> None:
    """Every third timer fires an instant too early."""
    _call_at(lambda _, when: when - 1 if nth("timer", 3) else when)


@fault("timers")
def third_timer_is_late() -> None:
    """Every third timer fires an instant too late."""
    _call_at(lambda _, when: when + 1 if nth("timer", 3) else when)


@fault("timers")
def timers_of_one_instant_collide() -> None:
    """Of three timers for the same instant, the third is lost."""

    def change(loop: Any, when: float) -> float | None:
        counts: dict[float, int] = loop.__dict__.setdefault("_instants", {})
        counts[when] = counts.get(when, 0) + 1
        return None if counts[when] == 3 else when

    _call_at(change)


@fault("timers")
def past_deadline_is_ignored() -> None:
    """A scope whose deadline is past when it is entered is not cancelled."""
    timeout = backend.CancelScope._timeout

    def planted(self: Any) -> None:
        if self._active or asyncio.get_running_loop().time() < self._deadline:
            timeout(self)

    backend.CancelScope._timeout = planted  # type: ignore[method-assign]


@fault("timers")
def timers_fire_in_reverse() -> None:
    """A timer that is set while an earlier one is pending takes the earlier one's place in time."""

    def change(loop: Any, when: float) -> float | None:
        pending = [handle.when() for handle in loop._scheduled if handle.when() > loop.time()]
        return max([when, *pending[:1]]) if len(pending) > 2 else when

    _call_at(change)


# Synchronization


@fault("sync")
def event_wakes_all_but_one() -> None:
    """An event does not wake the second of those that wait for it."""

    def planted(self: Any) -> None:
        self._value = True
        for index, waiter in enumerate([waiter for waiter in self._waiters if not waiter.done()]):
            if index != 1:
                waiter.set_result(True)

    asyncio.Event.set = planted  # type: ignore[method-assign]


@fault("sync")
def lock_goes_to_the_last_in_line() -> None:
    """A lock is handed to who came last."""
    release = backend.Lock.release

    def planted(self: Any) -> None:
        self._waiters.reverse()
        release(self)
        self._waiters.reverse()

    backend.Lock.release = planted  # type: ignore[method-assign]


@fault("sync")
def token_is_lost_with_a_cancelled_waiter() -> None:
    """A semaphore that is released while the first in line is being cancelled loses its token."""

    def planted(self: Any) -> None:
        if self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.cancelled():
                waiter.set_result(None)
            return
        self._value += 1

    backend.Semaphore.release = planted  # type: ignore[method-assign]


@fault("sync")
def notify_wakes_two() -> None:
    """Condition.notify() wakes two waiters."""
    notify = core.Condition.notify

    def planted(self: Any, n: int = 1) -> None:
        notify(self, n + 1)

    core.Condition.notify = planted  # type: ignore[method-assign]


@fault("sync")
def limiter_has_a_token_too_many() -> None:
    """A capacity limiter lends one token more than it has."""
    init = backend.CapacityLimiter.__init__

    def planted(self: Any, total_tokens: float) -> None:
        init(self, total_tokens + 1)

    backend.CapacityLimiter.__init__ = planted  # type: ignore[method-assign]


@fault("sync")
def cancelled_waiter_keeps_its_place() -> None:
    """Who was cancelled while it stood in line for a lock is handed the lock all the same."""

    async def planted(self: Any) -> None:
        task = asyncio.current_task()
        if self._owner_task is None and not self._waiters:
            await backend.AsyncIOBackend.checkpoint_if_cancelled()
            self._owner_task = task
            await backend.AsyncIOBackend.cancel_shielded_checkpoint()
            return
        waiter: Any = asyncio.Future()
        proxy: Any = asyncio.Future()
        self._waiters.append((task, proxy))
        proxy.add_done_callback(lambda _: waiter.done() or waiter.set_result(None))
        await waiter

    backend.Lock.acquire = planted  # type: ignore[method-assign]


# Channels


@fault("channels")
def cancelled_receiver_stays_in_line() -> None:
    """A receiver that was cancelled keeps its place in line, and the next item is lost with it."""

    class Kept(OrderedDict[Any, Any]):
        def pop(self, key: Any, default: Any = None) -> Any:
            return self.get(key, default)

    init = memory._MemoryObjectStreamState.__init__

    def planted(self: Any, max_buffer_size: float) -> None:
        init(self, max_buffer_size)
        self.waiting_receivers = Kept()

    memory._MemoryObjectStreamState.__init__ = planted  # type: ignore[method-assign]

    def send_nowait(self: Any, item: Any) -> None:
        if not self._closed and self._state.open_receive_channels and self._state.waiting_receivers:
            event, receiver = self._state.waiting_receivers.popitem(last=False)
            receiver.item = item
            event.set()
            return
        before(self, item)

    before = memory.MemoryObjectSendStream.send_nowait
    memory.MemoryObjectSendStream.send_nowait = send_nowait  # type: ignore[method-assign]


@fault("channels")
def buffer_is_a_stack() -> None:
    """Of two items in the buffer, the younger is received first."""
    receive_nowait = memory.MemoryObjectReceiveStream.receive_nowait

    def planted(self: Any) -> Any:
        if not self._closed and len(self._state.buffer) > 1 and not self._state.waiting_senders:
            return self._state.buffer.pop()
        return receive_nowait(self)

    memory.MemoryObjectReceiveStream.receive_nowait = planted  # type: ignore[method-assign]


@fault("channels")
def close_does_not_wake_receivers() -> None:
    """Who waits to receive is not told that the sending end was closed."""

    def planted(self: Any) -> None:
        if not self._closed:
            self._closed = True
            self._state.open_send_channels -= 1

    memory.MemoryObjectSendStream.close = planted  # type: ignore[method-assign]


@fault("channels")
def second_sender_is_not_woken() -> None:
    """Of two senders in line, the first is not told that its item was taken."""

    def planted(self: Any) -> Any:
        state = self._state
        if self._closed:
            raise ClosedResourceError
        if state.waiting_senders:
            several = len(state.waiting_senders) > 1
            event, item = state.waiting_senders.popitem(last=False)
            state.buffer.append(item)
            if not several:
                event.set()
        if state.buffer:
            return state.buffer.popleft()
        if not state.open_send_channels:
            raise EndOfStream
        raise WouldBlock

    memory.MemoryObjectReceiveStream.receive_nowait = planted  # type: ignore[method-assign]


@fault("channels")
def closing_a_clone_closes_the_stream() -> None:
    """With a clone of the sending end, the sending end is closed for the receivers."""
    close = memory.MemoryObjectSendStream.close

    def planted(self: Any) -> None:
        if not self._closed and self._state.open_send_channels > 1:
            self._state.open_send_channels = 1
        close(self)

    memory.MemoryObjectSendStream.close = planted  # type: ignore[method-assign]


# Clean-up


@fault("cancellation")
def clean_up_in_a_cancelled_scope_is_not_shielded() -> None:
    """A shielded scope that is entered in a cancelled one does not shield."""
    init = backend.CancelScope.__init__

    def planted(self: Any, deadline: float = float("inf"), shield: bool = False) -> None:
        scope = None
        if (task := asyncio.current_task()) and (state := backend._task_states.get(task)):
            scope = state.cancel_scope
        init(self, deadline, shield and not (scope is not None and scope._effectively_cancelled))

    backend.CancelScope.__init__ = planted  # type: ignore[method-assign]


@fault("tasks")
def loop_leaves_a_descriptor() -> None:
    """A loop whose tasks have raised does not close its selector."""
    close = asyncio.SelectorEventLoop.close

    def planted(self: Any) -> None:
        if self.__dict__.get("_planted", {}).get("task", 0) > 2:
            _kept.append(os.dup(0))
        close(self)

    create_task = asyncio.BaseEventLoop.create_task

    def counted(self: Any, coroutine: Any, **options: Any) -> Any:
        counts = self.__dict__.setdefault("_planted", {})
        counts["task"] = counts.get("task", 0) + 1
        return create_task(self, coroutine, **options)

    asyncio.SelectorEventLoop.close = planted  # type: ignore[method-assign]
    asyncio.BaseEventLoop.create_task = counted  # type: ignore[assignment, method-assign]


_kept: list[int] = []


@fault("cancellation")
def generator_is_not_closed_when_cancelled() -> None:
    """aclose() of a generator whose consumer was cancelled is left out: its clean-up comes late or never."""
    leave = contextlib.aclosing.__aexit__

    async def planted(self: Any, *error: Any) -> None:
        if isinstance(error[1], asyncio.CancelledError):
            return
        await leave(self, *error)

    contextlib.aclosing.__aexit__ = planted  # type: ignore[method-assign]


@fault("gather")
def gather_returns_values_in_order_of_completion() -> None:
    """Gather gives its results in the order in which they came."""
    gather = asyncio.gather

    async def planted(*awaitables: Any, return_exceptions: bool = False) -> list[Any]:
        results: list[Any] = []
        futures = [asyncio.ensure_future(one) for one in awaitables]
        for future in futures:
            future.add_done_callback(lambda done: results.append(done.exception() or done.result()))
        await gather(*futures, return_exceptions=return_exceptions)
        return results

    asyncio.gather = planted  # type: ignore[assignment]


@fault("gather")
def gather_keeps_the_last_error() -> None:
    """Of two errors, gather raises the second."""
    gather = asyncio.gather

    async def planted(*awaitables: Any, return_exceptions: bool = False) -> list[Any]:
        results = await gather(*awaitables, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors and not return_exceptions:
            raise errors[-1]
        return results

    asyncio.gather = planted  # type: ignore[assignment]


# Sockets


@fault("sockets")
def socket_loses_bytes() -> None:
    """Every second arrival of bytes is lost."""
    receive = backend.StreamProtocol.data_received

    def planted(self: Any, data: bytes) -> None:
        if not nth("arrival", 2):
            receive(self, data)

    backend.StreamProtocol.data_received = planted  # type: ignore[method-assign]


@fault("sockets")
def socket_misses_the_end() -> None:
    """A receiver that waits when the other end says that no more will come is not woken."""

    def planted(self: Any) -> bool:
        self.is_at_eof = True
        return True

    backend.StreamProtocol.eof_received = planted  # type: ignore[method-assign]


@fault("sockets")
def socket_is_never_busy() -> None:
    """A second receiver on the same end is let in."""
    receive = backend.SocketStream.receive

    async def planted(self: Any, max_bytes: int = 65536) -> bytes:
        self._receive_guard = ResourceGuard("reading from")
        return await receive(self, max_bytes)

    backend.SocketStream.receive = planted  # type: ignore[method-assign]
