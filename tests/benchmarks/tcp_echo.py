"""Our native TCP echo row against the same story written by hand, under real pyperf.

    python -m tests.benchmarks.tcp_echo              # a quiet machine, some minutes
    python -m tests.benchmarks.tcp_echo --pairs 2 --values 1 --loop asyncio

The two take turns process by process on the same CPU. Ends with 0 if, on every loop, the 95% interval of the
difference lies within ±5%.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pyperf

from harness.rounds import choose_cpus
from tests.benchmarks.agreement import Pair, difference, values_of
from tests.benchmarks.ours import OurRow, Values, pairs

BAR = 0.05
ROW = "asyncio_tcp_echo:size=1024"
BY_HAND = Path(__file__).with_name("echo_by_hand.py")
ITERATIONS = 128
"""Of a value of pyperf's: a tenth of a second."""


def main() -> int:
    """Measure both, print the differences, and give the exit code."""
    typed = options().parse_args()
    found: dict[str, list[Pair]] = defaultdict(list)
    row = OurRow(ROW, typed.loop)
    with tempfile.TemporaryDirectory(prefix="tcp-echo-") as name:
        theirs = partial(measure, typed.values, Path(name, "theirs.json"))
        for number in range(typed.pairs):
            for loop, pair in pairs(row, theirs, typed.loop, number).items():
                found[loop].append(pair)
    return report(found)


def options() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=60, help="of processes, for each loop")
    parser.add_argument("--values", type=int, default=3, help="of a process of pyperf")
    loops = ["asyncio", "uvloop"]
    parser.add_argument("--loop", choices=loops, nargs="+", default=loops)
    return parser


def measure(values: int, file: Path, loop: str) -> Values:
    """The values of one process of pyperf's, on the CPU that ours are pinned to."""
    file.unlink(missing_ok=True)
    words = [f"--loop={loop}", f"--output={file}", "--quiet"]
    words += ["--processes=1", f"--values={values}", "--warmups=1", f"--loops={ITERATIONS}"]
    if cpus := choose_cpus(1):
        words.append(f"--affinity={','.join(map(str, cpus))}")
    subprocess.run([sys.executable, BY_HAND, *words], check=True, stdout=subprocess.DEVNULL)
    return values_of(pyperf.Benchmark.load(str(file)))


def report(found: Mapping[str, Sequence[Pair]]) -> int:
    """Print each difference; 0 if all are within the bar, else 1."""
    differences = {loop: difference(some) for loop, some in found.items()}
    for loop, one in differences.items():
        mark = "✓" if one.within(BAR) else "✗"
        print(mark, loop, one, f"({len(found[loop])} pairs of processes)")
    return int(not all(one.within(BAR) for one in differences.values()))


if __name__ == "__main__":
    sys.exit(main())
