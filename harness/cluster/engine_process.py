"""Runs a program of the engine quietly: `python -m harness.cluster.engine_process scheduler|worker OPTION…`.

It ends with the process that started it, and does as little as it can while units are measured.
"""

import logging
import os
import signal
import sys

import dask
from distributed.cli import dask_scheduler, dask_worker

PROGRAMS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}

AVOIDED = "LOOPCMP_CLUSTER_AVOIDED"
"""The environment variable that names the CPUs which are for units alone: "2,3,4,5"."""

STARTER = "LOOPCMP_CLUSTER_STARTER"
"""The environment variable that holds the number of the process that started this one."""

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.cycle": "10s",
    "distributed.admin.tick.limit": "30s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-ttl": "45s",
    "distributed.comm.timeouts.tcp": "30s",
    "distributed.deploy.lost-worker-timeout": "5s",
}
"""What the engine need not do: by default it wakes 150 times a second, which a measurement would see."""


def main() -> None:
    """Run one of the engine's programs with the options that are given."""
    _end_with_parent()
    _keep_off(os.environ.get(AVOIDED, ""))
    dask.config.set(QUIET)
    logging.getLogger("distributed").setLevel(logging.ERROR)
    PROGRAMS[sys.argv[1]](sys.argv[2:])


def _end_with_parent() -> None:
    """End when the parent does; Linux only."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if str(os.getppid()) != os.environ.get(STARTER):
        sys.exit("whoever started this has gone")  # while this was being imported


def _keep_off(cpus: str) -> None:
    """Leave these CPUs to units, where there are others."""
    if cpus and hasattr(os, "sched_setaffinity"):
        others = os.sched_getaffinity(0) - {int(cpu) for cpu in cpus.split(",")}
        os.sched_setaffinity(0, others or os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
