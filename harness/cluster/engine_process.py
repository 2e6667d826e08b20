"""Runs a program of the engine quietly: `python -m harness.cluster.engine_process scheduler|worker OPTION…`.

It ends with the process that started it, and does as little as it can while units are measured.
"""

import logging
import os
import sys
from collections.abc import Sequence

from harness.execution.affinity import keep_off
from harness.protocol.parent import end_with

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
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.worker-ttl": "45s",
    "distributed.comm.timeouts.tcp": "30s",
    "distributed.deploy.lost-worker-timeout": "5s",
}
"""What the engine need not do: by default it wakes 150 times a second, which a measurement would see, and
shows whoever asks by HTTP, without a certificate, its hosts, their load and its log."""


def main() -> None:
    """Run one of the engine's programs with the options that are given."""
    end_with(int(os.environ.get(STARTER, "0")))
    keep_off([int(cpu) for cpu in os.environ.get(AVOIDED, "").split(",") if cpu])
    _run(sys.argv[1], sys.argv[2:])


def _run(program: str, options: Sequence[str]) -> None:
    """Import Dask, which takes seconds in which the starter may go, and run its scheduler or its worker."""
    import dask  # noqa: PLC0415
    from distributed.cli import dask_scheduler, dask_worker  # noqa: PLC0415

    dask.config.set(QUIET)
    logging.getLogger("distributed").setLevel(logging.ERROR)
    programs = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
    programs[program](options)


if __name__ == "__main__":
    main()
