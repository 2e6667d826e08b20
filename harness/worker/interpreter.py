"""Which Python a worker runs on, what is installed beside it, and whether a loop can run there."""

import platform
import sys
import sysconfig
from importlib.metadata import distributions

from harness.backends.availability import why_unavailable
from harness.backends.backend import Loop
from harness.protocol.messages import Interpreter


def identify(loop: Loop) -> Interpreter:
    """Say what this interpreter is, without importing the loop."""
    return Interpreter(
        python=".".join(map(str, sys.version_info[:3])),
        implementation=platform.python_implementation()
        + (" free-threaded" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""),
        compiler=platform.python_compiler(),
        versions=tuple(sorted((distribution.name, distribution.version) for distribution in distributions())),
        unavailable=why_unavailable(loop),
    )
