"""What a fresh interpreter loads: a worker pays for every module at each start, `--help` at each word.

Who may import whom is written in pyproject.toml and held by import-linter and ruff.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "harness").rglob("*.py"))
]


def loaded_by(names: Iterable[str]) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when these are imported."""
    return {name.partition(".")[0] for name in modules_loaded_by(names)}


def modules_loaded_by(names: Iterable[str]) -> set[str]:
    """The same, with every module by its whole name."""
    program = (
        "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", program, *names], cwd=ROOT, text=True, timeout=60)
    return set(said.split())


def test_the_parent_loads_no_loop_and_no_statistics_until_it_needs_them() -> None:
    children = ("harness.worker", "harness.backends.", "harness.fuzz.interpreter", "harness.cluster.")
    parent = [name for name in MODULES if not name.startswith(children)]
    assert "harness.cli" in parent
    assert loaded_by(parent) & {"anyio", "asyncio", "pyperf", "scipy", "trio", "uvloop"} == set()


def test_neither_a_unit_on_a_host_nor_the_queue_loads_the_engine_of_a_cluster_or_a_loop() -> None:
    loaded = loaded_by(["harness.cluster.unit", "harness.cluster.queue", "harness.cli.clustering"])
    assert {"harness", "msgspec"} <= loaded
    assert loaded & {"anyio", "asyncio", "dask", "distributed", "scipy", "tornado", "trio", "uvloop"} == set()


def test_the_command_line_loads_no_drawing_either_until_a_command_needs_it() -> None:
    loaded = loaded_by(["harness.cli.app"])
    assert "typer" in loaded
    heavy = {"altair", "anyio", "asyncio", "jinja2", "numpy", "pandas", "pyperf", "rich", "scipy", "trio"}
    assert loaded & {*heavy, "uvloop", "vl_convert"} == set()


def test_a_worker_loads_nothing_that_only_the_parent_needs() -> None:
    worker = [name for name in MODULES if name.startswith("harness.worker") and not name.endswith("__main__")]
    assert "harness.worker.timing" in worker
    parents = {"msgspec", "packaging", "pyperf", "rich", "scipy", "typer"}
    assert loaded_by(worker) & {*parents, "ddsketch"} == set()


def test_a_worker_that_times_loads_neither_what_is_only_observed_nor_what_only_large_values_need() -> None:
    loaded = modules_loaded_by(["harness.worker.__main__", "harness.worker.timing"])
    assert "harness.protocol.descriptions" in loaded
    assert loaded & {"harness.protocol.observations", "hashlib", "harness.worker.capture"} == set()


@pytest.mark.parametrize("job", ["observing", "timing"])
def test_a_worker_loads_no_pathlib_and_no_shutil_unless_its_loop_does(job: str) -> None:
    of_the_loop = modules_loaded_by(["anyio", "anyio._backends._asyncio"])
    loaded = modules_loaded_by(["harness.worker.__main__", f"harness.worker.{job}"])
    assert f"harness.worker.{job}" in loaded
    assert (loaded - of_the_loop) & {"harness.backends.registry", "pathlib", "shutil"} == set()
