"""Whether a scenario's files on a host are still those that the run was begun with, as its digests tell.

A host lists all scenarios when it joins, which takes workers. To read the files of one takes no time.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from harness.runner.scenario_files import is_path


class FilesChanged(BadInput):
    """A file that a scenario consists of is another one now, or is gone."""


def check_files(benchmark: Benchmark) -> None:
    """Raise FilesChanged where a file of a benchmark is not what the benchmark's digests say."""
    changed = [name for name, digest in benchmark.digests or () if digest != _digest(benchmark.module, name)]
    if changed:
        raise FilesChanged(
            f"{benchmark.id} is no longer the scenario that the run was begun with: undo what was changed in "
            f"{' and '.join(changed)} there, and have the host join again"
        )


def _digest(module: str, name: str) -> str | None:
    """Return the SHA-256 of a module's file, found as the module would be; None where it is gone."""
    for root in _roots(module):
        with suppress(OSError):
            return hashlib.sha256((root / name).read_bytes()).hexdigest()
    return None


def _roots(module: str) -> Iterator[Path]:
    """Yield where the names of a module's files may begin: nothing of it is imported to find that out."""
    if is_path(module):
        yield Path(module).parent
    elif (spec := find_spec(module.partition(".")[0])) is not None:
        places = spec.submodule_search_locations or filter(None, [spec.origin])
        yield from (Path(place).parent for place in places)
