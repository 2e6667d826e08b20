"""A worker that serves on its backend's loop, while a thread beside it answers the parent.

The loop runs in the main thread and is asked nothing while a batch is under way: the thread waits for the
parent, reads the process's clocks before and after, and takes off the CPU time that it used itself.
"""

import gc
import os
import sys
import time
from dataclasses import replace
from threading import Thread, main_thread

import anyio
from anyio import from_thread
from anyio.lowlevel import EventLoopToken, current_token

from harness.backends.runtime import Runtime
from harness.protocol.descriptions import Outcome
from harness.protocol.messages import UNMEASURED, CaseSpec, WorkerSummary
from harness.protocol.traffic import CROWD, offer_of
from harness.worker.asked import answer_where_it_hangs
from harness.worker.captured_output import discarding_output
from harness.worker.channel import Channel
from harness.worker.clock import CLOCKS, Clock, value_of
from harness.worker.describing import Describer
from harness.worker.growth import GrowthMeter
from harness.worker.loading import arguments_of, open_scenario, run_on
from harness.worker.memory import process_memory
from harness.worker.refusals import NotAsOpened
from harness.worker.services.binding import BoundService, bind_service, opened
from harness.worker.services.connecting import allow_descriptors
from harness.worker.timing import FULL, YOUNG, settle_allocator  # noqa: TID253 - serving needs it


def serve_turns(case: CaseSpec, channel: Channel) -> None:
    """Serve until the parent releases the worker, and send a summary at the end."""
    scenario, runtime = open_scenario(case, CLOCKS)
    service = bind_service(scenario, arguments_of(case), runtime)
    answer_where_it_hangs(channel, service.file, runtime)
    settle_allocator()
    sys.stdout = discarding_output()
    session = ServingSession(service, runtime, channel)
    try:
        run_on(runtime, session.run)
    except NotAsOpened:
        raise
    except BaseException as error:  # noqa: BLE001 - the parent needs to know what ended the service
        channel.send("raised", Outcome("raised", Describer(runtime.cancelled).describe(error)))
        return
    if not session.released:
        channel.send("unreleased", {"message": "ended although nobody had asked it to"})
        return
    channel.send("summary", session.summary())


class ServingSession:
    """The life of one service: its loop in this thread, and the parent's orders in another."""

    def __init__(self, service: BoundService, runtime: Runtime, channel: Channel) -> None:
        self._service = service
        self._runtime = runtime
        self._channel = channel
        self._clock = Clock()
        self._growth = GrowthMeter()
        self._idle_since = (0, 0)
        self._waited = self._idle_cpu = 0
        self._before = (0, 0)
        self._resident: int | None = None
        self._startup = 0
        self._threads = 1
        self._loop_clock = time.pthread_getcpuclockid(main_thread().ident or 0)
        self.released = False

    async def run(self) -> None:
        """Serve on this loop until the parent releases the worker."""
        allow_descriptors(CROWD)
        stopping, token = anyio.Event(), current_token()
        with opened(listens=not self._service.traffic.own_socket) as listener:
            Thread(target=self._obey, args=(listener.getsockname()[1], stopping, token), daemon=True).start()
            await self._service.serve(listener, stopping.wait)

    def _obey(self, port: int, stopping: anyio.Event, token: EventLoopToken) -> None:
        """Do what the parent orders, in a thread of its own, until it releases the worker."""
        self._startup = time.process_time_ns()
        self._channel.send("ready", offer_of(self._service.traffic, port, self._startup))
        self._rest()
        while True:
            match self._channel.receive():
                case {"kind": "collect", "message": {"full": bool(full)}}:
                    self._wait_over()
                    from_thread.run_sync(gc.collect, FULL if full else YOUNG, token=token)
                    self._channel.send("collected")
                case {"kind": "start", "message": {"requests": int(requests)}}:
                    self._start(requests)
                case {"kind": "stop", "message": dict(driven)}:
                    self._stop(**driven)
                case {"kind": "memory"}:
                    self._channel.send("memory", process_memory("VmRSS"))
                case {"kind": "release"}:
                    self.released, self._threads = True, _other_threads()
                    from_thread.run_sync(stopping.set, token=token)
                    return

    def _rest(self) -> None:
        """Begin to wait for the next turn."""
        self._idle_since = (time.perf_counter_ns(), self._cpu())

    def _wait_over(self) -> None:
        """Note what was used between two turns; a second collection in one turn changes nothing."""
        if self._idle_since[0]:
            since, cpu = self._idle_since
            self._waited, self._idle_cpu = time.perf_counter_ns() - since, max(0, self._cpu() - cpu)
            self._idle_since = (0, 0)

    @staticmethod
    def _cpu() -> int:
        """Return the CPU time of the process without this thread's.

        The two clocks are read one after the other, so what lies between two such readings may be a little
        less than nothing where the process did nothing.
        """
        return time.process_time_ns() - time.thread_time_ns()

    def _start(self, requests: int) -> None:
        if why := self._runtime.not_as_opened():
            self._channel.send(UNMEASURED, {"message": why})
            return
        if self._resident is None:
            self._resident = process_memory("VmRSS")
        self._growth.count(requests)
        self._clock.start()
        self._before = (self._cpu(), time.clock_gettime_ns(self._loop_clock))
        self._channel.send("started")

    def _stop(self, *, loops: int, wall: int, driver_cpu: int) -> None:
        """Send the value of a batch that took the driver so long."""
        cpu, own = self._cpu(), time.clock_gettime_ns(self._loop_clock)
        span = self._clock.stop((time.perf_counter_ns(),))
        value = value_of(span, loops, self._waited, self._idle_cpu, None)
        used = max(1, cpu - self._before[0])
        value = replace(
            value,
            wall=wall,
            cpu=used,
            helper_cpu=max(0, used - (own - self._before[1])),
            driver_cpu=driver_cpu,
        )
        self._channel.send("value", value)
        self._rest()

    def summary(self) -> WorkerSummary:
        """Return what the worker says after its round."""
        peak = process_memory("VmHWM")
        known = peak is not None and self._resident is not None
        return WorkerSummary(
            startup=self._startup,
            peak=peak - self._resident if known else None,  # type: ignore[operator]
            threads=self._threads,
            loop_class=self._runtime.loop_class(),
            growth=self._growth.growth(),
        )


def _other_threads() -> int:
    """Return the number of this process's threads without the one that answers the parent."""
    try:
        return len(os.listdir("/proc/self/task")) - 1
    except OSError:
        return 1
