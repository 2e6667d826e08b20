"""The lines at which a scenario can return: the evidence of a value that differs.

They are read from the scenario's code. Which of several it was, only a trace of the run would tell, and a run
that is traced is not the one that was observed.
"""

import dis
import inspect
import linecache
import os
from collections.abc import Iterator
from types import CodeType

from harness.protocol.evidence import Frame
from harness.worker.frames import stable_text

MOST_LINES = 5
"""The lines at most that are told of."""


def lines_of_returns(code: CodeType | None) -> tuple[Frame, ...]:
    """Return the lines of a scenario's return statements; of one with a set-up, those of its operations."""
    if code is None:
        return ()
    frames = [frame for function in _operations(code) for frame in _returns(function)]
    explicit = [frame for frame in frames if "return" in frame.code]
    return tuple(dict.fromkeys(explicit or frames))[:MOST_LINES]


def _operations(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of the scenario itself, or of the functions inside one that has a set-up."""
    if not code.co_flags & inspect.CO_ASYNC_GENERATOR:
        yield code
        return
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_flags & inspect.CO_COROUTINE:
            yield constant


def _returns(code: CodeType) -> Iterator[Frame]:
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions else None
        if instruction.opname.startswith("RETURN_") and instruction.opname != "RETURN_GENERATOR" and line:
            text = stable_text(linecache.getline(code.co_filename, line).strip())
            name = code.co_qualname.replace("<locals>.", "")
            yield Frame(os.path.basename(code.co_filename), line, name, text, own=True)
