"""Which Python a worker runs on, what is installed beside it, and whether a loop can run there."""

import platform
import sys
from importlib.metadata import distributions

from harness.backends.availability import why_unavailable
from harness.backends.backend import Loop
from harness.backends.builds import implementation
from harness.backends.local_sources import version_with_source
from harness.protocol.messages import Interpreter


def identify(loop: Loop) -> Interpreter:
    """Say what this interpreter is, without importing the loop."""
    return Interpreter(
        python=".".join(map(str, sys.version_info[:3])),
        implementation=implementation(),
        compiler=platform.python_compiler(),
        versions=tuple(
            sorted((distribution.name, version_with_source(distribution)) for distribution in distributions())
        ),
        unavailable=why_unavailable(loop),
    )
