"""The limits of a gate: those of the project's pyproject.toml, and the command line's for all others."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.gate import CaseLimits


def read_limits(general: float | None) -> "CaseLimits":
    """Return the limits that hold in this folder. Raises BadInput for one that is no share."""
    from harness.analysis.gate import UNLIMITED, CaseLimits, Limit
    from harness.cli.parsing import fraction
    from harness.runner.configuration import read_configuration

    own = tuple(
        Limit(pattern, None if share == UNLIMITED else fraction(f"the limit of {pattern!r}:", share))
        for pattern, share in read_configuration(Path.cwd()).limits.items()
    )
    return CaseLimits(own, general)
