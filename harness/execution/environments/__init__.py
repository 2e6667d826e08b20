"""Virtual environments that backends run in, when it is not loopcmp's own: read, made by uv, found again."""

from harness.execution.environments.building import is_built
from harness.execution.environments.definition import (
    HERE,
    check_versions,
    define,
    local_requirements,
    read_environment,
    with_worker_requirements,
)
from harness.execution.environments.installed import built_from, installed_pythons
from harness.execution.environments.interpreters import (
    InterpreterPath,
    interpreter_for,
    rebuild,
    temporary_environments,
)

__all__ = [
    "HERE",
    "InterpreterPath",
    "built_from",
    "check_versions",
    "define",
    "installed_pythons",
    "interpreter_for",
    "is_built",
    "local_requirements",
    "read_environment",
    "rebuild",
    "temporary_environments",
    "with_worker_requirements",
]
