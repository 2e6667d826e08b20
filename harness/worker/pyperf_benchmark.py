"""A story as pyperf itself benchmarks it: the usual procedure, which an audit sets beside its own.

`python -P -m harness.worker.pyperf_benchmark --case ASSIGNMENT` and pyperf's own options.
"""

import json
import sys
from argparse import ArgumentParser

from harness.protocol.messages import CaseSpec
from harness.worker.loading import open_assignment


def main() -> None:
    """Run pyperf's runner on the one operation that an assignment names."""
    import pyperf

    runner = pyperf.Runner(
        program_args=("-P", "-m", "harness.worker.pyperf_benchmark"), add_cmdline_args=_pass_on
    )
    parser: ArgumentParser = runner.argparser
    parser.add_argument("--case", required=True)
    case = runner.parse_args().case
    story, running = open_assignment(CaseSpec(**json.loads(case)))
    runner.bench_async_func("story", story.operation, **running.options)
    if why := running.other_loop():
        sys.exit(why)


def _pass_on(command: list[str], options: object) -> None:
    """Give pyperf's worker processes the case too."""
    command.extend(["--case", vars(options)["case"]])


if __name__ == "__main__":
    main()
