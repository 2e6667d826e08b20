"""The machine and the software that a run takes place on, as a record states them."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from harness.backends.backend import Backend, Loop
from harness.backends.builds import implementation
from harness.execution.affinity import choose_cpus, choose_others
from harness.execution.environments import InterpreterPath, interpreter_for
from harness.execution.quota import cpu_quota, cpu_stops
from harness.records.machine import BackendEnvironment, DriverPlace, Machine

_ALWAYS = ("loopcmp", "anyio", "pyperf")


def describe_machine(backends: Iterable[Backend]) -> Machine:
    """Describe this machine by what anyone may read; nothing in it names a user, a host or a path."""
    backends = tuple(backends)
    own_distributions = (distribution_of(backend.loop) for backend in backends if backend.environment is None)
    names = (*_ALWAYS, *own_distributions)
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        governor=_first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=PYTHON,
        build=f"{implementation()} {PYTHON}, {platform.python_compiler()}",
        versions=tuple((name, _version(name)) for name in dict.fromkeys(names) if name),
        load=load(),
        cpu_quota=cpu_quota(),
        cpu_stops=cpu_stops(),
        pinned=tuple(sorted(choose_cpus(1) or ())),
        driver=_driver_place(),
        environments=tuple(
            environment_of(backend, interpreter_for(backend)) for backend in backends if backend.environment
        ),
    )


def _driver_place() -> DriverPlace | None:
    """Return where a driver would run beside a service; None where neither can be pinned."""
    cpus = choose_cpus(1)
    others = choose_others(cpus)
    if cpus is None or others is None:
        return None
    [service], [driver] = cpus, others
    if service == driver:
        return DriverPlace.SAME_CPU
    siblings = _first_line(f"/sys/devices/system/cpu/cpu{service}/topology/thread_siblings_list")
    return DriverPlace.SAME_CORE if driver in cpus_of(siblings) else DriverPlace.OWN_CORE


def cpus_of(ranges: str) -> set[int]:
    """Return the CPUs of a list as Linux writes it: "0,4" or "0-3,8"."""
    ends = (part.partition("-") for part in ranges.split(",") if part)
    return {cpu for first, _, last in ends for cpu in range(int(first), int(last or first) + 1)}


def environment_of(backend: Backend, interpreter: InterpreterPath) -> BackendEnvironment:
    """Describe what a backend in a virtual environment runs on, as a worker there said."""
    identity = interpreter.identity
    if identity is None:
        return BackendEnvironment(backend.name, unavailable=interpreter.unavailable)
    build = f"{identity.implementation} {identity.python}, {identity.compiler}"
    return BackendEnvironment(
        backend.name, identity.python, build, identity.versions, interpreter.unavailable
    )


def now() -> str:
    """Return the time, in ISO 8601 and UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def load() -> float | None:
    """Return the one-minute load average, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def distribution_of(loop: Loop) -> str:
    """Return the distribution that brings a loop: the one named, or that of the module of its factory."""
    if loop.distribution or not loop.factory or loop.is_ours:
        return loop.distribution
    top = loop.module.partition(".")[0]
    return next(iter(importlib.metadata.packages_distributions().get(top, ())), "")


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    with suppress(OSError):
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if match:
            return match[1]
    return platform.processor() or platform.machine()


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


PYTHON = ".".join(map(str, sys.version_info[:3]))
"""The version of Python that workers run on: this one's."""
