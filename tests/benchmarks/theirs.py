"""One process of real pyperf, on the CPU that ours are pinned to."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyperf

from harness.execution.affinity import choose_cpus
from tests.benchmarks.ours import Values


def one_process(command: Sequence[str | Path], values: int, loops: int) -> Values:
    """What a script with pyperf's runner gives: so many values of `loops` iterations, after a warm-up."""
    with tempfile.TemporaryDirectory(prefix="pyperf-") as folder:
        file = Path(folder) / "theirs.json"
        words = ["--quiet", f"--output={file}", "--processes=1", "--warmups=1"]
        words += [f"--values={values}", f"--loops={loops}"]
        if cpus := choose_cpus(1):
            words.append(f"--affinity={','.join(map(str, cpus))}")
        subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL)
        [run] = pyperf.Benchmark.load(str(file)).get_runs()
    return tuple(run.values)
