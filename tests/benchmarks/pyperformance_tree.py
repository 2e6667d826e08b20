"""pyperformance's own async_tree under real pyperf, on asyncio or uvloop; run by `async_tree.py`.

Runs in an environment with pyperformance. Options: pyperf's, then --kind, --variant and --loop.
"""

import gc
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pyperf

FOLDER = "data-files/benchmarks/bm_async_tree"


def main() -> None:
    """One benchmark: pyperformance's class, and a fresh loop for every value as pyperf makes it."""
    runner = pyperf.Runner(
        add_cmdline_args=lambda words, typed: words.extend(
            [f"--kind={typed.kind}", f"--variant={typed.variant}", f"--loop={typed.loop}"]
            + ["--collect"] * typed.collect
        )
    )
    runner.argparser.add_argument("--kind", choices=("none", "io"), required=True)
    runner.argparser.add_argument("--variant", choices=("gather", "taskgroup"), required=True)
    runner.argparser.add_argument("--loop", choices=("asyncio", "uvloop"), required=True)
    runner.argparser.add_argument("--collect", action="store_true")
    typed = runner.parse_args()
    new_loop = import_module(typed.loop).new_event_loop

    def collected_loop() -> Any:
        gc.collect()  # pyperf makes the loop of a value before it starts the clock
        return new_loop()

    factory = collected_loop if typed.collect else new_loop
    tree = benchmarks()[typed.kind](use_task_groups=typed.variant == "taskgroup")
    runner.bench_async_func(f"async_tree_{typed.kind}_{typed.variant}", tree.run, loop_factory=factory)


def benchmarks() -> dict[str, Any]:
    """Pyperformance's classes by the kind of their leaves."""
    package = Path(import_module("pyperformance").__file__ or "").parent
    sys.path.insert(0, str(package / FOLDER))
    classes: dict[str, Any] = import_module("run_benchmark").BENCHMARKS
    return classes


if __name__ == "__main__":
    main()
