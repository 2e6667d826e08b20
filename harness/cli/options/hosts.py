"""On which hosts to measure."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options.panels import HOSTS

OnCluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        rich_help_panel=HOSTS,
        help="Measure on the hosts that have joined a Dask scheduler, such as tls://10.0.0.1:8786, by "
        "loopcmp host; local:2 tries it on this machine.",
    ),
]
Certificates = Annotated[
    Path | None,
    typer.Option(
        "--certificates",
        metavar="FOLDER",
        rich_help_panel=HOSTS,
        help="The certificates by which all machines of a cluster know each other; whoever holds them can "
        "run code on every one.",
    ),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure",
        rich_help_panel=HOSTS,
        help="Use a cluster without certificates: whoever reaches it can run code on all of its machines.",
    ),
]
RepeatOn = Annotated[
    int,
    typer.Option(
        "--repeat-on",
        metavar="N",
        min=1,
        max=100,
        rich_help_panel=HOSTS,
        help="Measure every unit, a benchmark with its twins, on N hosts of the cluster.",
    ),
]
OnHosts = Annotated[
    str | None,
    typer.Option(
        "--hosts",
        metavar="N,N…",
        rich_help_panel=HOSTS,
        help="With --estimate: say how long the run would take on each of these numbers of hosts, such as "
        "1,4,16, and from how many on more do not help. --costs RECORD makes it more exact.",
    ),
]
WithoutOffHosts = Annotated[
    bool,
    typer.Option(
        "--without-off-hosts",
        rich_help_panel=HOSTS,
        help="Leave out what a host measures whose self-tests differ more often than chance allows: it is "
        "missing, and not measured again. It is settled before the run, the same in every job.",
    ),
]
