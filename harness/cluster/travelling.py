"""The scenario files that travel to hosts, and what cannot travel and is refused before anything is sent."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath

from harness.cluster.jobs import TravellingFiles
from harness.errors import BadInput
from harness.execution.environments import local_requirements
from harness.protocol.benchmarks import Benchmark
from harness.records.plan import Plan
from harness.runner.scenario_files import is_path

LARGEST_FILES = 16 * 2**20
"""The most bytes of all files that travel, which go with every unit."""


def travelling_files(plan: Plan) -> TravellingFiles:
    """Return the user's own files that scenarios consist of. Raises BadInput for what cannot travel."""
    _check_environments(plan)
    own = [benchmark for benchmark in plan.benchmarks if is_path(benchmark.module)]
    for benchmark in plan.benchmarks:
        _check_benchmark(benchmark)
    names = dict.fromkeys(chain.from_iterable(map(_files_of, own)))
    files = tuple((name, Path(name).read_bytes()) for name in names)
    if sum(len(content) for _, content in files) > LARGEST_FILES:
        raise BadInput(f"scenario files go with each unit: {LARGEST_FILES // 2**20} MiB of them is too much")
    return files


def _files_of(benchmark: Benchmark) -> Iterator[str]:
    """Yield the files of a scenario, from the current folder."""
    folder = PurePosixPath(benchmark.module).parent
    yield benchmark.module
    for name, _ in benchmark.digests or ():
        yield str(folder / name)


def _check_benchmark(benchmark: Benchmark) -> None:
    if benchmark.app:
        raise BadInput(f"{benchmark.app} is on this machine only: leave out --cluster")
    if is_path(benchmark.module) and not _is_below(benchmark.module):
        raise BadInput(
            f"{benchmark.module} is not below the current folder, and hosts get scenarios by their paths "
            "from there: change to a folder above it"
        )


def _is_below(path: str) -> bool:
    parts: Sequence[str] = PurePosixPath(path).parts
    return not PurePosixPath(path).is_absolute() and ".." not in parts


def _check_environments(plan: Plan) -> None:
    for backend in plan.backends:
        if backend.environment is not None:
            for words in local_requirements(backend.environment):
                raise BadInput(
                    f"environment {backend.environment.name}: {words!r} is on this machine only, and hosts "
                    "cannot make it: name a released version or git+https://…"
                )
