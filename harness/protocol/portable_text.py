"""Text as it is kept: without what is true of one machine only."""

import os
import re

_INSTALLED = os.path.dirname(os.path.dirname(os.path.dirname(__file__))) + os.sep
"""The folder that the packages of loopcmp and its scenarios lie in."""

LIBRARY_FOLDER = r"(?:site-packages|dist-packages|python3\.\d+t?)"
"""The pattern of the names of folders that packages and modules are named from."""

_LIBRARIES = re.compile(rf"(?<![\w.-])(?:/[^/\s\"'\\]+){{1,40}}/{LIBRARY_FOLDER}/")
"""A folder in which Python's own modules, or installed ones, lie."""


def without_folders(text: str) -> str:
    """Return a text in which files of libraries and of loopcmp are named from their package on.

    "/usr/lib/python3.12/asyncio/tasks.py" becomes "asyncio/tasks.py": where they are installed differs
    between machines and environments, and is nobody's business in a report.
    """
    if "/" not in text:
        return text
    return _LIBRARIES.sub("", text.replace(_INSTALLED, ""))
