"""Our native tree rows against pyperformance's own async_tree under real pyperf.

    python -m tests.benchmarks.async_tree            # a quiet machine, a quarter of an hour
    python -m tests.benchmarks.async_tree --pairs 2 --values 1 --kind none --loop asyncio

The two take turns process by process on the same CPU; pyperformance and pyperf are installed into an
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
from functools import partial
from importlib.metadata import version
from itertools import product
from pathlib import Path

from tests.benchmarks.agreement import Pair, report
from tests.benchmarks.ours import OurRow, Values, pairs
from tests.benchmarks.theirs import one_process

HERE = Path(__file__).parent

OURS = {"gather": "asyncio_tree_of_gathers", "taskgroup": "asyncio_tree"}
"""For each variant of pyperformance's benchmark, our row that is the same scenario."""


def main() -> int:
    """Measure both, print the differences, and give the exit code."""
    typed = options().parse_args()
    found: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="async-tree-") as name:
        python = environment(Path(name) / "environment")
        trees = list(product(typed.kind, typed.variant))
        rows = {tree: OurRow(f"{OURS[tree[1]]}:kind={tree[0]}", typed.loop) for tree in trees}
        for number in range(typed.pairs):
            for tree in trees:
                theirs = partial(measure, python, tree, typed)
                for loop, pair in pairs(rows[tree], theirs, typed.loop, number).items():
                    found[*tree, loop].append(pair)
    return report(found)


def options() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=30, help="of processes, for each probe")
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


def measure(python: Path, tree: tuple[str, str], typed: argparse.Namespace, loop: str) -> Values:
    """The values of one process of pyperf's."""
    kind, variant = tree
    words = [f"--kind={kind}", f"--variant={variant}", f"--loop={loop}", *["--collect"] * typed.collect]
    return one_process([python, HERE / "pyperformance_tree.py", *words], typed.values, loops=1)


if __name__ == "__main__":
    sys.exit(main())
