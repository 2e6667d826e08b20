"""A command from its first line to its exit code: the one place that catches misuse, signals and failures."""

import sys

from harness.cli.descriptors import (
    escape_what_cannot_be_encoded,
    open_standard_descriptors,
    settle_output,
)
from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE
from harness.cli.failures import failure_of
from harness.cli.signals import signals_as_exceptions


def run_command() -> int:
    """Run the command that was typed; return its exit code. What goes wrong is one sentence on stderr."""
    try:
        open_standard_descriptors()
        escape_what_cannot_be_encoded()
        with signals_as_exceptions():
            return _command()
    except BaseException as error:  # noqa: BLE001 - the last handler: whatever it is, it is said in a sentence
        failure = failure_of(error)
        settle_output()
        failure.say()
        return failure.exit_code


def _command() -> int:
    """Run the command and return its exit code; a reader that has seen enough output does not change it."""
    from harness.cli.app import app
    from harness.cli.replaced import refuse_replaced

    refuse_replaced(sys.argv[1:])
    code = ALL_WELL
    try:
        app(standalone_mode=True)
    except SystemExit as end:
        reader_left = isinstance(end.__context__, BrokenPipeError)  # typer ends it with 1, which is a finding
        if not reader_left:
            code = end.code if isinstance(end.code, int) else COULD_NOT_MEASURE if end.code else ALL_WELL
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        settle_output()
    return code
