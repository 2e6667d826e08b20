"""Runs a scenario as pyperf itself benchmarks it: the usual procedure, which an audit compares with its own.

`python -P -m harness.worker.pyperf_benchmark --case ASSIGNMENT` and pyperf's own options.
"""

import json
import sys
from argparse import ArgumentParser

from harness.protocol.messages import CaseSpec
from harness.worker.loading import open_case


def main() -> None:
    """Run pyperf's runner on the one operation that a case names."""
    import pyperf

    runner = pyperf.Runner(
        program_args=("-P", "-m", "harness.worker.pyperf_benchmark"), add_cmdline_args=_pass_on
    )
    parser: ArgumentParser = runner.argparser
    parser.add_argument("--case", required=True)
    case = runner.parse_args().case
    scenario, runtime = open_case(CaseSpec(**json.loads(case)))
    runner.bench_async_func("scenario", scenario.operation, **runtime.options)
    if runner.args.worker and (why := runtime.other_loop()):  # the process that starts workers has no loop
        sys.exit(why)


def _pass_on(command: list[str], options: object) -> None:
    """Give pyperf's worker processes the case too."""
    command.extend(["--case", vars(options)["case"]])


if __name__ == "__main__":
    main()
