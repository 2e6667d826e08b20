"""Our native tree rows against pyperformance's own async_tree under real pyperf.

    python -m tests.benchmarks.async_tree            # a quiet machine, half an hour
    python -m tests.benchmarks.async_tree --passes 1 --processes 2 --values 1 --kind none --loop asyncio

The two take turns, a pass of each at a time, on the same CPU; pyperformance and pyperf are installed into an
environment of their own, with the uvloop that is used here. Ends with 0 if, for every kind, variant and
loop, the 95% interval of the difference lies within ±5%.

With --collect pyperf's workers run a full garbage collection before every value, as ours do. Half of a tree's
time is garbage collection, and what was there before decides how many full ones fall into it (CPython 3.11,
gathers: 6 without, 5 with; task groups: 4 and 5), each a tenth of the time or more.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import product
from pathlib import Path

import pyperf

from harness.rounds import choose_cpus
from tests.benchmarks.agreement import difference, processes_of

BAR = 0.05
HERE = Path(__file__).parent
LOOPCMP = Path(sys.executable).with_name("loopcmp")

OURS = {"gather": "asyncio_tree_of_gathers", "taskgroup": "asyncio_tree"}
"""For each variant of pyperformance's benchmark, our row that is the same story."""

Story = tuple[str, str, str]
"""Kind, variant, loop."""


def main() -> int:
    """Measure both, print the differences, and give the exit code."""
    typed = options().parse_args()
    stories = list(product(typed.kind, typed.variant, typed.loop))
    ours: dict[Story, list[tuple[float, ...]]] = defaultdict(list)
    theirs: dict[Story, list[tuple[float, ...]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="async-tree-") as name:
        folder = Path(name)
        python = environment(folder / "environment")
        for number in range(typed.passes):
            for story in stories:
                file = folder / f"{number}-{'-'.join(story)}.json"
                theirs[story] += measure_theirs(
                    python, story, typed.processes, typed.values, file, collect=typed.collect
                )
            for story, processes in measure_ours(stories, folder / f"results-{number}"):
                ours[story] += processes
    return report({story: (ours[story], theirs[story]) for story in stories})


def options() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--passes", type=int, default=3, help="of each, in turn")
    parser.add_argument("--processes", type=int, default=6, help="of pyperf in a pass; ours are six rounds")
    parser.add_argument("--values", type=int, default=3, help="of a process of pyperf")
    parser.add_argument("--collect", action="store_true", help="before every value of pyperf too")
    for name, choices in (("kind", ["none", "io"]), ("variant", [*OURS]), ("loop", ["asyncio", "uvloop"])):
        parser.add_argument(f"--{name}", choices=choices, nargs="+", default=choices)
    return parser


def environment(folder: Path) -> Path:
    """The Python of a new environment that has pyperformance, and the pyperf and uvloop of this one."""
    venv.create(folder, symlinks=True, with_pip=True)
    python = folder / "bin" / "python"
    wanted = ["pyperformance", *(f"{name}=={version(name)}" for name in ("pyperf", "uvloop"))]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def measure_theirs(
    python: Path, story: Story, processes: int, values: int, file: Path, *, collect: bool
) -> list[tuple[float, ...]]:
    """The values of pyperf's processes, on the CPU that ours are pinned to."""
    kind, variant, loop = story
    words = [f"--kind={kind}", f"--variant={variant}", f"--loop={loop}", f"--output={file}", "--quiet"]
    words += ["--collect"] * collect
    words += [f"--processes={processes}", f"--values={values}", "--warmups=1", "--loops=1"]
    if cpus := choose_cpus(1):
        words.append(f"--affinity={','.join(map(str, cpus))}")
    subprocess.run([python, HERE / "pyperformance_tree.py", *words], check=True, stdout=subprocess.DEVNULL)
    return processes_of(pyperf.Benchmark.load(str(file)))


def measure_ours(stories: Sequence[Story], results: Path) -> Iterator[tuple[Story, list[tuple[float, ...]]]]:
    """The values of our workers, one a process, from the pyperf files of a `--fast` run."""
    rows = dict.fromkeys(f"{OURS[variant]}:kind={kind}" for kind, variant, _ in stories)
    loops = dict.fromkeys(loop for *_, loop in stories)
    words = [*rows, *(f"--backend={loop}" for loop in loops), "--fast", "--scale", f"--results={results}"]
    subprocess.run([LOOPCMP, "run", *words], check=True, stdout=subprocess.DEVNULL)
    [timings] = results.glob("local/*/timings")
    for story in stories:
        kind, variant, loop = story
        suite = pyperf.BenchmarkSuite.load(str(timings / f"{loop}+gather.json"))
        yield story, processes_of(suite.get_benchmark(f"{OURS[variant]}:kind={kind}"))


def report(measured: dict[Story, tuple[list[tuple[float, ...]], list[tuple[float, ...]]]]) -> int:
    """Print each difference; 0 if all are within the bar, else 1."""
    differences = {story: difference(*both) for story, both in measured.items()}
    for story, found in differences.items():
        ours, theirs = map(len, measured[story])
        mark = "✓" if found.within(BAR) else "✗"
        print(mark, *story, found, f"({ours} of our processes, {theirs} of pyperf's)")
    return int(not all(found.within(BAR) for found in differences.values()))


if __name__ == "__main__":
    sys.exit(main())
