"""Our native TCP echo row against the same scenario written by hand, under real pyperf.

    python -m tests.benchmarks.tcp_echo              # a quiet machine, some minutes
    python -m tests.benchmarks.tcp_echo --pairs 2 --values 1 --loop asyncio

The two take turns process by process on the same CPU. Ends with 0 if, on every loop, the 95% interval of the
difference lies within ±5%.
"""

import argparse
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

from tests.benchmarks.agreement import Pair, report
from tests.benchmarks.ours import OurRow, Values, pairs
from tests.benchmarks.theirs import one_process

ROW = "asyncio_tcp_echo:size=1024"
BY_HAND = Path(__file__).with_name("echo_by_hand.py")
ITERATIONS = 128
"""Of a value of pyperf's: a tenth of a second."""


def main() -> int:
    """Measure both, print the differences, and give the exit code."""
    typed = options().parse_args()
    found: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
    row, theirs = OurRow(ROW, typed.loop), partial(measure, typed.values)
    for number in range(typed.pairs):
        for loop, pair in pairs(row, theirs, typed.loop, number).items():
            found[loop,].append(pair)
    return report(found)


def options() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=60, help="of processes, for each loop")
    parser.add_argument("--values", type=int, default=3, help="of a process of pyperf")
    loops = ["asyncio", "uvloop"]
    parser.add_argument("--loop", choices=loops, nargs="+", default=loops)
    return parser


def measure(values: int, loop: str) -> Values:
    """The values of one process of pyperf's."""
    return one_process([sys.executable, BY_HAND, f"--loop={loop}"], values, ITERATIONS)


if __name__ == "__main__":
    sys.exit(main())
