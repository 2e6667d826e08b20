"""Our native TCP echo row against the same story written by hand, under real pyperf.

    python -m tests.benchmarks.tcp_echo              # a quiet machine, some minutes
    python -m tests.benchmarks.tcp_echo --passes 1 --processes 2 --values 1 --loop asyncio

The two take turns, a pass of each at a time, on the same CPU. Ends with 0 if, on every loop, the 95% interval
of the difference lies within ±5%.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyperf

from harness.rounds import choose_cpus
from tests.benchmarks.agreement import difference, processes_of

BAR = 0.05
ROW = "asyncio_tcp_echo:size=1024"
BY_HAND = Path(__file__).with_name("echo_by_hand.py")
LOOPCMP = Path(sys.executable).with_name("loopcmp")

Measured = list[tuple[float, ...]]
"""Seconds per iteration: for each process, its values."""


def main() -> int:
    """Measure both, print the differences, and give the exit code."""
    typed = options().parse_args()
    ours: dict[str, Measured] = defaultdict(list)
    theirs: dict[str, Measured] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="tcp-echo-") as name:
        for number in range(typed.passes):
            folder = Path(name, str(number))
            folder.mkdir()
            for loop in typed.loop:
                theirs[loop] += measure_theirs(loop, typed.processes, typed.values, folder / f"{loop}.json")
            for loop, processes in measure_ours(typed.loop, folder):
                ours[loop] += processes
    return report({loop: (ours[loop], theirs[loop]) for loop in typed.loop})


def options() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--passes", type=int, default=6, help="of each, in turn")
    parser.add_argument("--processes", type=int, default=6, help="of pyperf in a pass; ours are six rounds")
    parser.add_argument("--values", type=int, default=3, help="of a process of pyperf")
    loops = ["asyncio", "uvloop"]
    parser.add_argument("--loop", choices=loops, nargs="+", default=loops)
    return parser


def measure_theirs(loop: str, processes: int, values: int, file: Path) -> Measured:
    """The values of pyperf's processes, on the CPU that ours are pinned to."""
    words = [
        f"--loop={loop}",
        f"--output={file}",
        "--quiet",
        f"--processes={processes}",
        f"--values={values}",
    ]
    if cpus := choose_cpus(1):
        words.append(f"--affinity={','.join(map(str, cpus))}")
    subprocess.run([sys.executable, BY_HAND, *words], check=True, stdout=subprocess.DEVNULL)
    return processes_of(pyperf.Benchmark.load(str(file)))


def measure_ours(loops: Sequence[str], results: Path) -> Iterator[tuple[str, Measured]]:
    """The values of our workers, one a process, from the pyperf files of a `--fast` run."""
    words = [ROW, *(f"--backend={loop}" for loop in loops), f"--baseline={loops[0]}+gather"]
    words += ["--fast", f"--results={results}"]
    subprocess.run([LOOPCMP, "run", *words], check=True, stdout=subprocess.DEVNULL)
    [timings] = results.glob("local/*/timings")
    for loop in loops:
        suite = pyperf.BenchmarkSuite.load(str(timings / f"{loop}+gather.json"))
        yield loop, processes_of(suite.get_benchmark(ROW))


def report(measured: dict[str, tuple[Measured, Measured]]) -> int:
    """Print each difference; 0 if all are within the bar, else 1."""
    differences = {loop: difference(*both) for loop, both in measured.items()}
    for loop, found in differences.items():
        ours, theirs = map(len, measured[loop])
        mark = "✓" if found.within(BAR) else "✗"
        print(mark, loop, found, f"({ours} of our processes, {theirs} of pyperf's)")
    return int(not all(found.within(BAR) for found in differences.values()))


if __name__ == "__main__":
    sys.exit(main())
