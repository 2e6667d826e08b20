"""Virtual environments that backends run in, when it is not loopcmp's own: read, made by uv, found again."""

from harness.execution.environments.building import is_made
from harness.execution.environments.definition import HERE, check_versions, complete, define, read_venv
from harness.execution.environments.installed import interpreters, made_of
from harness.execution.environments.interpreters import Place, find_place, make_again

__all__ = [
    "HERE",
    "Place",
    "check_versions",
    "complete",
    "define",
    "find_place",
    "interpreters",
    "is_made",
    "made_of",
    "make_again",
    "read_venv",
]
