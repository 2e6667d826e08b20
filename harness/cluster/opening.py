"""Opens the cluster that was typed: `local:N`, or the address of a scheduler."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.certificates import check_certificates, security_of
from harness.cluster.dask_engine import DaskEngine
from harness.cluster.local import local_cluster
from harness.cluster.queue import Queue
from harness.cluster.travelling import travelling_files
from harness.errors import BadInput, LoopcmpError
from harness.runner.session import MeasureUnits, Session, Show

MOST_LOCAL = 64
"""The most hosts that one machine plays."""


class Unreachable(LoopcmpError):
    """No scheduler answers at the address, or it does not take the certificate."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Where a cluster is: so many hosts on this machine, or a scheduler and the certificates for it."""

    local: int = 0
    scheduler: str = ""
    certificates: Path | None = None


def read_address(typed: str, certificates: Path | None, *, insecure: bool) -> ClusterAddress:
    """Return the cluster that was typed. Raises BadInput for what is none, or would be open to everybody."""
    matched = re.fullmatch(r"local:(\d{1,3})", typed, re.ASCII)
    if matched is None:
        return read_scheduler(typed, certificates, insecure=insecure)
    if not 1 <= int(matched[1]) <= MOST_LOCAL:
        raise BadInput(f"--cluster {typed}: name 1 to {MOST_LOCAL} hosts, such as local:2")
    return ClusterAddress(local=int(matched[1]))


def read_scheduler(typed: str, certificates: Path | None, *, insecure: bool) -> ClusterAddress:
    """Return the scheduler that was typed. Raises BadInput."""
    matched = re.fullmatch(r"(?:(tls|tcp)://)?([^\s/]+:\d{1,5})", typed, re.ASCII)
    if matched is None:
        raise BadInput(f"{typed!r} is no address of a cluster: write tls://HOST:PORT, or local:2 to try one")
    _check_trust(certificates, insecure=insecure)
    scheme = "tcp" if certificates is None else "tls"
    if matched[1] not in {None, scheme}:
        raise BadInput(f"{typed}: tls:// goes with --certificates, and tcp:// with --insecure")
    return ClusterAddress(scheduler=f"{scheme}://{matched[2]}", certificates=certificates)


def _check_trust(certificates: Path | None, *, insecure: bool) -> None:
    if certificates is not None:
        check_certificates(certificates)
    elif not insecure:
        raise BadInput(
            "whoever reaches a scheduler without certificates can run code on every host: add --certificates "
            "FOLDER (loopcmp host --new-certificates FOLDER makes one), or --insecure"
        )


@contextmanager
def opened(cluster: ClusterAddress) -> Iterator[DaskEngine]:
    """Connect to the cluster. Raises Unreachable."""
    if cluster.local:
        with local_cluster(cluster.local) as engine:
            yield engine
        return
    security = None if cluster.certificates is None else security_of(cluster.certificates)
    try:
        engine = DaskEngine(cluster.scheduler, security)
    except OSError as error:
        why = str(error).partition("\n")[0]
        raise Unreachable(f"no scheduler answers at {cluster.scheduler}: {why}") from None
    with engine:
        yield engine


def measuring_on(
    cluster: ClusterAddress, announce: Callable[[str], None], repeat_on: int = 1
) -> MeasureUnits:
    """Return what measures the units of a run on a cluster, each on so many hosts."""

    def measure_units(session: Session, show: Show) -> None:
        if session.unmeasured_units(repeat_on):
            files = travelling_files(session.state.plan)
            with opened(cluster) as engine:
                Queue(engine, session, show, announce, repeat_on, files).measure()

    return measure_units
