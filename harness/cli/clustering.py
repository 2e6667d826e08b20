"""What `--cluster ADDRESS`, `--certificates` and `--insecure` say, checked; Dask is imported only then."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.runner.session import MeasureUnits

NEEDS = ("distributed", "trustme")
"""What the extra `cluster` installs."""


def cluster_of(
    typed: str | None,
    certificates: Path | None,
    *,
    insecure: bool,
    repeat_on: int = 1,
    sharded: bool = False,
) -> "MeasureUnits | None":
    """Return what measures the units of a run on the cluster that was typed; None for this machine.

    Raises BadInput.
    """
    if typed is None:
        if certificates is not None or insecure or repeat_on > 1:
            raise BadInput("--certificates, --insecure and --repeat-on want a cluster: add --cluster ADDRESS")
        return None
    if sharded:
        raise BadInput("--shard and --cluster both divide the plan: leave one out")
    require_cluster("--cluster")
    from harness.cli.execute import announce
    from harness.cluster.opening import measuring_on, read_address

    return measuring_on(read_address(typed, certificates, insecure=insecure), announce, repeat_on)


def require_cluster(what: str) -> None:
    """Raise BadInput where what the extra `cluster` brings is not installed."""
    if any(importlib.util.find_spec(name) is None for name in NEEDS):
        raise BadInput(f"{what} needs Dask, which is not installed: pip install 'loopcmp[cluster]' brings it")
