"""`loopcmp host`: have this machine measure units of other machines' runs."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options.hosts import Certificates, Insecure
from harness.cli.options.panels import HOSTS


def host(
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help="The scheduler, such as tls://10.0.0.1:8786.")
    ] = None,
    cpus: Annotated[
        list[str] | None,
        typer.Option(
            "--cpus",
            metavar="CPU,CPU…",
            rich_help_panel=HOSTS,
            help="Measure one unit at a time on these CPUs, and keep everything else off them. May be "
            "repeated: each is a host of its own. Without it: all but the first.",
        ),
    ] = None,
    certificates: Certificates = None,
    insecure: Insecure = False,
    new_certificates: Annotated[
        Path | None,
        typer.Option(
            "--new-certificates",
            metavar="FOLDER",
            rich_help_panel=HOSTS,
            help="Make certificates for a cluster, and end. Every machine that takes part needs a copy.",
        ),
    ] = None,
) -> None:
    """Measure units of a cluster's runs on this machine.

    It goes on until it is interrupted. Whoever holds the cluster's certificates can run any code on this
    machine, as the user who types this.
    """
    from harness.cli.clustering import require_cluster

    require_cluster("loopcmp host")
    if new_certificates is not None:
        _make(new_certificates)
    else:
        _join(address or "", cpus or [], certificates, insecure=insecure)


def _make(folder: Path) -> None:
    from harness.cli.execute import announce
    from harness.cluster.certificates import new_certificates

    new_certificates(folder)
    announce(
        f"{folder} holds new certificates of a cluster: whoever has them can run code on all its machines"
    )


def _join(address: str, cpus: list[str], certificates: Path | None, *, insecure: bool) -> None:
    from harness.cli.execute import announce
    from harness.cluster.joining import join, read_cpu_sets
    from harness.cluster.opening import read_scheduler

    cluster = read_scheduler(address, certificates, insecure=insecure)
    sets = read_cpu_sets(cpus)
    announce(f"joining {cluster.scheduler}: {len(sets)} unit{'s' * (len(sets) > 1)} at a time; Ctrl-C leaves")
    join(cluster, sets, announce)
