"""The command line: one command a file; words come in, and an exit code goes out.

It reads options, calls a runner or a report, and is the one place that catches LoopcmpError.
It may import every room but worker; no room imports it.
"""

import os
import sys
from importlib import import_module
from io import TextIOWrapper


def main() -> None:
    """Run the command that was typed and end with its exit code."""
    if os.name == "nt":
        sys.exit("loopcmp: workers need POSIX pipes and process groups; on Windows, run it inside WSL")
    for name in ("harness", "scenarios"):
        if getattr(import_module(name), "DISTRIBUTION", None) != "loopcmp":
            sys.exit(
                f"loopcmp: the package {name!r} that Python finds is not loopcmp's; "
                "install loopcmp into an environment of its own: uv tool install loopcmp"
            )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no ✓ is no crash
    from harness.cli.app import run_app

    sys.exit(run_app())
